"""Kilo CLI's database as it writes it, and what was really burned."""

import random
from collections.abc import Collection
from pathlib import Path

from corpora import opencode
from corpora.truth import Truth

CLIENT = "kilo"
TRAPS: tuple[str, ...] = opencode.PAYLOAD_TRAPS


def generate(
    home: Path, chance: random.Random, *, sessions: int, traps: Collection[str] = ()
) -> Truth:
    """Write `sessions` sessions below `home`; gives what they burned."""
    corpus = opencode.Corpus(chance, traps, client=CLIENT)
    rows: list[opencode.Row] = []
    for _ in range(sessions):
        session = corpus.session()
        rows += session
        if corpus.has("forks", 0.4):
            rows += corpus.fork(session)
    path = home / ".local/share/kilo/kilo.db"
    opencode.release(opencode.write_database(path, corpus, rows), path)
    return corpus.truth
