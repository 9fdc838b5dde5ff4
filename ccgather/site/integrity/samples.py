"""What is looked at on a sample, drawn anew each night: profiles, badges."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Event
from uuid import UUID

from django.db import connection

from accounts.models import User
from ccgather.site.integrity.moments import Tally, one_moment
from ccgather.site.sums import MAX_NAMED, Found
from leaderboard.errors import UnknownPersonError
from leaderboard.models import EarnedBadge
from leaderboard.rules.badges import BADGES_BY_ID
from leaderboard.rules.boards import Board
from leaderboard.selectors.badge_facts import badge_facts
from leaderboard.selectors.board import board_page
from leaderboard.selectors.profile import profile
from leaderboard.shapes import BoardQuery

TRIES = 8
PAUSE_SECONDS = 0.05
"""Between two looks at something that moves while it is looked at."""


def sampled_people(*, size: int, seed: int) -> list[UUID]:
    """Some of the people who stand on the all-time board, others for another seed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT user_id FROM leaderboard_standing
            WHERE board = %s AND on_boards AND tokens > 0
            ORDER BY uuid_hash_extended(user_id, %s) LIMIT %s
            """,
            [Board.ALL.value, seed, size],
        )
        return [row[0] for row in cursor.fetchall()]


def settled(look: Callable[[], str | None]) -> str | None:
    """What is still wrong after `TRIES` looks; None as soon as one finds all well."""
    found = look()
    for _ in range(TRIES - 1):
        if found is None:
            return None
        Event().wait(PAUSE_SECONDS)
        found = look()
    return found


def check_profiles(*, tally: Tally, size: int, seed: int, at: datetime) -> None:
    """A person's page against their row of the all-time board, in the world and their country."""
    for user_id in sampled_people(size=size, seed=seed):
        user = User.objects.filter(pk=user_id).first()
        if user is None:
            continue
        # A rank may come from elsewhere than the sums, and people move in between.
        found = settled(partial(_profile_disagreement, user=user, at=at))
        tally.add(checked=1)
        if found is not None:
            tally.blame(found)


def _profile_disagreement(*, user: User, at: datetime) -> str | None:
    with one_moment():
        # Who has left meanwhile is no disagreement.
        try:
            shown = profile(username=user.username, viewer=user, at=at)
            scopes: list[tuple[int | None, str | None]] = [(shown.rank_world, None)]
            if shown.rank_country is not None:
                scopes.append((shown.rank_country, user.shown_country))
            for rank, country in scopes:
                query = BoardQuery(country=country, around=user.username, limit=1)
                row = board_page(query=query, viewer=None, at=at).rows[0]
                board = (row.user_id, row.rank, row.tokens, row.active_days)
                page = (user.pk, rank, shown.totals.tokens, shown.totals.active_days)
                if board != page or sum(day.tokens for day in shown.days) != row.tokens:
                    return f"profile of {user.pk} shows {page[1:]}, the board {board}"
        except UnknownPersonError:
            return None
    return None


def check_badges(*, tally: Tally, size: int, seed: int) -> None:
    """That usage still covers what a sample of holders earned by it; and every count of holders.

    In a transaction that sees one moment.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT user_id FROM leaderboard_earnedbadge GROUP BY user_id "
            "ORDER BY uuid_hash_extended(user_id, %s) LIMIT %s",
            [seed, size],
        )
        holders = [row[0] for row in cursor.fetchall()]
        cursor.execute(_HOLDERS_SQL, {"named": MAX_NAMED})
        wrong, sentences = cursor.fetchone()
        tally.add(found=Found(wrong, tuple(sentences or ())))
    people = User.objects.in_bulk(holders)
    held = EarnedBadge.objects.filter(user_id__in=people).order_by("user_id", "badge")
    by_person: dict[UUID, list[EarnedBadge]] = {}
    for row in held:
        by_person.setdefault(row.user_id, []).append(row)
    for user_id, rows in by_person.items():
        facts = badge_facts(user=people[user_id])
        for row in rows:
            badge = BADGES_BY_ID.get(row.badge)
            if badge is None:
                continue
            tally.add(checked=1)
            if not facts.lifetime_tokens or badge.rule.is_lost(facts=facts, basis=row.basis):
                tally.blame(f"{user_id} holds {row.badge}, and their usage does not cover it")


_HOLDERS_SQL = """
WITH held AS (
  SELECT badge, count(*) FILTER (WHERE on_boards) AS holders, count(*) FILTER (
    WHERE on_boards <> (u.is_active AND u.profile_visible AND u.excluded_at IS NULL)) AS misplaced
  FROM leaderboard_earnedbadge b JOIN accounts_user u ON u.id = b.user_id GROUP BY badge
), told AS (
  SELECT badge, sum(holders) AS holders FROM leaderboard_badgetally GROUP BY badge
), wrong AS (
  SELECT badge, coalesce(h.holders, 0) AS held, coalesce(t.holders, 0) AS told,
    coalesce(h.misplaced, 0) AS misplaced
  FROM held h FULL JOIN told t USING (badge)
  WHERE coalesce(h.holders, 0) <> coalesce(t.holders, 0) OR coalesce(h.misplaced, 0) > 0
)
SELECT count(*), (
  SELECT array_agg(concat(badge, ' is told to be held by ', told,
    ' people on boards, and is by ', held,
    '; ', misplaced, ' of its rows are wrong about who stands there'))
  FROM (SELECT * FROM wrong ORDER BY badge LIMIT %(named)s) named)
FROM wrong
"""
