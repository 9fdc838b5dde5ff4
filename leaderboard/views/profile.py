"""A person's public page."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ui.charts.calendar import calendar_of, last_year_of
from ccgather.ui.charts.parts import parts_of
from ccgather.ui.charts.series import days_between, series_of, sums_by_week
from ccgather.ui.pages import render_public
from leaderboard import selectors
from leaderboard.rules.boards import FIRST_YEAR
from leaderboard.rules.charts import ChartRange
from leaderboard.shapes import Profile, Share, Totals

TOKEN_CLASSES = (
    ("Input", "input_tokens"),
    ("Output", "output_tokens"),
    ("Cache read", "cache_read_tokens"),
    ("Cache write", "cache_write_tokens"),
    ("Reasoning", "reasoning_tokens"),
)


SPANS = (
    (ChartRange.MONTH, "30 days"),
    (ChartRange.QUARTER, "90 days"),
    (ChartRange.YEAR, "1 year"),
    (ChartRange.ALL, "All"),
)
MOST_POINTS = 130
"""More days than this are drawn as weeks."""


@require_safe
@conditional_page
def profile(request: HttpRequest, username: str) -> HttpResponse:
    """What a person burned, when and with what; `?year=` and `?range=` choose what charts show."""
    at = clock.now()
    today = at.date()
    year = year_of(request.GET, today=today)
    span = span_of(request.GET)
    viewer = request.user if isinstance(request.user, User) else None
    person = selectors.profile(username=username, viewer=viewer, at=at)
    context = {
        "person": person,
        "own_profile": person.is_own,
        "year": year,
        "span": span,
        "spans": SPANS,
        "years": years_of(person, today=today),
        **graph_of(person, year=year, today=today),
        **burn_of(person, span=span, today=today),
        "breakdowns": breakdowns_of(person),
    }
    return render_public(request, "leaderboard/profile.html", context, fragment="charts")


def year_of(params: Mapping[str, str], *, today: date) -> int | None:
    """The calendar year asked for, None for the last twelve months. Raises InvalidInputError."""
    asked = params.get("year")
    if not asked:
        return None
    if asked.isascii() and asked.isdecimal() and len(asked) == 4:
        year = int(asked)
        if FIRST_YEAR <= year <= today.year:
            return year
    raise InvalidInputError(
        "There is no such year here.",
        details=[f"year: {asked[:40]!r} is no year from {FIRST_YEAR} to {today.year}"],
    )


def span_of(params: Mapping[str, str]) -> ChartRange:
    """The span of the chart over time. Raises InvalidInputError."""
    asked = params.get("range") or ChartRange.QUARTER.value
    try:
        return ChartRange(asked)
    except ValueError as unknown:
        raise InvalidInputError(
            "There is no such range.",
            details=[f"range: {asked[:40]!r} is none of {', '.join(ChartRange)}"],
        ) from unknown


def years_of(person: Profile, *, today: date) -> tuple[int, ...]:
    """The years that have a graph of their own, the latest first."""
    if not person.days:
        return ()
    return tuple(range(today.year, person.days[0].day.year - 1, -1))


def graph_of(person: Profile, *, year: int | None, today: date) -> dict[str, object]:
    """The contribution graph, and the active days it is made of, the latest first."""
    start, end = (
        last_year_of(today=today) if year is None else (date(year, 1, 1), date(year, 12, 31))
    )
    days = [usage for usage in person.days if start <= usage.day <= end]
    return {
        "calendar": calendar_of(
            heat={usage.day: usage.intensity for usage in days}, start=start, end=end
        ),
        "usage_by_day": {usage.day: usage for usage in days},
        "graph_days": days[::-1],
        "graph_tokens": sum(usage.tokens for usage in days),
    }


def burn_of(person: Profile, *, span: ChartRange, today: date) -> dict[str, object]:
    """Tokens over time: a point a day, or a week where days would be too many to tell apart."""
    tokens = {usage.day: usage.tokens for usage in person.days}
    last = max(today, max(tokens, default=today))
    if span.days is None:
        first = min(tokens, default=last)
    else:
        first = today - timedelta(days=span.days - 1)
    points = days_between(tokens, first=first, last=last)
    by_week = len(points) > MOST_POINTS
    if by_week:
        points = sums_by_week(points)
    return {"series": series_of(values=points), "points": points[::-1], "by_week": by_week}


def breakdowns_of(person: Profile) -> tuple[dict[str, object], ...]:
    """Tokens by tool, model, provider and class."""
    named = (
        ("tool", "By tool", _values(person.by_client)),
        ("model", "By model", _values(person.by_model)),
        ("provider", "By provider", _values(person.by_provider)),
        ("class", "By kind of token", _classes(person.totals)),
    )
    return tuple(
        {"key": key, "title": title, "parts": parts_of(values=values), "values": values}
        for key, title, values in named
    )


def _values(shares: tuple[Share, ...]) -> list[tuple[str, int]]:
    return [(share.name, share.tokens) for share in shares]


def _classes(totals: Totals) -> list[tuple[str, int]]:
    values = [(label, int(getattr(totals, field))) for label, field in TOKEN_CLASSES]
    return sorted(values, key=lambda pair: -pair[1])
