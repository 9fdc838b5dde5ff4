"""What staff may do, in the words of the pages; done by the services of submissions."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from submissions.rules.reasons import REASONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something to do: its key on the keyboard, its word on the button, and what it does."""

    value: str
    label: str
    key: str
    sentence: str


ACTS: Final = (
    Act(
        value="approve",
        label="Approve",
        key="a",
        sentence="It counts from now on, and growth up to a quarter with it.",
    ),
    Act(
        value="reject",
        label="Reject",
        key="r",
        sentence="It does not count. The owner is told why, and may appeal.",
    ),
    Act(
        value="ask",
        label="Ask",
        key="q",
        sentence="The owner is asked; the case waits for the answer.",
    ),
    Act(value="extend", label="Extend", key="e", sentence="The case gets more time."),
)
BULK_ACTS: Final = tuple(act for act in ACTS if act.value in {"approve", "reject"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChoice:
    """A reason in a list; `actions` are those it goes with, parted by spaces."""

    code: str
    label: str
    actions: str


def reason_choices(*, actions: Collection[str]) -> tuple[ReasonChoice, ...]:
    """The reasons that go with any of these actions."""
    return tuple(
        ReasonChoice(
            code=reason.code,
            label=f"{reason.words}: {reason.sentence}",
            actions=" ".join(sorted(reason.actions)),
        )
        for reason in REASONS.values()
        if set(reason.actions) & set(actions)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What somebody filled in, to be kept when it is refused."""

    action: str = ""
    scope: str = "whole"
    slices: tuple[int, ...] = ()
    reason_code: str = ""
    reason: str = ""
    version: int = 0
    seen: int = 0


def typed_in(request: HttpRequest) -> Typed:
    """The fields of a form of the review area; nonsense is as good as nothing."""
    post = request.POST
    return Typed(
        action=post.get("action", ""),
        scope="days" if post.get("scope") == "days" else "whole",
        slices=tuple(_whole(each) for each in post.getlist("slice")),
        reason_code=post.get("reason_code", ""),
        reason=post.get("reason", "").strip(),
        version=_whole(post.get("version", "")),
        seen=_whole(post.get("seen", "")),
    )


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
