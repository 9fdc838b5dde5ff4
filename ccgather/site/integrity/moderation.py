"""Whether what waits, was refused or is set aside is outside of every sum, in a case and told.

Written apart from the services that keep this up: each statement says what must be true from the
slices themselves.
"""

from typing import Any

from django.db import connection

from ccgather.site.integrity.moments import Tally
from ccgather.site.sums import MAX_NAMED, Found, People
from submissions.models import CollectorQuarantine
from submissions.rules.quarantine import QuarantineRange, quarantine_of


def check_holds(*, tally: Tally, people: People) -> None:
    """Of those people: what waits is in their one open case, and the case has nothing else."""
    _look(tally, _HOLDS_SQL, people)


def check_uncounted(*, tally: Tally, people: People) -> None:
    """Of those people: days with something that does not count have the rest, and only that; and
    what a quarantined release read is set aside, and nothing else is for that reason."""
    _look(tally, _UNCOUNTED_SQL, people)
    if CollectorQuarantine.objects.exists():
        _check_quarantines(tally=tally, people=people)


def check_decided(*, tally: Tally, people: People) -> None:
    """Of those people: each version that was refused or approved has a line in the ledger."""
    _look(tally, _DECIDED_SQL, people)


def check_excluded(*, tally: Tally, people: People) -> None:
    """Of those people: who is excluded stands on no board of any window, open or past."""
    _look(tally, _EXCLUDED_SQL, people)


def _look(tally: Tally, statement: str, people: People) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, _parameters(people))
        checked, wrong, sentences = cursor.fetchone()
    tally.add(checked=checked, found=Found(wrong, tuple(sentences or ())))


def _parameters(people: People) -> dict[str, Any]:
    return {"first": people.first, "before": people.before, "named": MAX_NAMED}


def _check_quarantines(*, tally: Tally, people: People) -> None:
    ranges = [
        (item, _range_of(item)) for item in CollectorQuarantine.objects.order_by("made_at", "pk")
    ]
    active = [found for item, found in ranges if item.lifted_at is None]
    passed = [found for item, found in ranges if item.lifted_at is None and item.passed_at]
    # A pass over what is stored takes its time, after a quarantine was made or lifted.
    allowed = [*active, *(found for item, found in ranges if item.lifted_at and not item.passed_at)]
    with connection.cursor() as cursor:
        cursor.execute(
            _RELEASES_SQL,
            {**_parameters(people), "collectors": [item.collector for item, _ in ranges]},
        )
        releases = cursor.fetchall()
    for collector, version, client, reason, count in releases:
        release = {"collector": collector, "version": version, "client": client}
        wrong = ""
        if reason == "quarantine" and quarantine_of(**release, ranges=allowed) is None:
            wrong = "set aside, and in no quarantine"
        elif reason == "" and quarantine_of(**release, ranges=passed) is not None:
            wrong = "counted, and in quarantine"
        if wrong:
            tally.add(
                found=Found(
                    count, (f"{count} slices of {client} read by {collector} {version}: {wrong}",)
                )
            )


def _range_of(item: CollectorQuarantine) -> QuarantineRange:
    return QuarantineRange(
        id=item.pk,
        collector=item.collector,
        first_version=item.first_version,
        last_version=item.last_version,
        client=item.client,
    )


def _chosen(column: str) -> str:
    return (
        f"(%(first)s::uuid IS NULL OR {column} >= %(first)s::uuid)"
        f" AND (%(before)s::uuid IS NULL OR {column} < %(before)s::uuid)"
    )


def _summed_up(checked: str) -> str:
    """SQL that ends a statement whose `findings` have `what` and `wrong` (null for nothing)."""
    return f"""
SELECT {checked}, count(wrong), (
  SELECT array_agg(sentence) FROM (
    SELECT concat(what, ': ', wrong) AS sentence FROM findings
    WHERE wrong IS NOT NULL ORDER BY what LIMIT %(named)s) named)
FROM findings
"""  # noqa: S608 - constants of this module


