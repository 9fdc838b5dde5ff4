"""For bash 3.2 and newer (macOS still comes with that)."""

from collections.abc import Sequence

from ccgather_cli.completing.places import Place


def bash_script(places: Sequence[Place]) -> str:
    """A function that walks the words to the place, then offers what stands there."""
    steps = " | ".join(f'"{" ".join(place.path)}"' for place in places if place.path)
    values, offers = [], []
    for place in places:
        path = " ".join(place.path)
        for option in place.options:
            if option.values is not None:
                patterns = " | ".join(f'"{path}:{flag}"' for flag in option.flags)
                values.append(f'        {patterns}) offer="{" ".join(option.values)}" ;;')
        words = " ".join(word for word, _ in place.words)
        flags = " ".join(flag for option in place.options for flag in option.flags)
        offers.append(f'        "{path}") words="{words}" flags="{flags}" ;;')
    return f"""\
# bash completion for ccgather, made by `ccgather completion bash`
_ccgather() {{
    local cur="${{COMP_WORDS[COMP_CWORD]}}" prev="${{COMP_WORDS[COMP_CWORD-1]}}"
    local path="" next offer="-" words="" flags="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        next="${{path:+$path }}${{COMP_WORDS[i]}}"
        case "$next" in
            {steps}) path="$next" ;;
        esac
    done
    case "$path:$prev" in
{chr(10).join(values)}
    esac
    if [ "$offer" = "-" ]; then
        case "$path" in
{chr(10).join("    " + line for line in offers)}
        esac
        offer="$words"
        if [ -z "$words" ] || [ "${{cur#-}}" != "$cur" ]; then offer="$flags"; fi
    fi
    COMPREPLY=($(compgen -W "$offer" -- "$cur"))
}}
complete -F _ccgather ccgather
"""
