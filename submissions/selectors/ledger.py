"""What everybody is told of moderation: every line of the ledger, by pseudonym, and its figures.

Never a name, a token count, a device or what a reviewer wrote to somebody: those are for the
person and for staff.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Exists, F, Func, IntegerField, Min, OuterRef, Q, Sum

from submissions.models import Appeal, CollectorQuarantine, Decision, ProfileReport, ReviewCase
from submissions.rules.reasons import REASONS

FIGURES_OF = timedelta(days=365)
"""What the figures look back on; the lines go back to the first."""

PAGE_SIZE = 25
VERDICTS = (Decision.Action.APPROVE, Decision.Action.REJECT)
"""What ends a wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One decision. `subject` is the pseudonym of the person it is about, "" for nobody's;
    `slices` how many tools' days it decided; `waited` how long they had waited for a verdict,
    None where it is none; `reverses` the number of the line that it takes back."""

    number: int
    at: datetime
    subject: str
    action: str
    role: str
    reason_code: str
    slices: int
    waited: timedelta | None
    is_reversed: bool
    reverses: int | None

    @property
    def action_words(self) -> str:
        """What was done."""
        return str(Decision.Action(self.action).label)

    @property
    def reason_words(self) -> str:
        """Why."""
        return reason_words_of(code=self.reason_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """One page of lines, the newest first; a page past the end is empty."""

    lines: tuple[LedgerLine, ...]
    page: int
    limit: int
    total: int

    @property
    def total_pages(self) -> int:
        """0 for an empty ledger."""
        return -(-self.total // self.limit)

    @property
    def has_more(self) -> bool:
        """Whether there is a page after this one."""
        return self.page < self.total_pages


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionCount:
    """How many decisions of one kind were made for one reason, and how many of them reversed."""

    action: str
    reason_code: str
    count: int
    reversed: int

    @property
    def action_words(self) -> str:
        """What was done."""
        return str(Decision.Action(self.action).label)

    @property
    def reason_words(self) -> str:
        """Why."""
        return reason_words_of(code=self.reason_code)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFigures:
    """What a year of moderation amounts to, and what is open now.

    `waited_median` and `waited_p95` are of approvals and rejections, None before the first.
    `verdicts` counts what people decided and could be reversed: approvals, rejections and
    exclusions. Appeals and profile reports are of the year, `_open` and `_standing` of now.
    """

    since: datetime
    by_reason: tuple[DecisionCount, ...]
    verdicts: int
    verdicts_reversed: int
    waited_median: timedelta | None
    waited_p95: timedelta | None
    appeals: int
    appeals_granted: int
    appeals_upheld: int
    appeals_open: int
    cases_open: int
    slices_open: int
    oldest_open_at: datetime | None
    profile_reports: int
    profile_reports_standing: int
    quarantines: int

    @property
    def reversal_rate(self) -> float | None:
        """The part of the verdicts that did not stand; None where there is none."""
        return self.verdicts_reversed / self.verdicts if self.verdicts else None


def reason_words_of(*, code: str) -> str:
    """A code of the ledger in words; an older one that is not given any more as it is."""
    reason = REASONS.get(code)
    return reason.words if reason else code.replace("_", " ").capitalize()


def ledger_page(*, page: int, limit: int = PAGE_SIZE) -> LedgerPage:
    """The lines of that page, counted from 1. Two queries."""
    total = Decision.objects.count()
    rows = (
        Decision.objects.annotate(
            slice_count=Func(
                F("slices"), function="jsonb_array_length", output_field=IntegerField()
            ),
            is_reversed=Exists(Decision.objects.filter(reverses=OuterRef("pk"))),
        )
        .order_by("-at", "-pk")
        .values_list(
            "pk",
            "at",
            "subject",
            "action",
            "role",
            "reason_code",
            "slice_count",
            "waiting_since",
            "is_reversed",
            "reverses_id",
        )
    )
    first = (page - 1) * limit
    lines = tuple(_line(row) for row in rows[first : first + limit]) if first < total else ()
    return LedgerPage(lines=lines, page=page, limit=limit, total=total)


def _line(
    row: tuple[int, datetime, str, str, str, str, int, datetime | None, bool, int | None],
) -> LedgerLine:
    number, at, subject, action, role, code, slices, since, is_reversed, reverses = row
    return LedgerLine(
        number=number,
        at=at,
        subject=subject,
        action=action,
        role=role,
        reason_code=code,
        slices=slices,
        waited=at - since if since is not None and action in VERDICTS else None,
        is_reversed=is_reversed,
        reverses=reverses,
    )


def ledger_figures(*, at: datetime) -> LedgerFigures:
    """The figures at that moment. Six queries."""
    since = at - FIGURES_OF
    by_reason = _by_reason(since)
    verdicts = [line for line in by_reason if line.action in (*VERDICTS, Decision.Action.EXCLUDE)]
    median, p95 = _waited(since)
    appeals = Appeal.objects.aggregate(
        made=Count("pk", filter=Q(created_at__gte=since)),
        granted=Count("pk", filter=Q(answered_at__gte=since, state=Appeal.State.GRANTED)),
        upheld=Count("pk", filter=Q(answered_at__gte=since, state=Appeal.State.UPHELD)),
        open=Count("pk", filter=Q(state=Appeal.State.OPEN)),
    )
    cases = ReviewCase.objects.exclude(state=ReviewCase.State.CLOSED).aggregate(
        cases=Count("pk"), slices=Sum("held_slices", default=0), oldest=Min("opened_at")
    )
    reports = ProfileReport.objects.aggregate(
        made=Count("pk", filter=Q(created_at__gte=since)),
        standing=Count("pk", filter=Q(dismissed_at=None)),
    )
    return LedgerFigures(
        since=since,
        by_reason=by_reason,
        verdicts=sum(line.count for line in verdicts),
        verdicts_reversed=sum(line.reversed for line in verdicts),
        waited_median=median,
        waited_p95=p95,
        appeals=appeals["made"],
        appeals_granted=appeals["granted"],
        appeals_upheld=appeals["upheld"],
        appeals_open=appeals["open"],
        cases_open=cases["cases"],
        slices_open=cases["slices"],
        oldest_open_at=cases["oldest"],
        profile_reports=reports["made"],
        profile_reports_standing=reports["standing"],
        quarantines=CollectorQuarantine.objects.filter(lifted_at=None).count(),
    )


def _by_reason(since: datetime) -> tuple[DecisionCount, ...]:
    taken_back = Exists(Decision.objects.filter(reverses=OuterRef("pk")))
    rows = (
        Decision.objects.filter(at__gte=since)
        .annotate(is_reversed=taken_back)
        .order_by()
        .values("action", "reason_code")
        .annotate(count=Count("pk"), undone=Count("pk", filter=Q(is_reversed=True)))
    )
    order = {action: place for place, action in enumerate(Decision.Action.values)}
    found = [
        DecisionCount(
            action=row["action"],
            reason_code=row["reason_code"],
            count=row["count"],
            reversed=row["undone"],
        )
        for row in rows
    ]
    return tuple(
        sorted(found, key=lambda line: (order[line.action], -line.count, line.reason_code))
    )


def _waited(since: datetime) -> tuple[timedelta | None, timedelta | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY at - waiting_since),
                   percentile_cont(0.95) WITHIN GROUP (ORDER BY at - waiting_since)
            FROM submissions_decision
            WHERE at >= %s AND action = ANY(%s) AND waiting_since IS NOT NULL
            """,
            [since, list(VERDICTS)],
        )
        median, p95 = cursor.fetchone()
    return median, p95
