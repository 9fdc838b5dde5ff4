"""A person's public page."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from accounts.models import User
from ccgather.errors import InvalidInputError
from ccgather.ops import clock
from ccgather.ui.charts.calendar import calendar_of, last_year_of
from ccgather.ui.charts.parts import parts_of
from ccgather.ui.charts.ranks import rank_line_of
from ccgather.ui.charts.series import days_between, series_of, sums_by_week
from ccgather.ui.pages import render_public
from leaderboard import selectors
from leaderboard.rules.boards import FIRST_YEAR
from leaderboard.rules.charts import ChartRange
from leaderboard.rules.history import day_asked_for, ranks_between, ranks_by_week
from leaderboard.selectors.badges import badge_news, badge_progress, next_badges
from leaderboard.selectors.held_badges import displayed_of
from leaderboard.selectors.history import first_snapshot_day, rank_history
from leaderboard.selectors.rank_story import rank_story
from leaderboard.shapes import Profile, Share, Totals
from submissions.selectors.held import held_days

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
NEXT = 6
"""How many badges to work towards a profile shows; the badges page shows them all."""
STORY_SPANS = ((1, "Since midnight"), (7, "7 days"), (30, "30 days"))
"""Days back, of which the profile's owner may ask why their rank moved."""

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
        **ranks_of(person, span=span, today=today),
        "breakdowns": breakdowns_of(person),
        "displayed": displayed_of(badges=person.badges),
        **(own_badges_of(viewer, at=at) if viewer is not None and person.is_own else {}),
        "held_days": held_days(user=viewer) if viewer is not None and person.is_own else {},
        **(story_of(viewer, request.GET, at=at) if viewer is not None and person.is_own else {}),
    }
    return render_public(request, "leaderboard/profile.html", context, fragment="charts")


def own_badges_of(viewer: User, *, at: datetime) -> dict[str, object]:
    """What only the person sees: badges that came and went, and the nearest of each kind."""
    progress = badge_progress(user=viewer, at=at)
    return {
        "badge_news": badge_news(user=viewer),
        "next_badges": next_badges(progress=progress)[:NEXT],
    }


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


def ranks_of(person: Profile, *, span: ChartRange, today: date) -> dict[str, object]:
    """Rank over time as far as snapshots know it, today's as it is now; nothing without any."""
    first = person.days[0].day if person.days else today
    if span.days is not None:
        first = max(first, today - timedelta(days=span.days - 1))
    known = rank_history(user_id=person.user_id, first=first, last=today)
    if not known:
        return {}
    if person.rank_world is not None:
        known[today] = person.rank_world
    ranks = ranks_between(ranks=known, first=first, last=today)
    by_week = len(ranks) > MOST_POINTS
    if by_week:
        ranks = ranks_by_week(ranks)
    told = [(day, rank) for day, rank in reversed(ranks) if rank is not None]
    return {"rank_line": rank_line_of(ranks=ranks), "ranks": told, "ranks_by_week": by_week}


def story_of(viewer: User, params: Mapping[str, str], *, at: datetime) -> dict[str, object]:
    """Why one's rank moved since the end of a day, and the days to choose from. Raises
    InvalidInputError."""
    story = rank_story(user=viewer, since=day_asked_for(params.get("since")), at=at)
    earliest = first_snapshot_day()
    days = [(at.date() - timedelta(days=ago), label) for ago, label in STORY_SPANS]
    kept = {name: params[name] for name in ("year", "range") if params.get(name)}
    return {
        "story": story,
        "story_days": [(day, label) for day, label in days if earliest and day >= earliest],
        "story_query": f"{urlencode(kept)}&" if kept else "",
    }


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