# What waits for its account alone is decided with the account, not in a case.
_HOLDS_SQL = f"""
WITH waiting AS (
  SELECT p.user_id, count(*) AS slices,
    sum(p.total_tokens - coalesce(a.total_tokens, 0))::bigint AS tokens
  FROM submissions_slice p LEFT JOIN submissions_slice a
    ON a.user_id = p.user_id AND a.day = p.day AND a.device_id = p.device_id
    AND a.client = p.client AND a.state = 'accepted' AND a.not_counted = ''
  WHERE p.state = 'pending' AND {_chosen("p.user_id")}
    AND (p.hold_reasons = '[]' OR p.hold_reasons @? '$[*] ? (@.code != "account_excluded")')
  GROUP BY p.user_id
), findings AS (
  SELECT concat('holds of ', coalesce(w.user_id, c.user_id)) AS what, w.slices, CASE
    WHEN c.user_id IS NULL THEN concat(w.slices, ' slices wait, in no open case')
    WHEN w.user_id IS NULL THEN 'an open case holds nothing'
    WHEN (c.held_slices, c.held_tokens) <> (w.slices, w.tokens) THEN concat(
      'the case says ', c.held_slices, ' slices that would add ', c.held_tokens,
      ' tokens, there are ', w.slices, ' that would add ', w.tokens)
  END AS wrong
  FROM waiting w FULL JOIN (
    SELECT user_id, held_slices, held_tokens FROM submissions_reviewcase
    WHERE state <> 'closed' AND {_chosen("user_id")}
  ) c USING (user_id)
){_summed_up("coalesce(sum(slices), 0)::bigint")}"""  # noqa: S608 - constants of this module

_UNCOUNTED_SQL = f"""
WITH days AS (
  SELECT user_id, day, sum(total_tokens)::bigint AS seen,
    sum(total_tokens) FILTER (WHERE state <> 'accepted' OR not_counted <> '')::bigint AS aside,
    count(*) FILTER (WHERE state <> 'accepted' OR not_counted <> '') AS slices
  FROM submissions_slice WHERE {_chosen("user_id")}
  GROUP BY user_id, day
  HAVING count(*) FILTER (WHERE state <> 'accepted' OR not_counted <> '') > 0
), findings AS (
  SELECT concat(d.user_id, ' on ', d.day) AS what, d.slices, CASE
    WHEN coalesce(u.total_tokens, 0) <> d.seen - d.aside THEN concat(
      'counts ', coalesce(u.total_tokens, 0), ' of ', d.seen, ' tokens, of which ', d.aside,
      ' must not count')
  END AS wrong
  FROM days d LEFT JOIN submissions_userday u ON u.user_id = d.user_id AND u.day = d.day
){_summed_up("coalesce(sum(slices), 0)::bigint")}"""  # noqa: S608 - constants of this module

_RELEASES_SQL = f"""
SELECT collector, collector_version, client, not_counted, count(*) FROM submissions_slice
WHERE state = 'accepted' AND (not_counted = 'quarantine' OR collector = ANY(%(collectors)s))
  AND {_chosen("user_id")}
GROUP BY collector, collector_version, client, not_counted ORDER BY 1, 2, 3, 4
"""  # noqa: S608 - constants of this module

# Devices can be merged, and the ledger never changes: a line is found by its tool and day.
_DECIDED_SQL = f"""
WITH told AS (
  SELECT DISTINCT d.user_id, line->>'day' AS day, line->>'client' AS client,
    line->>'after' AS after
  FROM submissions_decision d CROSS JOIN LATERAL jsonb_array_elements(d.slices) line
  WHERE d.user_id IS NOT NULL AND {_chosen("d.user_id")}
), findings AS (
  SELECT concat(s.client, ' of ', s.user_id, ' on ', s.day) AS what, CASE
    WHEN NOT EXISTS (
      SELECT 1 FROM told t WHERE t.user_id = s.user_id AND t.day = s.day::text
        AND t.client = s.client
        AND t.after = CASE s.state WHEN 'rejected' THEN 'rejected' ELSE 'accepted' END)
    THEN concat(CASE s.state WHEN 'rejected' THEN 'not accepted' ELSE 'approved' END,
      ', and no line of the ledger says so')
  END AS wrong
  FROM submissions_slice s
  WHERE (s.state = 'rejected' OR s.approved_tokens IS NOT NULL) AND {_chosen("s.user_id")}
){_summed_up("count(*)")}"""  # noqa: S608 - constants of this module

_EXCLUDED_SQL = f"""
WITH findings AS (
  SELECT concat('excluded ', u.id) AS what, (
    SELECT concat('stands on ', count(*), ' boards, such as ', min(s.board), ' from ',
      min(s.window_start))
    FROM leaderboard_standing s WHERE s.user_id = u.id AND s.on_boards HAVING count(*) > 0
  ) AS wrong
  FROM accounts_user u WHERE u.excluded_at IS NOT NULL AND {_chosen("u.id")}
){_summed_up("count(*)")}"""  # noqa: S608 - constants of this module
