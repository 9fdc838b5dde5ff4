"""Which releases of a collector a quarantine covers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

_PART = re.compile(r"\d+|[a-z]+")
_PRE_RELEASE = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "pre": -1}


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRange:
    """A collector's releases from `first_version` to `last_version`, both included; "" is open to
    that side. `client` "" means the logs of every tool. `remedy` tells owners what to do."""

    id: UUID
    collector: str
    first_version: str
    last_version: str
    client: str
    remedy: str = ""


def version_key_of(version: str) -> tuple[tuple[int, ...], ...]:
    """What versions are ordered by: numbers as numbers, a pre-release before its release.

    "1.10" is after "1.9", "1.9" before "1.9.1" and after "1.9rc2"; a leading v and what follows a
    plus sign say nothing. Trailing zeros neither: "1.9.0" is "1.9".
    """
    text = version.strip().lower().removeprefix("v").partition("+")[0]
    parts: list[tuple[int, ...]] = []
    for part in _PART.findall(text):
        if part.isdigit():
            parts.append((2, int(part)))
        elif part in _PRE_RELEASE:
            _drop_zeros(parts)
            parts.append((0, _PRE_RELEASE[part]))
        else:
            parts.append((3, *part.encode()))
    _drop_zeros(parts)
    # The end of a version: after a pre-release of it, before anything that goes on.
    return (*parts, (1,))


def _drop_zeros(parts: list[tuple[int, ...]]) -> None:
    while parts and parts[-1] == (2, 0):
        parts.pop()


def is_version_within(*, version: str, first: str, last: str) -> bool:
    """Whether a version lies in a range, ends included; no version lies in no bounded range."""
    if not version:
        return not first and not last
    key = version_key_of(version)
    return (not first or version_key_of(first) <= key) and (not last or key <= version_key_of(last))


def quarantine_of(
    *, collector: str, version: str, client: str, ranges: Iterable[QuarantineRange]
) -> QuarantineRange | None:
    """The first range that covers what that release read of that tool's logs."""
    for item in ranges:
        if (
            item.collector == collector
            and item.client in ("", client)
            and is_version_within(version=version, first=item.first_version, last=item.last_version)
        ):
            return item
    return None


def quarantine_reason_of(item: QuarantineRange) -> dict[str, str]:
    """What a slice that it covers is marked with, as its owner reads it."""
    return {
        "code": "collector_quarantined",
        "sentence": (
            f"{release_words_of(item)} counted wrong. This is not your fault: what it read does "
            f"not count until a newer report takes its place. {remedy_of(item)}"
        ),
    }


def remedy_of(item: QuarantineRange) -> str:
    """What owners are to do."""
    return item.remedy or "Update the collector and send a full report."


def release_words_of(item: QuarantineRange) -> str:
    """The releases as one reads them: "Releases 1.2 to 1.4 of ccgather"."""
    first, last = item.first_version, item.last_version
    if first and first == last:
        return f"Release {first} of {item.collector}"
    if first and last:
        return f"Releases {first} to {last} of {item.collector}"
    if first:
        return f"Releases of {item.collector} from {first} on"
    return f"Releases of {item.collector} up to {last}" if last else f"{item.collector}"
