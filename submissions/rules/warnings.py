"""Sentences for the sender about what was not taken as sent."""

from collections.abc import Sequence
from datetime import date

from submissions.rules.merge import SliceKey

SHOWN_WARNINGS = 20
"""How many slices are named one by one; a line more counts the rest."""


def kept_warnings_of(kept: Sequence[tuple[SliceKey, int, int]]) -> tuple[str, ...]:
    """For slices that the report would have made smaller: (key, stored, reported) tokens."""
    lines = [
        f"{day} {client}: kept at {stored:,} tokens; this report has {reported:,}. "
        "Logs age out, so a day never shrinks by itself; replace mode (--force) overrides."
        for (client, day), stored, reported in kept
    ]
    return _first(lines)


def not_counted_warnings_of(slices: Sequence[tuple[date, str, str]]) -> tuple[str, ...]:
    """For slices of this device that are stored and add nothing: (day, client, reason).

    What a quarantined release read is among what is held, with its reason.
    """
    sentences = {
        "same_device": "another of your devices sent the same; it counts once.",
        "covered": "another collector's figures for this device and day cover it; it counts once.",
    }
    return _first(
        [
            f"{day} {client}: {sentences[reason]}"
            for day, client, reason in slices
            if reason in sentences
        ]
    )


SAME_DAYS = 5
"""Days that two devices have alike before they are taken for one machine."""


def overlap_warnings_of(*, same: int, different: int) -> tuple[str, ...]:
    """For a device whose range overlaps another's: how many of the slices that both have are the
    same there, and how many differ and so count twice if the two are one machine."""
    if same < SAME_DAYS or different <= 0:
        return ()
    line = (
        f"{same} days of this report are the same on another of your devices, and {different} "
        "differ and count on both. If the two are one machine, merge them in your settings."
    )
    return (line,)


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= SHOWN_WARNINGS:
        return tuple(lines)
    return (*lines[:SHOWN_WARNINGS], f"and {len(lines) - SHOWN_WARNINGS} more days like these")
