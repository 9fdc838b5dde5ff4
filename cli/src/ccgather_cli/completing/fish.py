"""For fish, with what each word means beside it."""

from collections.abc import Iterator, Sequence

from ccgather_cli.completing.places import Option, Place


def fish_script(places: Sequence[Place]) -> str:
    """A `complete` line for everything that can stand somewhere."""
    lines = [
        "# fish completion for ccgather, made by `ccgather completion fish`",
        "function __ccgather_at --description 'whether the words lead to this place'",
        "    set -l words (commandline -opc)[2..-1]",
        "    set -l bare",
        "    for word in $words",
        "        string match -q -- '-*' $word; or set -a bare $word",
        "    end",
        "    set -l count (count $argv)",
        "    if test $count -gt 0",
        "        test (count $bare) -ge $count; or return 1",
        '        test "$bare[1..$count]" = "$argv"; or return 1',
        "    end",
        "    # Further in there is another place, unless what follows is a value.",
        "    test (count $bare) -gt $count; or return 0",
        "    set -l next (math $count + 1)",
        '    not contains -- "$bare[1..$next]" $__ccgather_places',
        "end",
        "complete -c ccgather -f",
    ]
    paths = " ".join(_quoted(" ".join(place.path)) for place in places if place.path)
    lines.append(f"set -g __ccgather_places {paths}")
    for place in places:
        lines += _lines_of(place)
    return "\n".join(lines) + "\n"


def _lines_of(place: Place) -> Iterator[str]:
    here = f"complete -c ccgather -n {_quoted(' '.join(('__ccgather_at', *place.path)))}"
    for word, says in place.words:
        yield f"{here} -a {_quoted(word)}" + (f" -d {_quoted(says)}" if says else "")
    for option in place.options:
        yield here + _option(option)


def _option(option: Option) -> str:
    text = "".join(
        f" -l {flag[2:]}" if flag.startswith("--") else f" -s {flag[1:]}" for flag in option.flags
    )
    if option.values is not None:
        text += " -x" + (f" -a {_quoted(' '.join(option.values))}" if option.values else "")
    return text + (f" -d {_quoted(option.says)}" if option.says else "")


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
