"""What keeps a slice out of the sums until a person has looked at it.

Every rule is a pure function that answers a reason or None; a reason has a stable code, the
figures it saw and a sentence that its owner understands.
"""

from dataclasses import dataclass

MICROUSD = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldReason:
    """Why a slice waits."""

    code: str
    sentence: str


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
        )
    return None


ACCOUNT_EXCLUDED = HoldReason(
    code="account_excluded",
    sentence="This account is off the boards; what it sends is kept and waits for review.",
)
