"""Earning badges, losing them, showing them. One row a person and badge, whoever looks twice.

A person's own usage is looked at under their account's lock; ranks are looked at for everybody at
once, by one statement after each daily snapshot.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection

from accounts.locking import locked_account
from accounts.models import User
from leaderboard.errors import BadgesNotShownError
from leaderboard.models import BadgeEvent, BadgeTally, EarnedBadge
from leaderboard.rules.badges import BADGES, BADGES_BY_ID, Badge, Facts
from leaderboard.rules.badges.catalogue import MOST_DISPLAYED
from leaderboard.selectors.badge_facts import badge_facts
from leaderboard.words import progress_words
from submissions.models import UsageAccount

WHY_LENGTH = 200


def evaluate_badges(*, user: User, at: datetime) -> None:
    """Gives what the person's usage has earned, takes what it no longer supports.

    The account's lock must be held. Four queries where nothing comes or goes.
    """
    held = list(EarnedBadge.objects.filter(user=user))
    facts = badge_facts(user=user)
    holds = {row.badge for row in held}
    new = [
        badge
        for badge in BADGES
        if badge.id not in holds and badge.rule.progress(facts=facts).is_met
    ]
    if new:
        _earn(user=user, badges=new, facts=facts, at=at)
    lost = [row for row in held if _is_lost(row, facts=facts)]
    if lost:
        _withdraw(user=user, rows=lost, facts=facts, at=at)


def evaluate_everybody(
    *, at: datetime, progress: Callable[[int], object] = lambda _people: None
) -> int:
    """Looks at everybody's usage anew, a person at a time under their lock: after the catalogue
    changed, or to prove that nothing was missed. Answers how many people."""
    people = 0
    for user_id in UsageAccount.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with locked_account(user_id=user_id) as user:
            evaluate_badges(user=user, at=at)
        people += 1
        progress(1)
    return people


def restate_badges(*, user: User) -> None:
    """Counts the person among the holders while they stand on boards, and no longer."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTATE_SQL, {"user": user.pk, "on_boards": user.stands_on_boards})


def display_badges(*, user_id: UUID, wanted: Sequence[str]) -> tuple[str, ...]:
    """Shows these badges beside the person's name, in this order; no other ones.

    Raises BadgesNotShownError naming each that cannot be, AccountBusyError.
    """
    with locked_account(user_id=user_id) as user:
        held = set(EarnedBadge.objects.filter(user=user).values_list("badge", flat=True))
        if faults := _faults_of(wanted=wanted, held=held):
            raise BadgesNotShownError(faults)
        EarnedBadge.objects.filter(user=user, place__isnull=False).update(place=None)
        rows = {row.badge: row for row in EarnedBadge.objects.filter(user=user, badge__in=wanted)}
        for place, badge in enumerate(wanted, start=1):
            rows[badge].place = place
        EarnedBadge.objects.bulk_update(rows.values(), ["place"])
    return tuple(wanted)


def dismiss_badge_events(*, user: User, at: datetime) -> int:
    """The person has seen what happened; answers how many events there were."""
    unseen = BadgeEvent.objects.filter(user=user, seen_at__isnull=True, at__lte=at)
    return unseen.update(seen_at=at)


def fold_badge_tallies() -> int:
    """Folds the parts of each badge's count into one row; answers how many rows went."""
    with connection.cursor() as cursor:
        cursor.execute(_FOLD_SQL)
        return int(cursor.fetchone()[0])


def _faults_of(*, wanted: Sequence[str], held: set[str]) -> list[str]:
    faults = []
    if len(wanted) > MOST_DISPLAYED:
        faults.append(f"badges: {len(wanted)} were named, at most {MOST_DISPLAYED} can be shown")
    if len(set(wanted)) < len(wanted):
        faults.append("badges: one is named twice")
    for badge in dict.fromkeys(wanted):
        if badge not in BADGES_BY_ID:
            faults.append(f"badges: there is no {badge[:40]!r}")
        elif badge not in held:
            faults.append(f"badges: {badge!r} is not earned yet")
    return faults


