"""What keeps a slice out of the sums until a person has looked at it.

Every rule is a pure function that answers a reason or None; a reason has a stable code, the
figures it saw and a sentence that its owner understands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

MICROUSD = 1_000_000
HARD_LIMIT_WEIGHT = 2.0
"""Above whatever the signals of a day can add up to in one family."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReason:
    """Why a slice waits: `weight` is what it adds to the hold (1 is enough alone), `figures` are
    what was seen (numbers and short strings)."""

    code: str
    sentence: str
    weight: float = 0.0
    figures: Mapping[str, float | int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HardLimits:
    """What one person may burn in one UTC day before a person looks: tokens and micro-dollars."""

    day_tokens: int
    day_cost_microusd: int


def hard_limit_reason_of(
    *,
    slice_tokens: int,
    slice_cost_microusd: int,
    other_tokens: int,
    other_cost_microusd: int,
    limits: HardLimits,
) -> HoldReason | None:
    """`over_hard_limit` when the slice, together with what else counts that day, passes a limit.

    The whole day is judged, so that a false day split over devices and tools is seen as one; what
    counted already stays, the slice that goes over waits.
    """
    tokens = slice_tokens + other_tokens
    if tokens > limits.day_tokens:
        return HoldReason(
            code="over_hard_limit",
            sentence=(
                f"This day comes to {tokens:,} tokens; more than {limits.day_tokens:,} in a day "
                "are counted after somebody has looked at them."
            ),
            weight=HARD_LIMIT_WEIGHT,
            figures={"day_tokens": tokens, "limit_tokens": limits.day_tokens},
        )
    cost = slice_cost_microusd + other_cost_microusd
    if cost > limits.day_cost_microusd:
        return HoldReason(
            code="over_hard_limit",
            sentence=(
                f"This day comes to ${cost / MICROUSD:,.2f} at list price; more than "
                f"${limits.day_cost_microusd / MICROUSD:,.2f} in a day is counted after somebody "
                "has looked at it."
            ),
            weight=HARD_LIMIT_WEIGHT,
            figures={
                "day_cost_usd": round(cost / MICROUSD, 2),
                "limit_cost_usd": round(limits.day_cost_microusd / MICROUSD, 2),
            },
        )
    return None


ACCOUNT_EXCLUDED = HoldReason(
    code="account_excluded",
    sentence="This account is off the boards; what it sends is kept and waits for review.",
)

NOT_ACCEPTED = "not_accepted"

REJECTED_BEFORE = HoldReason(
    code="rejected_before",
    sentence=(
        "A reviewer did not accept an earlier version of this day; this one has as many tokens, "
        "so that somebody looks at it."
    ),
    weight=1.0,
)

APPROVED_GROWTH = 1.25
"""An approval covers later growth of the same slice up to a quarter."""

REJECTED_PART = 0.75
"""A version with this part of the tokens that were not accepted is much the same statement."""


def not_accepted_reason_of(*, words: str) -> HoldReason:
    """For a version that a reviewer did not accept and that is sent once more; `words` are the
    reviewer's."""
    sentence = "A reviewer did not accept this day"
    return HoldReason(
        code=NOT_ACCEPTED, sentence=f"{sentence}: {words}" if words else f"{sentence}."
    )


def is_approval_covering(*, approved_tokens: int | None, tokens: int) -> bool:
    """Whether what a reviewer approved of a slice (None: nothing) covers a later version of it."""
    return approved_tokens is not None and tokens <= approved_tokens * APPROVED_GROWTH


def is_rejected_again(*, rejected_tokens: int, tokens: int) -> bool:
    """Whether a version of a slice is much the same as, or more than, one that was not accepted."""
    return tokens >= rejected_tokens * REJECTED_PART
