"""How everything is seen as of one moment, and gone through a part at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction

from ccgather.site.sums import EVERYBODY, MAX_NAMED, Found, People

BATCH = 50_000
"""People whose numbers one statement looks at."""


@dataclass(slots=True)
class Tally:
    """What an invariant's checks have come to so far."""

    checked: int = 0
    wrong: int = 0
    sentences: tuple[str, ...] = ()
    applies: bool = True

    def add(self, *, checked: int = 0, found: Found | None = None) -> None:
        """Counts more; the first sentences are kept."""
        self.checked += checked
        if found is not None:
            self.wrong += found.wrong
            self.sentences = (*self.sentences, *found.sentences)[:MAX_NAMED]

    def blame(self, sentence: str) -> None:
        """One thing that is wrong."""
        self.add(found=Found(1, (sentence,)))


@contextmanager
def one_moment() -> Iterator[None]:
    """Every query within sees the database as it was at the first, however long they take.

    Inside a transaction (as tests are) that one's view is used.
    """
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL work_mem = '128MB'")
        yield


def batches() -> list[People]:
    """Everybody there is or could be, in ranges of ids that have about `BATCH` people each."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id FROM (
              SELECT id, row_number() OVER (ORDER BY id) AS place FROM accounts_user
            ) numbered WHERE place %% %(batch)s = 0 ORDER BY id
            """,
            {"batch": BATCH},
        )
        edges = [row[0] for row in cursor.fetchall()]
    if not edges:
        return [EVERYBODY]
    lows = [None, *edges]
    return [People(first=low, before=high) for low, high in zip(lows, [*edges, None], strict=True)]