def _is_lost(row: EarnedBadge, *, facts: Facts) -> bool:
    """Without any usage nothing was earned, ranks included."""
    badge = BADGES_BY_ID.get(row.badge)
    if badge is None:
        return False
    return not facts.lifetime_tokens or badge.rule.is_lost(facts=facts, basis=row.basis)


def _earn(*, user: User, badges: Sequence[Badge], facts: Facts, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            _EARN_SQL,
            {
                "at": at,
                "user": user.pk,
                "on_boards": user.stands_on_boards,
                "badges": [badge.id for badge in badges],
                "bases": [badge.rule.rests_on(facts=facts) for badge in badges],
            },
        )


def _withdraw(*, user: User, rows: Iterable[EarnedBadge], facts: Facts, at: datetime) -> None:
    events, tallies = [], []
    for row in rows:
        row.delete()
        why = _why(BADGES_BY_ID[row.badge], facts=facts)
        what = BadgeEvent.What.WITHDRAWN
        events.append(BadgeEvent(user=user, badge=row.badge, what=what, at=at, why=why))
        if row.on_boards:
            tallies.append(BadgeTally(badge=row.badge, holders=-1))
    BadgeEvent.objects.bulk_create(events)
    BadgeTally.objects.bulk_create(tallies)


def _why(badge: Badge, *, facts: Facts) -> str:
    if not facts.lifetime_tokens:
        return "Nothing that you sent counts any more."
    words = progress_words(badge.rule.progress(facts=facts))
    return f"Usage that it was earned on no longer counts: {words}."[:WHY_LENGTH]


EARNED_TAIL_SQL = """
earned AS (
  INSERT INTO leaderboard_earnedbadge
    (user_id, badge, earned_at, basis, country_code, on_boards)
  SELECT user_id, badge, %(at)s, basis, country_code, on_boards FROM candidate
  ON CONFLICT (user_id, badge) DO NOTHING
  RETURNING user_id, badge, on_boards
), told AS (
  INSERT INTO leaderboard_badgeevent (user_id, badge, what, at, why)
  SELECT user_id, badge, 'earned', %(at)s, '' FROM earned
), tallied AS (
  INSERT INTO leaderboard_badgetally (badge, holders)
  SELECT badge, count(*) FROM earned WHERE on_boards GROUP BY badge
)
SELECT count(*) FROM earned
"""
"""What follows a relation `candidate`: rows, events and counts of what was not held before."""

_EARN_SQL = f"""
WITH candidate AS (
  SELECT %(user)s::uuid AS user_id, badge, basis, '' AS country_code,
    %(on_boards)s::boolean AS on_boards
  FROM unnest(%(badges)s::varchar[], %(bases)s::bigint[]) AS n(badge, basis)
), {EARNED_TAIL_SQL}
"""  # noqa: S608 - the parts are constants

_RESTATE_SQL = """
WITH changed AS (
  UPDATE leaderboard_earnedbadge SET on_boards = %(on_boards)s
  WHERE user_id = %(user)s AND on_boards <> %(on_boards)s
  RETURNING badge
)
INSERT INTO leaderboard_badgetally (badge, holders)
SELECT badge, CASE WHEN %(on_boards)s THEN 1 ELSE -1 END FROM changed
"""

# Finding, deleting and summing are one statement over one snapshot: what others append meanwhile
# is left for the next time, and a second fold at once finds the rows gone.
_FOLD_SQL = """
WITH many AS (
  SELECT badge FROM leaderboard_badgetally GROUP BY badge HAVING count(*) > 1
), gone AS (
  DELETE FROM leaderboard_badgetally t USING many m WHERE t.badge = m.badge
  RETURNING t.badge, t.holders
), folded AS (
  INSERT INTO leaderboard_badgetally (badge, holders)
  SELECT badge, sum(holders) FROM gone GROUP BY badge
)
SELECT count(*) FROM gone
"""
