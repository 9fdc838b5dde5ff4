"""The machine this runs on, as a value: tests and `doctor` can make up another one."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ccgather_cli.errors import CliError

System = Literal["linux", "macos", "windows"]


@dataclass(frozen=True)
class Machine:
    """Where the home folder is, what the environment says, and which conventions hold."""

    home: Path
    environment: Mapping[str, str]
    system: System

    @classmethod
    def here(cls) -> "Machine":
        """This machine, now."""
        try:
            home = Path.home()
        except RuntimeError as problem:
            message = "There is no home folder: set HOME (USERPROFILE on Windows)."
            raise CliError(message) from problem
        return cls(home=home, environment=dict(os.environ), system=system_named(sys.platform))

    def variable(self, name: str) -> str:
        """The value of an environment variable; "" when unset or blank."""
        return self.environment.get(name, "").strip()

    def folder(self, variable: str, *default: str) -> Path:
        """The folder that `variable` names, else `default` below the home folder."""
        named = self.variable(variable)
        return self.expand(named) if named else self.home.joinpath(*default)

    def expand(self, path: str) -> Path:
        """`path` with a leading `~` replaced, as a shell would have done."""
        if path == "~":
            return self.home
        if path.startswith(("~/", "~\\")):
            return self.home / path[2:]
        return Path(path)

    @property
    def config_dir(self) -> Path:
        """Where this program keeps its login and its device id."""
        if self.variable("CCGATHER_CONFIG_DIR"):
            return self.folder("CCGATHER_CONFIG_DIR")
        if self.system == "windows":
            return self.folder("APPDATA", "AppData", "Roaming") / "ccgather"
        return self.folder("XDG_CONFIG_HOME", ".config") / "ccgather"

    @property
    def cache_dir(self) -> Path:
        """Where this program keeps what it can read again."""
        if self.variable("CCGATHER_CACHE_DIR"):
            return self.folder("CCGATHER_CACHE_DIR")
        if self.system == "windows":
            return self.folder("LOCALAPPDATA", "AppData", "Local") / "ccgather" / "cache"
        if self.system == "macos":
            return self.home / "Library" / "Caches" / "ccgather"
        return self.folder("XDG_CACHE_HOME", ".cache") / "ccgather"


def system_named(platform: str) -> System:
    """Which family of conventions `sys.platform` belongs to; everything unknown is a Unix."""
    if platform == "darwin":
        return "macos"
    return "windows" if platform in ("win32", "cygwin") else "linux"
