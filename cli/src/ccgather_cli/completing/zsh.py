"""For zsh, with what each word means beside it."""

from collections.abc import Sequence

from ccgather_cli.completing.places import Place


def zsh_script(places: Sequence[Place]) -> str:
    """A function for `compinit`; sourcing the script works as well."""
    steps = " | ".join(f'"{" ".join(place.path)}"' for place in places if place.path)
    values, offers = [], []
    for place in places:
        path = " ".join(place.path)
        for option in place.options:
            if option.values is not None:
                patterns = " | ".join(f'"{path}:{flag}"' for flag in option.flags)
                listed = " ".join(_quoted(value) for value in option.values)
                values.append(f"        ({patterns}) given=1; offer=({listed}) ;;")
        words = " ".join(_described(word, says) for word, says in place.words)
        flags = " ".join(
            _described(flag, option.says) for option in place.options for flag in option.flags
        )
        offers.append(f'        ("{path}") commands=({words}); flags=({flags}) ;;')
    return f"""\
#compdef ccgather
# zsh completion for ccgather, made by `ccgather completion zsh`
_ccgather() {{
    local way="" next i given=""
    local -a offer commands flags
    for ((i = 2; i < CURRENT; i++)); do
        next="${{way:+$way }}${{words[i]}}"
        case "$next" in
            ({steps}) way="$next" ;;
        esac
    done
    case "$way:${{words[CURRENT-1]}}" in
{chr(10).join(values)}
    esac
    if [[ -n "$given" ]]; then
        (( ${{#offer}} )) && compadd -a offer
        return
    fi
    case "$way" in
{chr(10).join(offers)}
    esac
    if (( ${{#commands}} )) && [[ "${{words[CURRENT]}}" != -* ]]; then
        _describe -t commands 'command' commands
    else
        _describe -o -t options 'option' flags
    fi
}}
if [[ "${{funcstack[1]}}" == "_ccgather" ]]; then
    _ccgather "$@"
else
    compdef _ccgather ccgather
fi
"""


def _described(word: str, says: str) -> str:
    escaped = word.replace(":", "\\:")
    return _quoted(f"{escaped}:{says}" if says else escaped)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
