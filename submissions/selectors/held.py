"""What of a person's usage does not count for now, why, and what they can do about it.

For the person alone. Tokens are integers, costs integers of micro-dollars, days UTC dates.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q

from accounts.models import User
from submissions.models import Appeal, Decision, ReviewCase, Slice
from submissions.querysets import SliceQuerySet
from submissions.rules.clearing import clears_of
from submissions.rules.reasons import REASONS

PAGE_SIZE = 20
DECISIONS_READ = 200
"""The newest decisions about a person that their pages look at."""

Key = tuple[date, str, UUID]
"""(day, client, device)."""


COUNTED_ONCE: Mapping[str, str] = MappingProxyType(
    {
        Slice.NotCounted.SAME_ON_OTHER_DEVICE: (
            "Another of your devices sent the same usage; it counts once, there."
        ),
        Slice.NotCounted.COVERED: (
            "What another collector read of this day covers it; it counts once, there."
        ),
    }
)
"""Why a slice that is accepted adds nothing, though nothing is wrong with it."""


class Kind(StrEnum):
    """Why slices do not count."""

    WAITING = "waiting"
    REFUSED = "refused"
    QUARANTINED = "quarantined"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a slice waits: a sentence, the figures it rests on by name, what would clear it."""

    code: str
    sentence: str
    figures: tuple[tuple[str, float | int | str], ...]
    clears: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An objection of the person and what became of it."""

    id: UUID
    text: str
    created_at: datetime
    due_at: datetime
    state: str
    state_words: str
    answer: str
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return self.state == Appeal.State.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionLine:
    """A decision against the person: not to accept days, or to take the account off the boards.

    `words` are the code's, `reason` is what the reviewer wrote; `days` are those it was about;
    `stands` until another decision reverses it.
    """

    id: int
    at: datetime
    is_exclusion: bool
    words: str
    reason: str
    days: tuple[date, ...]
    stands: bool
    appeal: AppealLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSlice:
    """A tool's day on a device that does not count. `counted_tokens` is what counts of the same
    meanwhile, None for nothing; `decision` the one that did not accept it."""

    day: date
    client: str
    device: str
    tokens: int
    cost_microusd: int
    since: datetime
    collector: str
    reasons: tuple[Reason, ...]
    counted_tokens: int | None
    decision: DecisionLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCase:
    """The review of what waits. `question` is what a reviewer asked and the person has not
    answered yet, "" for none; `objection` is what the person said while it waits."""

    id: UUID
    opened_at: datetime
    due_at: datetime
    question: str
    objection: AppealLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldOverview:
    """How much does not count, and what is under way about it. `exclusion` is the decision that
    keeps the account off the boards."""

    waiting: int
    refused: int
    quarantined: int
    elsewhere: int
    case: OpenCase | None
    decisions: tuple[DecisionLine, ...]
    exclusion: DecisionLine | None


def held_overview(*, user: User) -> HeldOverview:
    """Counts of slices by kind, the open case, decisions against the person. Four queries."""
    counts = Slice.objects.filter(user=user).aggregate(
        **{kind.value: Count("pk", filter=_condition_of(kind)) for kind in Kind}
    )
    decisions, objections = _decisions(user)
    against = _against(decisions, objections)
    return HeldOverview(
        waiting=counts["waiting"],
        refused=counts["refused"],
        quarantined=counts["quarantined"],
        elsewhere=counts["elsewhere"],
        case=_open_case(user, decisions, objections),
        decisions=against,
        exclusion=next((d for d in against if d.is_exclusion and d.stands), None)
        if user.excluded_at
        else None,
    )


def held_slices(*, user: User, kind: Kind, page: int) -> Page[HeldSlice]:
    """One page of what does not count for one reason, the latest day first.

    Three queries; two more for what was not accepted, which names its decision.
    """
    found = (
        _of_kind(user, kind)
        .select_related("device")
        .order_by("-day", "client", "device__name", "pk")
    )
    rows: Page[Slice] = Paginator(found, PAGE_SIZE).get_page(page)
    slices = list(rows.object_list)
    counted = _counted(user, slices) if kind in (Kind.WAITING, Kind.REFUSED) else {}
    decided = _decided(user) if kind is Kind.REFUSED else {}
    shown: Page[HeldSlice] = Page(
        [
            _held_slice(row, counted_tokens=counted.get(_key(row)), decision=decided.get(_key(row)))
            for row in slices
        ],
        rows.number,
        rows.paginator,  # type: ignore[arg-type]  # it counts rows of which these are made
    )
    return shown


def decision_against(*, user: User, decision_id: int) -> DecisionLine | None:
    """A decision against the person; None where it is another's, or no such. Two queries."""
    return next(
        (d for d in _against(*_decisions(user)) if d.id == decision_id),
        None,
    )


def held_days(*, user: User) -> Mapping[date, int]:
    """Tokens that wait for review, by day. One query."""
    tokens: Counter[date] = Counter()
    rows = Slice.objects.pending().filter(user=user)
    for day, waiting in rows.values_list("day", "total_tokens"):
        tokens[day] += waiting
    return tokens


def held_day_count(*, user: User) -> int:
    """How many days have something that waits for review. One query."""
    rows = Slice.objects.pending().filter(user=user)
    found: int = rows.aggregate(days=Count("day", distinct=True))["days"]
    return found


def _condition_of(kind: Kind) -> Q:
    return {
        Kind.WAITING: Q(state=Slice.State.PENDING),
        Kind.REFUSED: Q(state=Slice.State.REJECTED),
        Kind.QUARANTINED: Q(state=Slice.State.ACCEPTED, not_counted=Slice.NotCounted.QUARANTINED),
        Kind.ELSEWHERE: Q(
            state=Slice.State.ACCEPTED,
            not_counted__in=(Slice.NotCounted.SAME_ON_OTHER_DEVICE, Slice.NotCounted.COVERED),
        ),
    }[kind]


