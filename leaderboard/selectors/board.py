"""A page of a board, and where one person stands."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum

from accounts.avatars import avatar_of
from accounts.models import User
from leaderboard.errors import UnknownPersonError
from leaderboard.models import WORLD, BoardClock, BoardTally, MidnightRank, Standing
from leaderboard.querysets import METRIC_COLUMN
from leaderboard.ranking import ranking
from leaderboard.ranking.interface import RankedPerson, Ranking
from leaderboard.ranking.sql import SqlRanking
from leaderboard.rules.boards import Board, Metric, Window, period_name_of, window_named
from leaderboard.rules.levels import level_of
from leaderboard.selectors.held_badges import displayed_badges
from leaderboard.services.clock import board_clock
from leaderboard.shapes import BoardPage, BoardQuery, BoardRow, BoardStats, HeldBadge

_PEOPLE_COLUMN = {
    Metric.TOKENS: "people_by_tokens",
    Metric.COST: "people_by_cost",
    Metric.DAYS: "people_by_days",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Where a person stands; None where they do not. Changes are against the last 00:00 UTC."""

    world: int | None
    world_change: int | None
    country: int | None
    country_change: int | None


def current_day(*, at: datetime) -> date:
    """The UTC day that `today` means on the boards now."""
    return board_clock(at=at).current_day


class _BoardMovedError(Exception):
    """Between the ranking's answer and the standings somebody moved: the two do not fit."""


def board_page(*, query: BoardQuery, viewer: User | None, at: datetime) -> BoardPage:
    """One page of a board. Raises UnknownPeriodError; UnknownPersonError for an `around` who is
    not on it. Fixed number of queries, whatever the page or the number of people; twice as many
    when somebody on it moves while it is made."""
    try:
        return _board_page(query=query, viewer=viewer, at=at, asked=ranking(), is_final=False)
    except _BoardMovedError:
        with _one_moment():
            return _board_page(query=query, viewer=viewer, at=at, asked=SqlRanking(), is_final=True)


