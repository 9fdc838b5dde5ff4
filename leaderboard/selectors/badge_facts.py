"""The facts that badges are decided on, gathered from a person's counted usage."""

from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Sum

from accounts.models import User
from leaderboard.rules.badges.facts import Facts, HourFacts, family_tokens_of, hour_facts_of
from leaderboard.selectors.board import Ranks
from submissions.models import SliceHours, SliceRow


def badge_facts(*, user: User, ranks: Ranks | None = None) -> Facts:
    """Three queries, whatever the length of the history. `ranks`, where progress shows them."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS_SQL, {"user": user.pk})
        row = cursor.fetchone()
    if row is None:
        return Facts()
    tokens, cost, active, longest, weekend, clean, unrejected = row
    clients, family_tokens = _usage(user=user)
    hours = hour_facts(user=user)
    return Facts(
        lifetime_tokens=tokens,
        cost_microusd=cost,
        active_days=active,
        longest_streak=longest,
        weekend_days=weekend,
        clean_days=clean,
        unrejected_days=unrejected,
        family_tokens=family_tokens,
        clients=clients,
        early_days=hours.early_days,
        late_days=hours.late_days,
        days_with_hours=hours.days_with_hours,
        rank_world=ranks.world if ranks else None,
        rank_country=ranks.country if ranks else None,
    )


def hour_facts(*, user: User) -> HourFacts:
    """Early and late days of the person's zone, from the hours of their counted slices."""
    hours = SliceHours.objects.filter(
        slice__user=user, slice__state="accepted", slice__not_counted=""
    ).values_list("slice__day", "counts")
    return hour_facts_of(hours, zone=ZoneInfo(user.timezone))


def _usage(*, user: User) -> tuple[int, dict[str, int]]:
    """How many tools, and tokens by family."""
    rows = (
        SliceRow.objects.filter(slice__user=user, slice__state="accepted", slice__not_counted="")
        .values_list("slice__client", "model")
        .annotate(tokens=Sum("total_tokens"))
        .order_by()
    )
    used = [(client, model, tokens) for client, model, tokens in rows if tokens > 0]
    families = family_tokens_of((model, tokens) for _, model, tokens in used)
    return len({client for client, _, _ in used}), families


# A streak is a run of days that follow each other: the day minus its number in the order of days
# is the same for all days of a run.
_DAYS_SQL = """
WITH active AS (
  SELECT day, day - row_number() OVER (ORDER BY day)::integer AS run
  FROM submissions_userday WHERE user_id = %(user)s
), rejected AS (
  SELECT max(day) AS day FROM submissions_slice
  WHERE user_id = %(user)s AND state = 'rejected'
), held AS (
  SELECT max(day) AS day FROM submissions_slice
  WHERE user_id = %(user)s AND state = 'pending'
)
SELECT a.total_tokens, a.cost_microusd, a.active_days,
  coalesce((SELECT max(days) FROM (SELECT count(*) AS days FROM active GROUP BY run) r), 0),
  (SELECT count(*) FROM active WHERE extract(isodow FROM day) >= 6),
  (SELECT count(*) FROM active
   WHERE day > coalesce(greatest((SELECT day FROM held), (SELECT day FROM rejected)), '-infinity')),
  (SELECT count(*) FROM active
   WHERE day > coalesce((SELECT day FROM rejected), '-infinity'))
FROM submissions_usageaccount a WHERE a.user_id = %(user)s
"""
