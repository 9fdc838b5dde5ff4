"""The codes of reasons that make a slice wait: of every signal, and of what no signal says."""

from typing import Final

from submissions.rules.signals.catalogue import SIGNALS

HELD_CODES: Final = (
    "over_hard_limit",
    *(signal.code for signal in SIGNALS),
    "rejected_before",
    "account_excluded",
)
