"""What the person is told about whom something was decided."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from accounts.models import Notice, User
from accounts.services.notices import notify
from submissions.models import Decision

HELD_PAGE = "/settings/held"
SHOWN_DAYS = 10

Tone = Notice.Tone
Action = Decision.Action


def tell_of_decision(*, decision: Decision, user: User, at: datetime) -> None:
    """One notice of a decision, within its transaction: what, why in the reviewer's words, and
    what can be done."""
    tone, title, text = _WORDS[Action(decision.action)]
    counted = len({str(item["day"]) for item in decision.slices})
    days = f"{counted} {'day' if counted == 1 else 'days'}"
    parts = [text.format(days=days)]
    if decision.reason:
        parts.append(decision.reason)
    if decision.slices:
        parts.append(days_words(slices=decision.slices))
    notify(
        user=user,
        code=decision.action,
        tone=tone,
        title=title.format(days=days),
        text="\n\n".join(parts),
        link=HELD_PAGE,
        at=at,
    )


def days_words(*, slices: Iterable[Mapping[str, object]]) -> str:
    """The days of some slices with their tools: the first ten, and how many more."""
    lines = sorted({f"{item['day']} ({item['client']})" for item in slices})
    shown = ", ".join(lines[:SHOWN_DAYS])
    more = len(lines) - SHOWN_DAYS
    return f"{shown} and {more} more" if more > 0 else shown


_WORDS: Mapping[Action, tuple[Tone, str, str]] = {
    Action.APPROVE: (
        Tone.GOOD,
        "Approved: {days} of yours",
        "A reviewer looked at what waited and approved it. It counts everywhere from now on.",
    ),
    Action.REJECT: (
        Tone.REFUSED,
        "Not accepted: {days} of yours",
        (
            "A reviewer looked at what waited and did not accept it. All the rest of your usage "
            "counts as before. You can appeal; somebody else will look at it."
        ),
    ),
    Action.ASK: (
        Tone.REVIEW,
        "A reviewer has a question about your usage",
        "Some of your usage waits for review. Please answer this question:",
    ),
    Action.EXTEND: (
        Tone.REVIEW,
        "The review of your usage takes longer",
        "What waits needs more time. Nothing that counted has changed.",
    ),
    Action.REVERSE: (
        Tone.OURS,
        "A decision about your usage was reversed",
        "An earlier decision of ours did not stand.",
    ),
    Action.EXCLUDE: (
        Tone.REFUSED,
        "Your account was taken off the boards",
        (
            "Nothing of yours is deleted, and what you send is kept. You can appeal; somebody "
            "else will look at it."
        ),
    ),
    Action.RESTORE: (
        Tone.GOOD,
        "Your account is back on the boards",
        "It stands on every board again with all that counts.",
    ),
    Action.UPHOLD: (
        Tone.REFUSED,
        "Your appeal was heard; the decision stands",
        "Somebody looked at your appeal.",
    ),
    Action.TRUST: (
        Tone.GOOD,
        "Your account is trusted now",
        "With your record, less of what you send is held.",
    ),
}
