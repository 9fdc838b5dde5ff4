"""Writing standings: absolute values read from `UserDay`, under the account's lock."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Sum

from accounts.models import User
from leaderboard.models import WORLD, BoardTally, Competitor, Standing
from leaderboard.rules.boards import ROLLING_DAYS, Window, calendar_windows_of, window_of
from leaderboard.services.clock import hold_off_the_roll, open_days
from submissions.models import SliceRow, UsageAccount

TallyKey = tuple[str, date, str]
"""(board, window start, country or WORLD)."""


@dataclass(frozen=True, slots=True)
class _Contribution:
    """What one standing adds to a board's sums."""

    people_by_tokens: int
    people_by_cost: int
    people_by_days: int
    tokens: int
    cost_microusd: int


def write_standings(*, user: User, days: Collection[date], at: datetime) -> None:
    """Brings every window that holds one of `days` in line with the person's days."""
    hold_off_the_roll()
    rolling = [
        window_of(board=board, day=day) for day in open_days(at=at) for board in ROLLING_DAYS
    ]
    windows = {window for day in days for window in calendar_windows_of(day=day)}
    windows.update(window for window in rolling if any(window.covers(day) for day in days))
    rewrite_windows(user=user, windows=sorted(windows))
    _write_competitor(user=user)


def rewrite_windows(*, user: User, windows: Sequence[Window]) -> None:
    """Recomputes the person's standings in those windows and the boards' sums with them."""
    if not windows:
        return
    before = _contributions(user=user, windows=windows)
    _upsert(user=user, windows=windows)
    after = _contributions(user=user, windows=windows)
    _append_tallies(before=before, after=after)


def restate_standings(*, user: User) -> None:
    """Copies the person's visibility, country and first submission to all their standings."""
    standings = Standing.objects.filter(user=user)
    before = _contributions_of(standings)
    account = UsageAccount.objects.filter(user=user).first()
    if account is None:
        standings.delete()
    else:
        standings.update(
            country_code=user.shown_country,
            on_boards=user.stands_on_boards,
            shows_cost=not user.hide_cost,
            first_submission_at=account.first_submission_at,
        )
    after = _contributions_of(Standing.objects.filter(user=user))
    _append_tallies(before=before, after=after)


def remove_standings(*, user: User) -> None:
    """Takes the person off every board, sums included (deletion of data or account)."""
    standings = Standing.objects.filter(user=user)
    before = _contributions_of(standings)
    standings.delete()
    Competitor.objects.filter(user=user).delete()
    _append_tallies(before=before, after={})


def _upsert(*, user: User, windows: Sequence[Window]) -> None:
    parameters: dict[str, Any] = {
        "user": user.pk,
        "boards": [window.board.value for window in windows],
        "starts": [window.start for window in windows],
        "ends": [window.end for window in windows],
        "country": user.shown_country,
        "on_boards": user.stands_on_boards,
        "shows_cost": not user.hide_cost,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO leaderboard_standing AS standing
              (user_id, board, window_start, tokens, cost_microusd, days,
               first_submission_at, country_code, on_boards, shows_cost)
            SELECT %(user)s, w.board, w.start, sum(d.total_tokens), sum(d.cost_microusd), count(*),
                   a.first_submission_at, %(country)s, %(on_boards)s, %(shows_cost)s
            FROM unnest(%(boards)s::varchar[], %(starts)s::date[], %(ends)s::date[])
                   AS w(board, start, stop)
            JOIN submissions_userday d
              ON d.user_id = %(user)s AND d.day BETWEEN w.start AND w.stop
            JOIN submissions_usageaccount a ON a.user_id = %(user)s
            GROUP BY w.board, w.start, a.first_submission_at
            ON CONFLICT (user_id, board, window_start) DO UPDATE SET
              tokens = excluded.tokens, cost_microusd = excluded.cost_microusd,
              days = excluded.days, first_submission_at = excluded.first_submission_at,
              country_code = excluded.country_code, on_boards = excluded.on_boards,
              shows_cost = excluded.shows_cost
            """,
            parameters,
        )
        cursor.execute(
            """
            DELETE FROM leaderboard_standing s
            USING unnest(%(boards)s::varchar[], %(starts)s::date[], %(ends)s::date[])
                    AS w(board, start, stop)
            WHERE s.user_id = %(user)s AND s.board = w.board AND s.window_start = w.start
              AND NOT EXISTS (
                SELECT 1 FROM submissions_userday d
                WHERE d.user_id = %(user)s AND d.day BETWEEN w.start AND w.stop)
            """,
            parameters,
        )


def _contributions(*, user: User, windows: Sequence[Window]) -> dict[TallyKey, _Contribution]:
    wanted = {(window.board.value, window.start) for window in windows}
    starts = {window.start for window in windows}
    found = _contributions_of(Standing.objects.filter(user=user, window_start__in=starts))
    return {key: value for key, value in found.items() if key[:2] in wanted}


def _contributions_of(standings: Iterable[Standing]) -> dict[TallyKey, _Contribution]:
    contributions: dict[TallyKey, _Contribution] = {}
    for standing in standings:
        if not standing.on_boards or not standing.tokens:
            continue
        cost = standing.cost_microusd if standing.shows_cost else 0
        contribution = _Contribution(
            1, int(cost > 0), int(standing.days > 0), standing.tokens, cost
        )
        contributions[standing.board, standing.window_start, WORLD] = contribution
        if standing.country_code:
            key = (standing.board, standing.window_start, standing.country_code)
            contributions[key] = contribution
    return contributions


_NOTHING = _Contribution(0, 0, 0, 0, 0)


def _append_tallies(
    *, before: dict[TallyKey, _Contribution], after: dict[TallyKey, _Contribution]
) -> None:
    tallies = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key, _NOTHING), after.get(key, _NOTHING)
        if old != new:
            tallies.append(
                BoardTally(
                    board=key[0],
                    window_start=key[1],
                    country_code=key[2],
                    people_by_tokens=new.people_by_tokens - old.people_by_tokens,
                    people_by_cost=new.people_by_cost - old.people_by_cost,
                    people_by_days=new.people_by_days - old.people_by_days,
                    tokens=new.tokens - old.tokens,
                    cost_microusd=new.cost_microusd - old.cost_microusd,
                )
            )
    BoardTally.objects.bulk_create(tallies)


def _write_competitor(*, user: User) -> None:
    """The lifetime facts a board row shows: by tokens, the first name on a tie."""
    account = UsageAccount.objects.get(user=user)
    models: Counter[str] = Counter()
    providers: Counter[str] = Counter()
    clients: Counter[str] = Counter()
    rows = (
        SliceRow.objects.filter(slice__user=user, slice__state="accepted", slice__not_counted="")
        .values_list("slice__client", "model", "provider")
        .annotate(tokens=Sum("total_tokens"))
    )
    for client, model, provider, tokens in rows:
        clients[client] += tokens
        models[model] += tokens
        providers[provider] += tokens
    Competitor.objects.update_or_create(
        user=user,
        defaults={
            "lifetime_tokens": account.total_tokens,
            "primary_model": _top(models),
            "top_provider": _top(providers),
            "top_client": _top(clients),
            "last_submission_at": account.last_submission_at,
        },
    )


def _top(names: Counter[str]) -> str:
    return min(names, key=lambda name: (-names[name], name), default="")
