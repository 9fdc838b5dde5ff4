"""Why a decision was made: the codes of the ledger, and what each of them says to the public.

The text that a reviewer writes beside a code is for the person it is about and never public.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A code, the few words it is shown with, a sentence, and the actions it may be given for."""

    code: str
    words: str
    sentence: str
    actions: frozenset[str]


def _reason(code: str, words: str, sentence: str, *actions: str) -> tuple[str, Reason]:
    found = Reason(code=code, words=words, sentence=sentence, actions=frozenset(actions))
    return (code, found)


REASONS: Mapping[str, Reason] = MappingProxyType(
    dict(
        (
            # Given by the site itself.
            _reason("signals", "Signals", "Signals together were heavy enough.", "hold"),
            _reason(
                "collector_quarantined",
                "Collector quarantined",
                "A release of the collector counted wrong; its usage does not count meanwhile.",
                "quarantine",
                "hold",
            ),
            _reason("newer_report", "Newer report", "A newer report took its place.", "clear"),
            _reason(
                "quarantine_lifted",
                "Quarantine lifted",
                "The release counts right; its usage counts again.",
                "clear",
                "lift",
            ),
            _reason("owner_appealed", "Appeal", "The owner appealed.", "appeal"),
            _reason("owner_answered", "Answer", "The owner answered.", "answer"),
            # Given by a reviewer.
            _reason("genuine", "Genuine", "It was looked at and is genuine.", "approve"),
            _reason("explained", "Explained", "The owner explained it.", "approve", "reverse"),
            _reason(
                "our_rules",
                "Our rules",
                "The rules of this site were too strict for it.",
                "approve",
                "reverse",
            ),
            _reason("made_up", "Made up", "The counts are not those of real use.", "reject"),
            _reason("multiplied", "Multiplied", "The counts were multiplied.", "reject"),
            _reason("copied", "Copied", "The usage is somebody else's.", "reject", "exclude"),
            _reason("impossible", "Impossible", "No tool can use that much.", "reject"),
            _reason("counted_twice", "Counted twice", "The same usage counts already.", "reject"),
            _reason("no_answer", "No answer", "The owner was asked and did not answer.", "reject"),
            _reason("question", "Question", "The owner was asked.", "ask"),
            _reason("needs_time", "More time", "It needs more time.", "extend"),
            _reason("false_usage", "False usage", "False usage, again and again.", "exclude"),
            _reason("manipulation", "Manipulation", "The boards were manipulated.", "exclude"),
            _reason(
                "other",
                "Another reason",
                "Another reason, which the owner was told.",
                "reject",
                "exclude",
            ),
            _reason("cleared_up", "Cleared up", "It was cleared up with the owner.", "restore"),
            _reason("mistake", "Our mistake", "The decision was a mistake.", "restore", "reverse"),
            _reason(
                "appeal_granted", "Appeal granted", "An appeal was granted.", "restore", "reverse"
            ),
            _reason("new_facts", "New facts", "New facts came up.", "reverse"),
            _reason("stands", "Stands", "An appeal was heard; the decision stands.", "uphold"),
            _reason("long_record", "Long record", "A long and clean record.", "trust"),
            _reason("record_broken", "Record broken", "The record is not clean.", "untrust"),
            _reason(
                "collector_fault",
                "Collector's fault",
                "A release of a collector counts wrong.",
                "quarantine",
            ),
        )
    )
)
"""By code."""

_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {
        "approve": "genuine",
        "reject": "other",
        "ask": "question",
        "extend": "needs_time",
        "exclude": "false_usage",
        "restore": "cleared_up",
        "reverse": "mistake",
        "uphold": "stands",
        "trust": "long_record",
        "untrust": "record_broken",
        "quarantine": "collector_fault",
        "lift": "quarantine_lifted",
    }
)

NEEDS_TEXT = frozenset(
    {"reject", "ask", "extend", "exclude", "restore", "reverse", "uphold", "quarantine"}
)
"""Actions whose person must be told in words why."""

TEXT_CHARACTERS = 2_000


def reasons_for(action: str) -> tuple[Reason, ...]:
    """The reasons a reviewer may give for an action, in the order of this file."""
    return tuple(
        reason
        for reason in REASONS.values()
        if action in reason.actions and reason.code != "collector_quarantined"
    )


def default_reason_for(action: str) -> str:
    """The code of an action that nobody gave one for."""
    return _DEFAULTS[action]


def reason_problems_of(*, action: str, code: str, text: str) -> dict[str, str]:
    """What is wrong with the reason given for an action, by field; empty when nothing is."""
    problems = {}
    if code not in {reason.code for reason in reasons_for(action)}:
        known = ", ".join(reason.code for reason in reasons_for(action))
        problems["reasonCode"] = f"must be one of {known}"
    if action in NEEDS_TEXT and not text:
        problems["reason"] = f"say why, to {action}"
    elif len(text) > TEXT_CHARACTERS:
        problems["reason"] = f"has more than {TEXT_CHARACTERS} characters"
    return problems