@contextmanager
def _one_moment() -> Iterator[None]:
    """Every query within sees the database as it was at the first; not inside a transaction."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def _board_page(
    *, query: BoardQuery, viewer: User | None, at: datetime, asked: Ranking, is_final: bool
) -> BoardPage:
    clock = board_clock(at=at)
    window = window_named(period=query.period, today=clock.current_day)
    stats = _stats(window=window, metric=query.metric, country=query.country)
    page = query.page
    if query.around is not None:
        page = _page_of(query=query, window=window, asked=asked)
    found = asked.page(
        window=window,
        metric=query.metric,
        country=query.country,
        offset=(page - 1) * query.limit,
        limit=query.limit,
        size=stats.people,
    )
    first = (page - 1) * query.limit + 1
    ranked = [(first + index, person.user_id) for index, person in enumerate(found)]
    own_rank = _own_rank(viewer=viewer, ranked=ranked, query=query, window=window, asked=asked)
    if own_rank is not None:
        ranked.append(own_rank)
    standings = _standings_of(ids=[user_id for _, user_id in ranked], window=window)
    own_is_there = own_rank is None or own_rank[1] in standings
    if not is_final and not (own_is_there and _agree(found, standings, query)):
        raise _BoardMovedError
    rows = _rows(ranked=ranked, standings=standings, window=window, query=query, clock=clock)
    own = _own_row(viewer, rows)
    if own_rank is not None:
        rows = [row for row in rows if row is not own]
    return BoardPage(
        rows=tuple(rows),
        own=own,
        page=page,
        limit=query.limit,
        total=stats.people,
        total_pages=-(-stats.people // query.limit),
        period=period_name_of(window, today=clock.current_day),
        window=window,
        metric=query.metric,
        country=query.country,
        stats=stats,
        updated_at=at,
    )


def ranks_of(*, user: User, at: datetime) -> Ranks:
    """Where a person stands on the all-time board by tokens, in the world and in their country."""
    window = window_named(period="all", today=board_clock(at=at).current_day)
    metric = Metric.TOKENS
    world = ranking().rank_of(user_id=user.pk, window=window, metric=metric, country=None)
    country = None
    if world is not None and user.shown_country:
        country = ranking().rank_of(
            user_id=user.pk, window=window, metric=metric, country=user.shown_country
        )
    before = MidnightRank.objects.filter(user=user, board=Board.ALL.value).first()
    return Ranks(
        world=world,
        world_change=_change(before, "tokens_world", world, window, None),
        country=country,
        country_change=_change(before, "tokens_country", country, window, user.shown_country),
    )


def next_above(*, user: User, at: datetime) -> tuple[str, int] | None:
    """The person one position above on the all-time board by tokens, and how many tokens ahead."""
    window = window_named(period="all", today=board_clock(at=at).current_day)
    above = ranking().ahead_of(user_id=user.pk, window=window, metric=Metric.TOKENS, country=None)
    if above is None:
        return None
    own = Standing.objects.in_window(window).get(user=user)
    username = User.objects.values_list("username", flat=True).get(pk=above.user_id)
    return username, above.value - own.tokens


def _stats(*, window: Window, metric: Metric, country: str | None) -> BoardStats:
    sums = BoardTally.objects.filter(
        board=window.board.value,
        window_start=window.start,
        country_code=WORLD if country is None else country,
    ).aggregate(
        people=Sum(_PEOPLE_COLUMN[metric], default=0),
        tokens=Sum("tokens", default=0),
        cost=Sum("cost_microusd", default=0),
    )
    return BoardStats(
        people=int(sums["people"]), tokens=int(sums["tokens"]), cost_microusd=int(sums["cost"])
    )


def _page_of(*, query: BoardQuery, window: Window, asked: Ranking) -> int:
    user = User.objects.named(query.around or "").filter(is_active=True).first()
    rank = None
    if user is not None:
        rank = asked.rank_of(
            user_id=user.pk, window=window, metric=query.metric, country=query.country
        )
    if rank is None:
        raise UnknownPersonError
    return (rank - 1) // query.limit + 1


def _own_rank(
    *,
    viewer: User | None,
    ranked: Sequence[tuple[int, UUID]],
    query: BoardQuery,
    window: Window,
    asked: Ranking,
) -> tuple[int, UUID] | None:
    if viewer is None or any(user_id == viewer.pk for _, user_id in ranked):
        return None
    rank = asked.rank_of(
        user_id=viewer.pk, window=window, metric=query.metric, country=query.country
    )
    return None if rank is None else (rank, viewer.pk)


def _own_row(viewer: User | None, rows: Sequence[BoardRow]) -> BoardRow | None:
    if viewer is None:
        return None
    return next((row for row in rows if row.user_id == viewer.pk), None)


def _standings_of(*, ids: Sequence[UUID], window: Window) -> dict[UUID, Standing]:
    found = Standing.objects.in_window(window).filter(user_id__in=ids)
    people = found.select_related("user", "user__competitor")
    return {standing.user_id: standing for standing in people}


def _agree(
    found: Sequence[RankedPerson], standings: Mapping[UUID, Standing], query: BoardQuery
) -> bool:
    """Whether everybody has what the ranking said they have, and may stand where it put them."""
    column = METRIC_COLUMN[query.metric]
    for person in found:
        standing = standings.get(person.user_id)
        if standing is None or not standing.on_boards or getattr(standing, column) != person.value:
            return False
        if query.metric is Metric.COST and not standing.shows_cost:
            return False
        if query.country is not None and standing.country_code != query.country:
            return False
    return True


def _rows(
    *,
    ranked: Sequence[tuple[int, UUID]],
    standings: Mapping[UUID, Standing],
    window: Window,
    query: BoardQuery,
    clock: BoardClock,
) -> list[BoardRow]:
    ids = [user_id for _, user_id in ranked]
    midnight = {
        rank.user_id: rank
        for rank in MidnightRank.objects.filter(user_id__in=ids, board=window.board.value)
    }
    badges = displayed_badges(user_ids=ids)
    scope = "country" if query.country else "world"
    rows = []
    for rank, user_id in ranked:
        standing = standings.get(user_id)
        if standing is None:
            continue
        before = midnight.get(user_id)
        change = None
        if window.board is not Board.TODAY and _is_current(window, clock):
            column = f"{query.metric}_{scope}"
            change = _change(before, column, rank, window, query.country)
        shown = badges.get(user_id, ())
        rows.append(_row(standing=standing, rank=rank, change=change, badges=shown))
    return rows


def _is_current(window: Window, clock: BoardClock) -> bool:
    return period_name_of(window, today=clock.current_day) == window.board.value


def _change(
    before: MidnightRank | None,
    column: str,
    rank: int | None,
    window: Window,
    country: str | None,
) -> int | None:
    """How many positions up since the last 00:00 UTC, on the same board, metric and scope."""
    if before is None or rank is None:
        return None
    if window.board in (Board.WEEK, Board.MONTH) and before.window_start != window.start:
        return None
    if country is not None and before.country_code != country:
        return None
    then = cast("int | None", getattr(before, column))
    return None if then is None else then - rank


def _row(
    *, standing: Standing, rank: int, change: int | None, badges: tuple[HeldBadge, ...]
) -> BoardRow:
    user = standing.user
    competitor = user.competitor
    return BoardRow(
        rank=rank,
        rank_change=change,
        user_id=user.pk,
        username=user.username,
        display_name=user.shown_name,
        avatar_url=avatar_of(user),
        country_code=user.shown_country,
        level=level_of(tokens=competitor.lifetime_tokens),
        primary_model=competitor.primary_model,
        top_provider=competitor.top_provider,
        top_client=competitor.top_client,
        tokens=standing.tokens,
        cost_microusd=standing.cost_microusd if standing.shows_cost else None,
        active_days=standing.days,
        shows_ranges=user.show_ranges,
        last_submission_at=competitor.last_submission_at,
        badges=badges,
    )
