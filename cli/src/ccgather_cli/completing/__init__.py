"""Completion scripts, made from the parsers: one module a shell."""

from ccgather_cli.completing.bash import bash_script
from ccgather_cli.completing.fish import fish_script
from ccgather_cli.completing.places import places
from ccgather_cli.completing.powershell import powershell_script
from ccgather_cli.completing.zsh import zsh_script

_WRITERS = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
    "powershell": powershell_script,
}


def script_for(shell: str) -> str:
    """What a shell is to be given."""
    return _WRITERS[shell](places())
