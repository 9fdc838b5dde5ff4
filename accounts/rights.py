"""What people may demand of us: everything we hold about them, and that we hold it no more.

An app registers what it holds when it is ready: an exporter, which yields files, and an eraser,
which deletes rows. This app's own are below.
"""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder

from accounts.locking import locked_account
from accounts.models import User
from accounts.signals import account_changed

CHUNK_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportFile:
    """A file of an export; its content is made while it is sent, and never held whole."""

    name: str
    chunks: Iterable[bytes]


Exporter = Callable[[User], Iterator[ExportFile]]
Eraser = Callable[[User], None]

_exporters: dict[str, Exporter] = {}
_erasers: list[Eraser] = []


def register_exporter(name: str, exporter: Exporter) -> None:
    """Add what one app holds about a person to every export, as files under `name/`."""
    if name in _exporters:
        message = f"two exporters are called {name}"
        raise ValueError(message)
    _exporters[name] = exporter


def register_eraser(eraser: Eraser) -> None:
    """Add how one app forgets a person. Called inside the transaction, with the account's lock."""
    _erasers.append(eraser)


def json_file(name: str, rows: Iterable[Mapping[str, object]]) -> ExportFile:
    """A JSON array with one row a line. Moments, days, ids and decimals become text."""

    def chunks() -> Iterator[bytes]:
        separator = "[\n"
        for row in rows:
            line = json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)
            yield f"{separator}{line}".encode()
            separator = ",\n"
        yield b"[]\n" if separator == "[\n" else b"\n]\n"

    return ExportFile(name=name, chunks=chunks())


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> ExportFile:
    """A CSV table (RFC 4180, UTF-8) under a header.

    Text that a spreadsheet would run as a formula gets an apostrophe before it.
    """

    def chunks() -> Iterator[bytes]:
        buffer = io.StringIO(newline="")
        writer = csv.writer(buffer)
        writer.writerow(header)
        for row in rows:
            writer.writerow([_cell(value) for value in row])
            if buffer.tell() >= CHUNK_BYTES:
                yield buffer.getvalue().encode()
                buffer.seek(0)
                buffer.truncate()
        yield buffer.getvalue().encode()

    return ExportFile(name=name, chunks=chunks())


def _cell(value: object) -> object:
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    return value.isoformat() if isinstance(value, datetime) else value


class _Outgoing(io.RawIOBase):
    """What zipfile writes to: bytes that wait to be sent. It cannot be sought, so zipfile puts
    sizes behind each file and never comes back."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        view = memoryview(content)  # type: ignore[arg-type]
        self._waiting += view
        return view.nbytes

    def take(self, *, at_least: int = 1) -> bytes:
        """What waits, once it is enough to be worth a chunk."""
        if len(self._waiting) < at_least:
            return b""
        taken = bytes(self._waiting)
        self._waiting.clear()
        return taken


def export_account(*, user: User, at: datetime) -> Iterator[bytes]:
    """A ZIP of everything held about a person, made while it is sent; `at` dates its files.

    Apps come in the order in which they registered. Memory stays bounded by one chunk.
    """
    outgoing = _Outgoing()
    with zipfile.ZipFile(outgoing, "w", zipfile.ZIP_DEFLATED) as archive:
        for app, exporter in _exporters.items():
            for file in exporter(user):
                entry = zipfile.ZipInfo(f"{app}/{file.name}", date_time=at.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o644 << 16
                with archive.open(entry, "w", force_zip64=True) as member:
                    for chunk in file.chunks:
                        member.write(chunk)
                        if ready := outgoing.take(at_least=CHUNK_BYTES):
                            yield ready
    yield outgoing.take()


def delete_account(*, user_id: UUID, at: datetime) -> None:
    """Forget a person: off every board at once, every row gone, the handle free again.

    First they are hidden and the apps above told, so that boards, totals and caches let go of
    them by the way they know; then the erasers, latest registered first (apps above before
    apps below); then the account with its tokens, sessions and sign-ins. All or nothing. Raises
    AccountBusyError, NotFoundError.
    """
    with locked_account(user_id=user_id) as user:
        user.is_active = False
        user.profile_visible = False
        user.save(update_fields=["is_active", "profile_visible"])
        account_changed.send(sender=User, user=user, at=at)
        for eraser in reversed(_erasers):
            eraser(user)
        user.delete()
