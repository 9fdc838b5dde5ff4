"""Every component of the pages, drawn once with sample values."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import conditional_page, require_safe

from ccgather.site import board_links
from ccgather.site.views.countries import ShownCountry
from ccgather.site.views.home import ShownRow
from ccgather.ui.charts.calendar import calendar_of, last_year_of
from ccgather.ui.charts.parts import parts_of
from ccgather.ui.charts.ranks import rank_line_of
from ccgather.ui.charts.series import series_of, sparkline_of
from ccgather.ui.formats import tokens_compact
from ccgather.ui.pages import render_public
from leaderboard.rules.badges import BADGES, BADGES_BY_ID, Badge, Facts, Rarity
from leaderboard.rules.boards import Board, window_of
from leaderboard.rules.levels import level_of
from leaderboard.rules.rank_story import (
    Cause,
    Group,
    Kind,
    Movement,
    OwnChange,
    Passer,
    rank_story_of,
)
from leaderboard.selectors.countries import CountryRow
from leaderboard.shapes import BoardQuery, BoardRow, DayUsage, HeldBadge
from news.models import Category
from news.selectors.stories import ShownStory

SAMPLE_DAY = date(2026, 11, 21)
_STORY = ShownStory(
    slug="a-story",
    title="A release that starts faster",
    summary="It reads **larger files** and resumes sessions with `--continue`.",
    key_points=(),
    category=Category.RELEASE,
    tool="claude",
    version="2.1.0",
    published_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    changed_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    featured=False,
    summarised_by="extract",
    is_extract=True,
    by_hand=False,
    checked=False,
    sources=(),
)
COLOURS = (
    "page",
    "surface",
    "surface-sunk",
    "line",
    "line-strong",
    "text",
    "text-soft",
    "text-muted",
    "accent",
    "accent-strong",
    "accent-wash",
    "on-accent-wash",
    "better",
    "worse",
    "rank-gold",
    "rank-silver",
    "rank-bronze",
    "rarity-common",
    "rarity-rare",
    "rarity-epic",
    "rarity-legendary",
)
ICONS = (
    "search",
    "sun",
    "moon",
    "contrast",
    "up",
    "down",
    "left",
    "right",
    "copy",
    "check",
    "close",
    "warning",
    "info",
    "user",
    "sliders",
    "key",
    "device",
    "history",
    "upload",
    "download",
    "trash",
    "lock",
    "hidden",
    "flame",
    "calendar",
    "terminal",
    "plus",
    "edit",
    "link",
    "award",
    "globe",
    "bell",
    "mail",
    "scales",
    "flag",
)
_HELD = tuple(
    HeldBadge(
        badge=BADGES_BY_ID[badge],
        earned_at=datetime(2026, 11, 1, tzinfo=UTC),
        country_code=country,
        place=place,
    )
    for place, (badge, country) in enumerate(
        (("podium", ""), ("national_champion", "DE"), ("billion_club", ""), ("streak_30", "")),
        start=1,
    )
)
_ROW = BoardRow(
    rank=1,
    rank_change=2,
    user_id=UUID(int=1),
    username="ada-burns",
    display_name="Ada Burns",
    avatar_url="",
    country_code="DE",
    level=level_of(tokens=4_200_000_000),
    primary_model="claude-opus-4-5",
    top_provider="anthropic",
    top_client="claude",
    tokens=4_213_987_001,
    cost_microusd=6_120_450_000,
    active_days=171,
    shows_ranges=False,
    last_submission_at=datetime(2026, 11, 21, 2, 13, tzinfo=UTC),
    badges=_HELD,
)
_PARTS = (
    ("claude-opus-4-5", 2_410_000_000),
    ("gpt-5.2-codex", 1_032_000_000),
    ("claude-sonnet-4-5", 611_400_000),
    ("gemini-3-pro", 140_000_000),
    ("a-model-with-a-name-that-is-too-long-for-its-place", 20_587_001),
)


class SampleForm(forms.Form):
    """One field of each kind; the name is checked, so that an error shows."""

    name = forms.CharField(label="Name", max_length=20, help_text="At most 20 characters.")
    about = forms.CharField(label="About you", required=False, widget=forms.Textarea)
    country = forms.ChoiceField(
        label="Country", required=False, choices=[("", "Not said"), ("DE", "Germany")]
    )
    shown = forms.ChoiceField(
        label="Who sees this",
        choices=[("all", "Everybody"), ("none", "Nobody")],
        widget=forms.RadioSelect,
    )
    hide_cost = forms.BooleanField(
        label="Hide my cost", required=False, help_text="You then stand on no cost board."
    )


@require_safe
@conditional_page
def styleguide(request: HttpRequest) -> HttpResponse:
    """The style guide."""
    rows = sample_rows()
    query = BoardQuery(period="week", page=4)
    usage = sample_usage()
    start, end = last_year_of(today=SAMPLE_DAY)
    values = [(day.day, day.tokens) for day in usage[-90:]]
    context = {
        "colours": COLOURS,
        "heats": range(5),
        "icons": ICONS,
        "podium": rows[:3],
        "rows": rows[3:6],
        "pinned": rows[6],
        "row": _ROW,
        "badges": sample_badges(),
        "held_badge": _HELD[0],
        "news_story": _STORY,
        "progress": BADGES_BY_ID["streak_30"].rule.progress(facts=Facts(longest_streak=23)),
        "countries": sample_countries(),
        "top_level": level_of(tokens=200_000_000_000),
        "windows": [window_of(board=board, day=SAMPLE_DAY) for board in Board],
        "periods": board_links.period_choices(
            query=query, window=window_of(board=Board.WEEK, day=SAMPLE_DAY), period="week"
        ),
        "pages": board_links.page_choices(query=query, page=4, total_pages=20),
        "page_href": board_links.page_href(query=query, page=5),
        "parts": parts_of(values=_PARTS),
        "values": _PARTS,
        "calendar": calendar_of(
            heat={day.day: day.intensity for day in usage}, start=start, end=end
        ),
        "usage": {day.day: day for day in usage},
        "days": [day for day in usage[::-1] if day.tokens],
        "series": series_of(values=values),
        **_ranks(),
        "points": values[::-1],
        "spark": sparkline_of(values=[tokens for _, tokens in values[-30:]]),
        "form": SampleForm(),
        "wrong_form": SampleForm(
            {"wrong-name": "a name of more than twenty characters", "wrong-shown": "all"},
            prefix="wrong",
        ),
        "terms": [("Device", "workbench"), ("Asked", "2 minutes ago"), ("From", "192.0.2.7")],
    }
    return render_public(request, "site/styleguide.html", context)


def sample_rows() -> tuple[ShownRow, ...]:
    """Seven people: the first three, a tie, hidden cost, shown ranges, and oneself far below."""
    changed: tuple[dict[str, Any], ...] = (
        {"rank": 1},
        {"rank": 2, "rank_change": -1, "display_name": "Bo", "country_code": "KR"},
        {"rank": 3, "rank_change": 0, "display_name": "Çağla Yıldız", "country_code": "TR"},
        {"rank": 4, "rank_change": None, "cost_microusd": None, "country_code": ""},
        {"rank": 5, "rank_change": 112, "shows_ranges": True, "display_name": "Łukasz"},
        {"rank": 6, "display_name": "Somebody whose name is far too long for a row of a table"},
        {"rank": 1234, "rank_change": -17, "display_name": "You yourself"},
    )
    rows: list[ShownRow] = []
    for place, changes in enumerate(changed):
        row = replace(
            _ROW,
            tokens=_ROW.tokens // (place + 1),
            username=f"sample-{place + 1}",
            level=level_of(tokens=_ROW.tokens // 8**place),
            **changes,
        )
        rows.append(
            ShownRow(
                row=row,
                is_own=row.rank == 1234,
                burn_width=1000 / (place + 1),
                burn_heat=max(1, 4 - place),
            )
        )
    return tuple(rows)


def sample_badges() -> tuple[Badge, ...]:
    """One badge of each rarity, with and without a mark."""
    return tuple(
        next(badge for badge in BADGES if badge.rarity is rarity and bool(badge.mark) is marked)
        for rarity in Rarity
        for marked in (True, False)
    )


def sample_countries() -> tuple[ShownCountry, ...]:
    """A country, and those who tell none."""
    row = CountryRow(
        code="DE",
        name="Germany",
        people=1_204,
        tokens=_ROW.tokens,
        cost_microusd=_ROW.cost_microusd or 0,
        rank=1,
        share=0.62,
    )
    untold = replace(row, code="", name="", rank=0, people=17, share=0.04)
    return (ShownCountry(row=row, width=1000), ShownCountry(row=untold, width=65))


def sample_usage() -> tuple[DayUsage, ...]:
    """A year of days that rise, fall and rest, the same every time."""
    start, end = last_year_of(today=SAMPLE_DAY)
    return tuple(
        _sample_day(start + timedelta(days=offset), offset)
        for offset in range((end - start).days + 1)
    )


def _sample_day(day: date, offset: int) -> DayUsage:
    wave = math.sin(offset / 9) + math.sin(offset / 31) + (offset * 7919 % 13) / 9
    tokens = 0 if day.weekday() == 6 or wave < 0 else int(wave * 11_000_000)
    return DayUsage(
        day=day,
        tokens=tokens,
        cost_microusd=tokens,
        input_tokens=tokens,
        output_tokens=0,
        cache_read_tokens=0,
        cache_write_tokens=0,
        reasoning_tokens=0,
        intensity=min(4, math.ceil(wave * 1.3)) if tokens else 0,
        providers={},
        clients={},
        models={},
    )


def _ranks() -> dict[str, Any]:
    """A month of ranks with a gap, and the story of a week."""
    ranks = [
        (SAMPLE_DAY - timedelta(days=ago), None if 17 < ago < 22 else 37 + (ago * 7) % 11)
        for ago in range(29, -1, -1)
    ]
    since = SAMPLE_DAY - timedelta(days=7)
    named = (
        Passer(username="ada", display_name="Ada Example", avatar_url="", country_code="GB"),
        Passer(username="lin", display_name="Lin Example", avatar_url="", country_code="JP"),
    )
    movement = Movement(
        rank_then=42,
        rank_now=37,
        tokens_then=11_800_000_000,
        tokens_now=13_000_000_000,
        groups=(
            Group(kind=Kind.YOU_PASSED, cause=Cause.GROWTH, is_yours=True, people=7, named=named),
            Group(kind=Kind.PASSED_YOU, cause=Cause.GROWTH, is_yours=False, people=3),
            Group(kind=Kind.LEFT, cause=Cause.HIDDEN, is_yours=False, people=1),
        ),
        own=(OwnChange(cause=Cause.GROWTH, tokens=1_200_000_000),),
    )
    return {
        "rank_line": rank_line_of(ranks=ranks),
        "ranks": [(day, rank) for day, rank in reversed(ranks) if rank is not None],
        "story": rank_story_of(movement=movement, since=since, tokens_words=tokens_compact),
        "story_days": [(SAMPLE_DAY - timedelta(days=1), "Since midnight"), (since, "7 days")],
    }
