"""What may come beside a slice's rows: its evidence sketch and the hours of its day.

They belong to one slice version and come and go with it. A report whose numbers are stored already
may still bring them where they are missing; it does not change those that are there, so that a
slice keeps the evidence that its numbers came with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from submissions.models import EvidenceSketch as StoredSketch
from submissions.models import SliceHours
from submissions.report import EvidenceSketch
from submissions.rules.evidence import keys_of
from submissions.services.copying import copy_rows

_SKETCH_COLUMNS = ("slice_id", "salt_id", "messages", "hashes", "keys")
_HOURS_COLUMNS = ("slice_id", "counts")


@dataclass(frozen=True, slots=True, kw_only=True)
class SliceParts:
    """The parts of the slice version `slice_id`; None for one that its report does not have."""

    slice_id: int
    day: date
    sketch: EvidenceSketch | None
    hours: tuple[int, ...] | None


def write_parts(*, parts: Sequence[SliceParts], salt_id: str) -> None:
    """Stores the parts of slices that have none; the sketches were made under `salt_id`."""
    sketches = [
        (item.slice_id, salt_id, item.sketch.messages, item.sketch.hashes, _array(keys))
        for item in parts
        if item.sketch is not None
        for keys in (keys_of(day=item.day, sketch=item.sketch),)
    ]
    hours = [(item.slice_id, _array(item.hours)) for item in parts if item.hours is not None]
    with connection.cursor() as cursor:
        for table, columns, rows in (
            ("submissions_evidencesketch", _SKETCH_COLUMNS, sketches),
            ("submissions_slicehours", _HOURS_COLUMNS, hours),
        ):
            if rows:
                copy_rows(cursor=cursor, table=table, columns=columns, rows=rows)


def add_missing_parts(*, parts: Sequence[SliceParts], salt_id: str) -> tuple[SliceParts, ...]:
    """Stores what the slices do not have yet; a sketch of another salt counts as not there.

    The account's lock must be held. Answers what was stored.
    """
    sketched = [item.slice_id for item in parts if item.sketch is not None]
    timed = [item.slice_id for item in parts if item.hours is not None]
    outdated: set[int] = set()
    has_sketch: set[int] = set()
    if sketched:
        for slice_id, stored in StoredSketch.objects.filter(slice__in=sketched).values_list(
            "slice_id", "salt_id"
        ):
            (has_sketch if stored == salt_id else outdated).add(slice_id)
    has_hours: set[int] = set()
    if timed:
        has_hours.update(
            SliceHours.objects.filter(slice__in=timed).values_list("slice_id", flat=True)
        )
    if outdated:
        StoredSketch.objects.filter(slice__in=outdated).delete()
    missing = [
        SliceParts(
            slice_id=item.slice_id,
            day=item.day,
            sketch=None if item.slice_id in has_sketch else item.sketch,
            hours=None if item.slice_id in has_hours else item.hours,
        )
        for item in parts
    ]
    missing = [item for item in missing if item.sketch is not None or item.hours is not None]
    write_parts(parts=missing, salt_id=salt_id)
    return tuple(missing)


def _array(numbers: Iterable[int]) -> str:
    return "{" + ",".join(map(str, numbers)) + "}"