def _of_kind(user: User, kind: Kind) -> SliceQuerySet:
    return Slice.objects.filter(_condition_of(kind), user=user)


def _key(row: Slice) -> Key:
    return (row.day, row.client, row.device_id)


def _counted(user: User, slices: Sequence[Slice]) -> dict[Key, int]:
    """What counts of the same tools, days and devices; one query."""
    rows = Slice.objects.counted().filter(user=user, day__in={row.day for row in slices})
    return {
        (day, client, device): tokens
        for day, client, device, tokens in rows.values_list(
            "day", "client", "device_id", "total_tokens"
        )
    }


def _held_slice(
    row: Slice, *, counted_tokens: int | None, decision: DecisionLine | None
) -> HeldSlice:
    version = f" {row.collector_version}" if row.collector_version else ""
    return HeldSlice(
        day=row.day,
        client=row.client,
        device=row.device.name,
        tokens=row.total_tokens,
        cost_microusd=row.cost_microusd,
        since=row.updated_at,
        collector=f"{row.collector}{version}",
        reasons=tuple(_reason(reason) for reason in row.hold_reasons or _counted_once(row)),
        counted_tokens=counted_tokens,
        decision=decision,
    )


def _counted_once(row: Slice) -> list[dict[str, object]]:
    """Why an accepted slice without reasons of its own adds nothing; none for all others."""
    sentence = COUNTED_ONCE.get(row.not_counted)
    return [{"code": "counted_once", "sentence": sentence}] if sentence else []


def _reason(stored: Mapping[str, object]) -> Reason:
    """A reason as it is stored with a slice; figures are there since there are signals."""
    code = str(stored.get("code", ""))
    figures = stored.get("figures")
    return Reason(
        code=code,
        sentence=str(stored.get("sentence", "")),
        figures=tuple((name.replace("_", " "), value) for name, value in figures.items())
        if isinstance(figures, dict)
        else (),
        clears=clears_of(code=code),
    )


def _decisions(user: User) -> tuple[list[Decision], list[Appeal]]:
    """The newest decisions about a person and all their appeals; two queries."""
    decisions = Decision.objects.filter(
        user=user,
        action__in=(
            Decision.Action.REJECT,
            Decision.Action.EXCLUDE,
            Decision.Action.REVERSE,
            Decision.Action.RESTORE,
            Decision.Action.ASK,
            Decision.Action.ANSWER,
        ),
    ).order_by("-at", "-pk")[:DECISIONS_READ]
    return list(decisions), list(Appeal.objects.filter(user=user).order_by("-created_at"))


def _against(decisions: Sequence[Decision], appeals: Sequence[Appeal]) -> tuple[DecisionLine, ...]:
    reversed_ids = {decision.reverses_id for decision in decisions} - {None}
    restored_at = max(
        (d.at for d in decisions if d.action == Decision.Action.RESTORE), default=None
    )
    by_decision = {appeal.decision_id: _appeal_line(appeal) for appeal in appeals}
    return tuple(
        DecisionLine(
            id=decision.pk,
            at=decision.at,
            is_exclusion=decision.action == Decision.Action.EXCLUDE,
            words=_words_of(decision.reason_code),
            reason=decision.reason,
            days=tuple(sorted({date.fromisoformat(str(item["day"])) for item in decision.slices})),
            stands=decision.pk not in reversed_ids
            and not (
                decision.action == Decision.Action.EXCLUDE
                and restored_at is not None
                and restored_at >= decision.at
            ),
            appeal=by_decision.get(decision.pk),
        )
        for decision in decisions
        if decision.action in (Decision.Action.REJECT, Decision.Action.EXCLUDE)
    )


def _words_of(code: str) -> str:
    """A code in words; of another reason than the known ones the reviewer's text says it all."""
    return REASONS[code].sentence if code in REASONS and code != "other" else ""


def _decided(user: User) -> dict[Key, DecisionLine]:
    """The newest decision not to accept each slice; two queries."""
    decisions, appeals = _decisions(user)
    lines = {line.id: line for line in _against(decisions, appeals)}
    found: dict[Key, DecisionLine] = {}
    for decision in decisions:
        if decision.action == Decision.Action.REJECT:
            for item in decision.slices:
                key = (
                    date.fromisoformat(str(item["day"])),
                    str(item["client"]),
                    UUID(str(item["device"])),
                )
                found.setdefault(key, lines[decision.pk])
    return found


def _open_case(
    user: User, decisions: Sequence[Decision], appeals: Sequence[Appeal]
) -> OpenCase | None:
    case = ReviewCase.objects.filter(user=user).exclude(state=ReviewCase.State.CLOSED).first()
    if case is None:
        return None
    asked = next(
        (
            decision.reason
            for decision in decisions
            if decision.case_id == case.pk and decision.action == Decision.Action.ASK
        ),
        "",
    )
    return OpenCase(
        id=case.pk,
        opened_at=case.opened_at,
        due_at=case.due_at,
        question=asked if case.state == ReviewCase.State.ASKED else "",
        objection=next(
            (
                _appeal_line(appeal)
                for appeal in appeals
                if appeal.case_id == case.pk and appeal.decision_id is None
            ),
            None,
        ),
    )


def _appeal_line(appeal: Appeal) -> AppealLine:
    return AppealLine(
        id=appeal.pk,
        text=appeal.text,
        created_at=appeal.created_at,
        due_at=appeal.due_at,
        state=appeal.state,
        state_words=appeal.get_state_display(),
        answer=appeal.answer,
        answered_at=appeal.answered_at,
    )
