"""Weights, ceilings and thresholds of signals as runtime settings, with their audit trail."""

from collections.abc import Iterator, Mapping

from ccgather.ops.runtime import Number, register, runtime, setting
from submissions.rules.signals.catalogue import FAMILIES, GENERAL, SIGNALS
from submissions.rules.signals.specs import SignalSettings

MOST_WEIGHT = 10.0


def _declared() -> Iterator[tuple[str, Number]]:
    for general in GENERAL:
        yield (
            f"signal_{general.name}",
            Number(
                general.default,
                minimum=general.minimum,
                maximum=general.maximum,
                sentence=general.sentence,
            ),
        )
    for family in FAMILIES:
        words = f"The most that signals of “{family.words}” weigh together."
        yield (
            family.ceiling_key,
            Number(family.ceiling, minimum=0, maximum=MOST_WEIGHT, sentence=words),
        )
    for spec in SIGNALS:
        words = f"Weight of “{spec.title}”; 0 switches it off."
        yield (
            spec.weight_key,
            Number(spec.weight, minimum=0, maximum=MOST_WEIGHT, sentence=words),
        )
        for limit in spec.thresholds:
            yield (
                spec.key_of(limit),
                Number(
                    limit.default,
                    minimum=limit.minimum,
                    maximum=limit.maximum,
                    sentence=f"{spec.title}: {limit.sentence}",
                ),
            )


KEYS = tuple(key for key, _entry in _declared())
"""Every setting of the signals."""

for _key, _entry in _declared():
    register(_key, _entry)


def signal_settings() -> SignalSettings:
    """The settings as they are now: read once a report."""
    return settings_of(runtime.overrides())


def settings_of(overrides: Mapping[str, object]) -> SignalSettings:
    """The settings with these in place of their defaults; keys of other settings are ignored.

    Raises `InvalidInputError` for a value out of bounds.
    """
    known = frozenset(KEYS)
    return SignalSettings(
        {
            key: float(setting(key).checked(value))
            for key, value in overrides.items()
            if key in known
        }
    )
