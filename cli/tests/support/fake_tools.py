"""Programs that play a system's schedulers: they do as little as these do, and note every call."""

from dataclasses import dataclass
from pathlib import Path

_NOTES_CALL = """\
#!/bin/sh
state='{state}'
{{
    printf '%s' "${{0##*/}}"
    for word in "$@"; do printf '\\037%s' "$word"; done
    printf '\\n'
}} >> "$state/calls"
[ -e "$state/broken-${{0##*/}}" ] && {{ cat "$state/broken-${{0##*/}}" >&2; exit 1; }}
"""
_SYSTEMCTL = """\
shift
case "$1" in
    enable|restart) touch "$state/active" ;;
    disable) rm -f "$state/active" ;;
    is-active) [ -e "$state/active" ] || { echo inactive; exit 3; } ;;
esac
exit 0
"""
_CRONTAB = """\
case "$1" in
    -l) [ -e "$state/crontab" ] || { echo "no crontab for alice" >&2; exit 1; }
        cat "$state/crontab" ;;
    -r) rm "$state/crontab" ;;
    -) cat > "$state/crontab" ;;
    *) exit 2 ;;
esac
"""
_LAUNCHCTL = """\
domain=${2%%/*}
case "$1" in
    bootstrap) [ -e "$state/no-$domain" ] && { echo "Bootstrap failed: 125" >&2; exit 125; }
        [ -e "$state/loaded-$domain" ] && { echo "Bootstrap failed: 5" >&2; exit 5; }
        cp "$3" "$state/loaded-$domain" ;;
    bootout) rm "$state/loaded-$domain" ;;
    print) [ -e "$state/loaded-$domain" ] || { echo "Could not find service" >&2; exit 113; } ;;
esac
"""
_SCHTASKS = """\
case "$1" in
    /Create) cp "$5" "$state/task" ;;
    /Query) [ -e "$state/task" ] || { echo "ERROR: The system cannot find the file" >&2; exit 1; }
        [ "$4" = /XML ] && cat "$state/task" ;;
    /Delete) rm "$state/task" ;;
esac
exit 0
"""
_PROGRAMS = {
    "systemctl": _SYSTEMCTL,
    "crontab": _CRONTAB,
    "launchctl": _LAUNCHCTL,
    "schtasks": _SCHTASKS,
}


@dataclass(frozen=True)
class FakeTools:
    """A folder to put into PATH, and what the programs in it know."""

    folder: Path
    state: Path

    @classmethod
    def make(cls, folder: Path, *names: str) -> "FakeTools":
        """The programs of these names, in a new folder."""
        state = folder / "state"
        state.mkdir(parents=True)
        made = cls(folder / "bin", state)
        made.folder.mkdir()
        for name in names:
            program = made.folder / name
            program.write_text(_NOTES_CALL.format(state=state) + _PROGRAMS[name])
            program.chmod(0o755)
        return made

    @property
    def path(self) -> str:
        """For PATH: the programs, and what a shell needs to run them."""
        return f"{self.folder}:/usr/bin:/bin" if self.folder.exists() else "/usr/bin:/bin"

    def calls(self, *, reading: bool = False) -> list[list[str]]:
        """Every call, in order; those that only look are left out unless `reading`."""
        notes = self.state / "calls"
        if not notes.exists():
            return []
        found = [line.split("\x1f") for line in notes.read_text().splitlines()]
        looking = {"show-environment", "is-active", "-l", "print", "/Query"}
        return [words for words in found if reading or not looking & set(words)]

    def forget(self) -> None:
        """Forget the calls, keep the rest."""
        (self.state / "calls").unlink(missing_ok=True)

    def break_down(self, name: str, words: str) -> None:
        """From now on a program fails and says this."""
        (self.state / f"broken-{name}").write_text(words)
