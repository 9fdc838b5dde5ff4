"""Sessions as Oh My Pi writes them: Pi's, elsewhere."""

import random
from collections.abc import Collection
from pathlib import Path

from corpora import pi
from corpora.truth import Truth

CLIENT = "omp"
TRAPS: tuple[str, ...] = pi.TRAPS


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write logs below `home`; gives what they burned."""
    corpus = pi.Corpus(home, chance, traps)
    corpus.root = home / ".omp/agent/sessions"
    corpus.truth = Truth(CLIENT, peers=("tokscale",))
    for _ in range(sessions):
        corpus.session()
    return corpus.truth
