"""Every signal, every family, and the figures that weighing goes by.

`submissions.signal_settings` makes runtime settings of them; the methodology page prints them.
"""

from typing import Final

from submissions.rules.signals.alike import SPECS as ALIKE
from submissions.rules.signals.copies import SPECS as COPIES
from submissions.rules.signals.digits import SPECS as DIGITS
from submissions.rules.signals.mix import SPECS as MIX
from submissions.rules.signals.origin import SPECS as ORIGIN
from submissions.rules.signals.people import SPECS as PEOPLE
from submissions.rules.signals.persons import SPECS as PERSONS
from submissions.rules.signals.rhythm import SPECS as RHYTHM
from submissions.rules.signals.rivalry import SPECS as RIVALRY
from submissions.rules.signals.size import SPECS as SIZE
from submissions.rules.signals.specs import Family, FamilySpec, SignalSpec, Threshold

SIGNALS: Final[tuple[SignalSpec, ...]] = (
    *SIZE,
    *MIX,
    *PERSONS,
    *DIGITS,
    *COPIES,
    *ORIGIN,
    *ALIKE,
    *RHYTHM,
    *RIVALRY,
    *PEOPLE,
)

FAMILIES: Final = (
    FamilySpec(name="size", words="more than usual", ceiling=0.7),
    FamilySpec(name="mix", words="kinds of tokens that do not go together", ceiling=0.85),
    FamilySpec(name="digits", words="numbers that no log has", ceiling=0.8),
    FamilySpec(name="copies", words="the same usage elsewhere", ceiling=0.8),
    FamilySpec(name="origin", words="usage that cannot have come from there", ceiling=0.8),
    FamilySpec(name="rhythm", words="days that no person has", ceiling=0.4),
    FamilySpec(name="rivalry", words="sums that aim at somebody", ceiling=0.8),
    FamilySpec(name="people", words="what others say", ceiling=0.2),
)

HOLD_FROM: Final = Threshold(
    name="hold_from", default=1.0, minimum=0.1, maximum=100,
    sentence="What the signals of a slice must weigh together for it to wait.",
)  # fmt: skip
SECOND_FAMILY_FROM: Final = Threshold(
    name="second_family_from", default=0.15, minimum=0, maximum=1,
    sentence="What a second family must weigh for two to have spoken.",
)  # fmt: skip
FLOOR_TOKENS: Final = Threshold(
    name="floor_tokens", default=5e6, minimum=0, maximum=1e12,
    sentence="Slices with fewer tokens that cost little are held by proof only.",
)  # fmt: skip
FLOOR_COST_USD: Final = Threshold(
    name="floor_cost_usd", default=20, minimum=0, maximum=1e6,
    sentence="Slices that cost fewer dollars and have few tokens are held by proof only.",
)  # fmt: skip
TRUSTED_FACTOR: Final = Threshold(
    name="trusted_factor", default=0.5, minimum=0, maximum=1,
    sentence="Times what signals weigh about trusted people; proofs keep their weight.",
)  # fmt: skip
RATE_QUIET: Final = Threshold(
    name="rate_quiet", default=0.02, minimum=0, maximum=1,
    sentence="Part of honest people that a signal may speak about before it weighs less.",
)  # fmt: skip
RATE_SILENT: Final = Threshold(
    name="rate_silent", default=0.08, minimum=0.001, maximum=1,
    sentence="Part of honest people from which a signal weighs nothing.",
)  # fmt: skip
GENERAL: Final = (
    HOLD_FROM, SECOND_FAMILY_FROM, FLOOR_TOKENS, FLOOR_COST_USD, TRUSTED_FACTOR, RATE_QUIET,
    RATE_SILENT,
)  # fmt: skip
"""Their runtime keys are `signal_` and the name."""

BY_CODE: Final = {spec.code: spec for spec in SIGNALS}
CEILING_OF: Final[dict[Family, FamilySpec]] = {family.name: family for family in FAMILIES}


def clears_of(code: str) -> str:
    """What would clear a hold with that code; empty for codes that are no signal's."""
    spec = BY_CODE.get(code)
    return spec.clears if spec else ""
