"""Tasks as Kilo Code writes them."""

import random
from collections.abc import Collection
from pathlib import Path

from corpora import vscode_tasks
from corpora.truth import Truth

CLIENT = "kilocode"
TRAPS: tuple[str, ...] = vscode_tasks.TRAPS
KIND = vscode_tasks.Kind(
    client=CLIENT,
    extension="kilocode.kilo-code",
    includes_cache=True,
    names_model=False,
    deleted="api_req_deleted",
    sums="",
)


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    return vscode_tasks.generate(KIND, home, chance, sessions=sessions, traps=traps)
