"""Days that go on as others did which wait for review already."""

from collections import defaultdict
from collections.abc import Iterator
from math import log
from typing import Final

from submissions.rules.signals.scales import median_of, ramp
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View

TELLING: Final = frozenset(
    (
        *("round_numbers", "common_divisor", "multiplied", "own_day_again", "own_day_scaled"),
        *("same_messages", "same_counts", "same_shape", "model_of_nobody", "old_days_grow_alike"),
        *("model_before_release", "tool_before_release", "says_more_than_it_reads"),
        *("just_above_rival", "over_hard_limit", "cache_without_steps"),
    )
)
"""What holds a day without needing a second opinion."""


def like_days_that_wait(*, view: View, limits: Limits) -> Iterator[Found]:
    """Days of a tool that are as large as other days of it which wait for good reason.

    Whoever sends week by week would else have to be found out anew each week. The other days must
    be held by proof, be several, and be well above what counts of that tool: usage as before is
    nobody's fault. A reviewer's word about the first ones ends it.
    """
    sizes: defaultdict[str, list[float]] = defaultdict(list)
    for past in view.facts.waiting:
        tokens = past.counts.total_tokens
        if tokens >= view.floor_tokens and TELLING.intersection(past.hold_codes):
            sizes[past.client].append(log(tokens))
    if not sizes:
        return
    counted: defaultdict[str, list[float]] = defaultdict(list)
    for past in view.facts.history:
        if past.counts.total_tokens > 0:
            counted[past.client].append(log(past.counts.total_tokens))
    for item in view.large:
        waiting = sizes.get(item.client, [])
        strength = ramp(len(waiting), low=limits["days"] - 2, high=limits["days"])
        if not strength:
            continue
        size = log(item.counts.total_tokens)
        usual = counted.get(item.client, [])
        # Without enough that counts, what waits is all that is known of the tool.
        above = median_of(sorted(usual)) + log(limits["times"]) if len(usual) >= 5 else 0.0
        if size >= max(above, median_of(sorted(waiting)) - log(limits["within"])):
            yield Found(item.key, strength, {"days": len(waiting)})


SPECS = (
    SignalSpec(
        code="like_days_that_wait", title="Like days that wait", family="origin", weight=0.75,
        sentence="{days} other days of this tool wait for review, and this one is like them.",
        clears="The decision about those days.",
        rule=like_days_that_wait,
        thresholds=(
            Threshold(name="days", default=4, minimum=3, maximum=365,
                      sentence="Days that wait by proof before it speaks at full strength."),
            Threshold(name="times", default=2, minimum=1, maximum=100,
                      sentence="Times one's usual day of the tool from which a day is like them."),
            Threshold(name="within", default=3, minimum=1, maximum=100,
                      sentence="How many times smaller than those that wait a day may be."),
        ),
    ),
)  # fmt: skip
