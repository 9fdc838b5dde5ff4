"""One module a tool, each with a `READER`."""

import importlib
import pkgutil
from typing import cast

from ccgather_cli.reading.interface import Reader


def all_readers() -> tuple[Reader, ...]:
    """Every reader there is, by the name of its module."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    modules = (importlib.import_module(f"{__name__}.{name}") for name in names)
    return tuple(cast("Reader", module.READER) for module in modules)
