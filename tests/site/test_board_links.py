"""The addresses of the board."""

from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ccgather.site import board_links
from ccgather.ui.countries import COUNTRIES
from leaderboard.rules.boards import Board, Metric, window_named, window_of
from leaderboard.shapes import BoardQuery

TODAY = date(2026, 11, 21)


def test_defaults_are_left_out_of_an_address() -> None:
    assert board_links.href_of(BoardQuery()) == "/"
    assert board_links.href_of(BoardQuery(page=2)) == "/?page=2"


@given(
    period=st.sampled_from([*Board, "2026-W47", "2026-11"]),
    metric=st.sampled_from(Metric),
    country=st.none() | st.sampled_from(list(COUNTRIES)),
    page=st.integers(min_value=1, max_value=board_links.MAX_PAGE),
)
def test_an_address_asks_for_what_it_was_made_of(
    period: str, metric: Metric, country: str | None, page: int
) -> None:
    query = BoardQuery(period=str(period), metric=metric, country=country, page=page)
    params = parse_qs(urlsplit(board_links.href_of(query)).query)
    assert board_links.board_query_of({name: value[0] for name, value in params.items()}) == query


def test_nothing_asked_is_the_default() -> None:
    empty = {"period": "", "sort": "", "country": "", "page": "", "around": ""}
    assert board_links.board_query_of(empty) == BoardQuery()


@pytest.mark.parametrize(
    ("page", "total", "shown"),
    [
        (1, 1, [1]),
        (1, 3, [1, 2, 3]),
        (1, 20, [1, 2, None, 20]),
        (4, 20, [1, None, 3, 4, 5, None, 20]),
        (20, 20, [1, None, 19, 20]),
        (1, 0, []),
    ],
)
def test_pages_around_the_current_one_are_shown(
    page: int, total: int, shown: list[int | None]
) -> None:
    choices = board_links.page_choices(query=BoardQuery(), page=page, total_pages=total)
    assert [choice and int(choice.label) for choice in choices] == shown
    assert [choice.label for choice in choices if choice and choice.is_current] == (
        [str(page)] if total else []
    )


@pytest.mark.parametrize(
    ("period", "earlier", "later"),
    [
        ("week", "/?period=2026-W46", None),
        ("2026-W46", "/?period=2026-W45", "/?period=week"),
        ("2026-01", "/?period=2025-12", "/?period=2026-02"),
        ("2020-01", None, "/?period=2020-02"),
        ("all", None, None),
        ("7d", None, None),
    ],
)
def test_weeks_and_months_have_neighbours(
    period: str, earlier: str | None, later: str | None
) -> None:
    window = window_named(period=period, today=TODAY)
    assert board_links.neighbours_of(
        query=BoardQuery(period=period, page=3), window=window, today=TODAY
    ) == (earlier, later)


def test_a_past_week_is_the_current_choice_of_weeks() -> None:
    query = BoardQuery(period="2026-W40", metric=Metric.COST)
    window = window_named(period="2026-W40", today=TODAY)
    choices = board_links.period_choices(query=query, window=window, period="2026-W40")
    assert [choice.key for choice in choices if choice.is_current] == ["week"]
    assert choices[0].href == "/?sort=cost"


def test_changing_the_order_begins_at_the_first_page() -> None:
    query = BoardQuery(page=7, country="KR", around="alice")
    assert [choice.href for choice in board_links.metric_choices(query=query)] == [
        "/?country=KR",
        "/?sort=cost&country=KR",
        "/?sort=days&country=KR",
    ]


def test_ones_own_place_keeps_the_board() -> None:
    query = replace(BoardQuery(), country="KR", page=9)
    assert board_links.own_href(query=query, username="a b") == "/?country=KR&around=a+b"


def test_the_windows_of_all_boards_can_be_chosen() -> None:
    for board in Board:
        window = window_of(board=board, day=TODAY)
        choices = board_links.period_choices(
            query=BoardQuery(period=board.value), window=window, period=board.value
        )
        assert [choice.key for choice in choices if choice.is_current] == [board.value]
