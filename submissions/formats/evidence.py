"""The optional parts of a native report: evidence sketches and the hours of a day.

Both say something about slices that the rows name, (day, client), so they are read after them.
`docs/evidence.md` says what they are for.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from submissions.formats.sheet import Reading, array_at, object_at
from submissions.report import HASH_BYTES, HOURS, Evidence, EvidenceSketch
from submissions.rules.evidence import EVIDENCE_VERSION, SKETCH_SIZE
from submissions.rules.validation import (
    MAX_ROWS,
    are_counts,
    checked_count,
    count_of,
    matching_of,
    shown,
)

type Key = tuple[str, date]
"""(client, day), as the merge names a slice."""

MAX_SKETCHES: Final = MAX_ROWS
MAX_HOUR: Final = 2**31 - 1
SALT_ID: Final = re.compile(r"[0-9a-f]{8}")

_HEX_DIGITS: Final = HASH_BYTES * 2
_HEX: Final = re.compile(r"[0-9a-f]*")
_HASH: Final = re.compile(rf"[0-9a-f]{{{_HEX_DIGITS}}}")


def evidence_of(
    body: Mapping[str, object], reading: Reading, known: Mapping[Key, int] | None
) -> Evidence | None:
    """The sketches of a body; None where it has none, or has them in a version to come.

    `known` are the messages of each slice of the rows, None where those have faults of their own.
    """
    problems = reading.problems
    evidence = object_at(body, "evidence", where="", problems=problems, required=False)
    if evidence is None:
        return None
    version = count_of(evidence, "version", where="evidence", problems=problems, required=True)
    if type(evidence.get("version")) is not int:
        return None
    if version != EVIDENCE_VERSION:
        reading.warn(f"Evidence of version {shown(version)} is not known here; it was left out.")
        return None
    size = count_of(evidence, "k", where="evidence", problems=problems, required=True)
    if "k" in evidence and size != SKETCH_SIZE:
        problems.add("evidence.k", f"{shown(size)} is not {SKETCH_SIZE}")
    salt_id = ""
    if evidence.get("saltId") is not None:
        salt_id = matching_of(
            evidence["saltId"],
            pattern=SALT_ID,
            meaning="a salt's id",
            where="evidence.saltId",
            problems=problems,
        )
    _check_days(body, "evidence", reading)
    sketches: dict[Key, EvidenceSketch] = {}
    stated = array_at(evidence, "sketches", where="evidence", problems=problems)
    for key, where, entry in _entries(stated, "evidence.sketches", reading, known):
        sketch = _sketch(entry, where, reading)
        _check_messages(sketch.messages, f"{where}.messages", key, reading, known)
        sketches[key] = sketch
    return Evidence(sketches=sketches, salt_id=salt_id)


def hours_of(
    body: Mapping[str, object], reading: Reading, known: Mapping[Key, int] | None
) -> dict[Key, tuple[int, ...]]:
    """24 counts of messages by (client, day), without days that have none.

    `known` as for `evidence_of`.
    """
    if body.get("hourly") is None:
        return {}
    _check_days(body, "hourly", reading)
    hours: dict[Key, tuple[int, ...]] = {}
    stated = array_at(body, "hourly", where="", problems=reading.problems)
    for key, where, entry in _entries(stated, "hourly", reading, known):
        counts = _counts(entry, where, reading)
        _check_messages(sum(counts), f"{where}.counts", key, reading, known)
        if any(counts):
            hours[key] = counts
    return hours


def _check_days(body: Mapping[str, object], where: str, reading: Reading) -> None:
    if body.get("dayBasis", "utc") != "utc":
        reading.problems.add(where, 'only for UTC days; dayBasis is "local"')


def _entries(
    stated: Sequence[object], where: str, reading: Reading, known: Mapping[Key, int] | None
) -> Iterator[tuple[Key, str, dict[str, object]]]:
    """Each sound `{day, client, …}`, its key and its place in the body."""
    problems = reading.problems
    if len(stated) > MAX_SKETCHES:
        problems.add(where, f"{len(stated):,} entries, at most {MAX_SKETCHES:,}")
    seen: set[Key] = set()
    for index, entry in enumerate(stated[:MAX_SKETCHES]):
        place = f"{where}[{index}]"
        if not isinstance(entry, dict):
            problems.add(place, f"{shown(entry)} is not an object")
            continue
        day = reading.day(entry.get("day"), f"{place}.day")
        client = reading.client_id(entry.get("client"), f"{place}.client")
        if day is None or not client:
            continue
        key = (client, day)
        if key in seen:
            problems.add(place, f"a second entry for {day}, {client}")
        elif known is not None and key not in known:
            problems.add(place, f"there is no row for {day}, {client}")
        seen.add(key)
        yield key, place, entry


def _check_messages(
    count: int, where: str, key: Key, reading: Reading, known: Mapping[Key, int] | None
) -> None:
    if known is not None and key in known and count > known[key]:
        reading.problems.add(
            where, f"{shown(count)} messages, but the rows of that day have {known[key]}"
        )


def _sketch(entry: dict[str, object], where: str, reading: Reading) -> EvidenceSketch:
    problems = reading.problems
    messages = count_of(entry, "messages", where=where, problems=problems, required=True)
    if entry.get("messages") == 0:
        problems.add(f"{where}.messages", "0; without message ids there is no sketch")
    faults = problems.count
    stated = array_at(entry, "hashes", where=where, problems=problems)
    hashes = _hashes(stated, f"{where}.hashes", reading)
    if problems.count == faults and messages > 0 and len(stated) != min(SKETCH_SIZE, messages):
        problems.add(
            f"{where}.hashes",
            f"{len(stated)} hashes of {shown(messages)} messages, not {min(SKETCH_SIZE, messages)}",
        )
    return EvidenceSketch(messages=messages, hashes=hashes)


def _hashes(stated: Sequence[object], where: str, reading: Reading) -> bytes:
    """The hashes one after the other; b"" where one of them is at fault."""
    problems = reading.problems
    if len(stated) > SKETCH_SIZE:
        problems.add(where, f"{len(stated):,} hashes, at most {SKETCH_SIZE}")
        return b""
    texts = [value for value in stated if isinstance(value, str)]
    joined = "".join(texts)
    if (
        len(texts) == len(stated)
        and set(map(len, texts)) <= {_HEX_DIGITS}
        and _HEX.fullmatch(joined)
    ):  # one look at all of them; there can be several hundred thousand
        if texts == sorted(set(texts)):
            return bytes.fromhex(joined)
        for index in range(1, len(texts)):
            if texts[index] <= texts[index - 1]:
                order = "the same as" if texts[index] == texts[index - 1] else "smaller than"
                problems.add(
                    f"{where}[{index}]", f"{shown(texts[index])} is {order} the one before"
                )
                return b""
    for index, value in enumerate(stated):
        if not isinstance(value, str) or not _HASH.fullmatch(value):
            problems.add(f"{where}[{index}]", f"{shown(value)} is not {_HEX_DIGITS} hex digits")
    return b""


def _counts(entry: dict[str, object], where: str, reading: Reading) -> tuple[int, ...]:
    problems = reading.problems
    stated = array_at(entry, "counts", where=where, problems=problems)
    if "counts" in entry and isinstance(entry["counts"], list) and len(stated) != HOURS:
        problems.add(f"{where}.counts", f"{len(stated):,} counts, not {HOURS}")
    found = tuple(stated[:HOURS])
    if found and are_counts(found) and max(found) <= MAX_HOUR:  # one look at all of them
        return found
    counts = []
    for index, value in enumerate(stated[:HOURS]):
        place = f"{where}.counts[{index}]"
        number = checked_count(value, where=place, problems=problems)
        if number > MAX_HOUR:
            problems.add(place, f"{shown(number)} is more than {MAX_HOUR}")
        counts.append(number)
    return tuple(counts)
