"""Sums that aim at somebody: a little above the next person, and again."""

from collections.abc import Iterator
from typing import Final

from submissions.rules.signals.scales import ramp
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View

NARROW_TOKENS: Final = 1_000
NARROW_PART: Final = 0.002
LEAST_TOTAL: Final = 10_000_000


def is_narrow(*, gap_tokens: int | None, spacing_tokens: int | None, total: int) -> bool:
    """Whether a landing above somebody is too close to be chance more than once or twice: less
    than a thousand tokens, and little against how far neighbours lie apart there."""
    if gap_tokens is None or gap_tokens < 0 or total < LEAST_TOTAL:
        return False
    if gap_tokens > NARROW_TOKENS:
        return False
    return spacing_tokens is None or gap_tokens <= NARROW_PART * spacing_tokens


def just_above_rival(*, view: View, limits: Limits) -> Iterator[Found]:
    """Landing a few tokens above the next person, report after report.

    Once is chance. Three times within a thousand tokens, where people lie millions apart, is not.
    """
    rival = view.facts.rival
    if rival is None or not is_narrow(
        gap_tokens=rival.gap_tokens,
        spacing_tokens=rival.spacing_tokens,
        total=rival.total_after,
    ):
        return
    times = rival.narrow_before + 1
    strength = ramp(times, low=limits["times"] - 2, high=limits["times"])
    for item in view.large:
        yield Found(item.key, strength, {"gap_tokens": rival.gap_tokens or 0, "reports": times})


SPECS = (
    SignalSpec(
        code="just_above_rival", title="Just above a rival, again", family="rivalry", weight=1.1,
        proof=True,
        sentence="This report puts you {gap_tokens} tokens above the next person; {reports} did.",
        clears="A new report from the logs themselves.",
        rule=just_above_rival,
        thresholds=(
            Threshold(name="times", default=3, minimum=2, maximum=100,
                      sentence="Reports that land narrowly before it speaks at full strength."),
        ),
    ),
)  # fmt: skip
