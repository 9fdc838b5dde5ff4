"""Many rows into a table in one go."""

from collections.abc import Iterable, Sequence

from django.db.backends.utils import CursorWrapper


def copy_rows(
    *, cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    """Appends the rows by COPY. Table and columns are names of this app, never of a sender."""
    with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
