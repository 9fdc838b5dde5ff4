"""What would let a held slice count: for each reason, a sentence to its owner."""

from collections.abc import Mapping
from types import MappingProxyType

from submissions.rules.signals.catalogue import clears_of as of_signal

CLEARED_BY: Mapping[str, str] = MappingProxyType(
    {
        "over_hard_limit": (
            "A reviewer has to see it. If it is what your logs say, send a report with evidence "
            "and hours (the command line does so) and say in a few words what ran."
        ),
        "account_excluded": (
            "It is looked at once the account is back on the boards. The decision about the "
            "account can be appealed."
        ),
        "rejected_before": (
            "An earlier version of this day was not accepted, so that a reviewer sees this one. "
            "Appeal against that decision, or send what the logs say and nothing more."
        ),
        "not_accepted": (
            "The decision stands until an appeal reverses it. A report with the right figures of "
            "this day is looked at anew."
        ),
        "counted_once": (
            "Nothing needs to be done. If two machines are one, merge them on the page of devices."
        ),
        "collector_quarantined": (
            "A newer report of this day by a release that counts right: it replaces this one "
            "whole and counts at once, also when it has fewer tokens."
        ),
    }
)
"""By the code of a reason that is no signal; signals say it in their own catalogue."""

OTHERWISE = (
    "A reviewer has to see it. A newer report of the same day that looks usual is counted at once."
)


def clears_of(*, code: str) -> str:
    """What would clear a reason, as this file or the catalogue of signals has it."""
    return CLEARED_BY.get(code) or of_signal(code) or OTHERWISE
