"""How this program is called from outside a terminal."""

import sys
from collections.abc import Iterable
from pathlib import Path

from ccgather_cli.machine import Machine


def program_of(machine: Machine) -> tuple[str, ...]:
    """This ccgather with its absolute path.

    The script beside the interpreter where there is one: `-m` would also look for the package in
    the folder that it is started in. On Windows the interpreter without a window, since a script
    would open one at every run.
    """
    interpreter = Path(sys.executable)
    if machine.system == "windows":
        quiet = interpreter.with_name("pythonw.exe")
        return (str(quiet if quiet.exists() else interpreter), "-m", "ccgather_cli")
    script = interpreter.with_name("ccgather")
    if script.is_file():
        return (str(script),)
    return (str(interpreter), "-m", "ccgather_cli")


def command_of(machine: Machine, words: Iterable[str]) -> tuple[str, ...]:
    """The program with `words`; it is told where the login is if the environment moved that.

    Schedulers do not have the environment of the person's shell. No token is ever in it.
    """
    usual = Machine(machine.home, {}, machine.system).config_dir
    if machine.system == "windows" and not machine.variable("CCGATHER_CONFIG_DIR"):
        usual = machine.config_dir  # APPDATA is Windows' own: tasks have it too
    folder = machine.config_dir
    moved = () if folder == usual else ("--config-dir", str(folder.absolute()))
    return (*program_of(machine), *words, *moved)
