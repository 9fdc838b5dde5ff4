"""The queue of cases."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse

from ccgather.ops import clock
from ccgather.site.review.acting import BULK_ACTS
from ccgather.site.review.codes import HELD_CODES
from ccgather.site.review.pages import Context, page_number, render_admin, staff_of
from ccgather.site.review.selectors.queue import QueueCounts, QueueQuery, Shown, queue_page
from submissions.services.staff import Power, may


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """One view of the queue."""

    label: str
    href: str
    is_current: bool
    count: int | None
    is_alarm: bool = False


def queue(request: HttpRequest, *, context: Context) -> HttpResponse:
    """One page of the queue."""
    at = clock.now()
    viewer = staff_of(request)
    query = _query(request)
    page = queue_page(query=query, viewer=viewer, at=at)
    parameters = {"shown": query.shown.value} | ({"code": query.code} if query.code else {})
    return render_admin(
        request,
        "admin/review/queue.html",
        context
        | {
            "title": "Review queue",
            "page": page,
            "query": query,
            "tabs": _tabs(query, page.counts),
            "codes": HELD_CODES,
            "at_now": at,
            "may_decide": may(actor=viewer, power=Power.DECIDE) and query.shown is not Shown.CLOSED,
            "bulk_actions": BULK_ACTS,
            "parameters": urlencode(parameters),
        },
    )


def _query(request: HttpRequest) -> QueueQuery:
    asked = request.GET.get("shown", "")
    known = {shown.value for shown in Shown}
    code = request.GET.get("code", "")
    return QueueQuery(
        shown=Shown(asked) if asked in known else Shown.WAITING,
        code=code if code in HELD_CODES else "",
        page=page_number(request),
    )


def _tabs(query: QueueQuery, counts: QueueCounts) -> list[Tab]:
    named = [
        (Shown.WAITING, "Waiting", counts.waiting),
        (Shown.OVERDUE, "Overdue", counts.overdue),
        (Shown.MINE, "Mine", counts.mine),
        (Shown.OPEN, "To decide", counts.open),
        (Shown.ASKED, "Asked the owner", counts.asked),
        (Shown.APPEALED, "With an appeal", counts.appealed),
        (Shown.CLOSED, "Closed", None),
    ]
    code = {"code": query.code} if query.code else {}
    return [
        Tab(
            label=label,
            href="?" + urlencode({"shown": shown.value} | code),
            is_current=query.shown is shown,
            count=count,
            is_alarm=shown is Shown.OVERDUE and bool(count),
        )
        for shown, label, count in named
    ]
