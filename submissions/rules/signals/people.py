"""What others say of a profile. It weighs little: many voices can be one person's."""

from collections.abc import Iterator

from submissions.rules.signals.scales import ramp
from submissions.rules.signals.specs import Found, Limits, SignalSpec, Threshold
from submissions.rules.signals.view import View


def reported(*, view: View, limits: Limits) -> Iterator[Found]:
    """Several people reported the profile, and no reviewer has dismissed that.

    Envy does this as well, so it tips a scale that is nearly full and does nothing else.
    """
    people = view.facts.account.reports_against
    strength = ramp(people, low=limits["people"] - 1, high=limits["people"] + 4)
    if strength:
        for item in view.large:
            yield Found(item.key, strength, {"people": people})


SPECS = (
    SignalSpec(
        code="reported", title="Reported by people", family="people", weight=0.15,
        sentence="{people} people reported this profile.",
        clears="A reviewer who dismisses the reports.",
        rule=reported,
        thresholds=(
            Threshold(name="people", default=3, minimum=1, maximum=1000,
                      sentence="People who report before it is noticed."),
        ),
    ),
)  # fmt: skip
