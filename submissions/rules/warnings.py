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
    """For slices of this device that are stored and add nothing: (day, client, reason)."""
    sentences = {
        "same_device": "another of your devices sent exactly the same; it counts once.",
        "covered": "another collector's figures for this device and day cover it; it counts once.",
    }
    return _first([f"{day} {client}: {sentences[reason]}" for day, client, reason in slices])


def _first(lines: Sequence[str]) -> tuple[str, ...]:
    if len(lines) <= SHOWN_WARNINGS:
        return tuple(lines)
    return (*lines[:SHOWN_WARNINGS], f"and {len(lines) - SHOWN_WARNINGS} more days like these")
