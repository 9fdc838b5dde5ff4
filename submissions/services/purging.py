"""What is not kept for ever: bodies of reports, and attempts that were refused.

Of a submission stay its row, what it changed and the digest of what it said: enough to answer a
report that says the same again, to nobody enough to read it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection

from ccgather.ops.runtime import runtime

BATCH = 500
"""Rows of one transaction: a report may be megabytes, and nobody waits for a purge."""


def purge_old(
    *, at: datetime, batch: int = BATCH, progress: Callable[[int], object] = lambda _: None
) -> dict[str, int]:
    """Removes raw reports and refused attempts past their time; how many of each.

    A few at a time, each in its own transaction, and never one that somebody else holds: it may
    run twice at once, stop anywhere and start again. `progress` is told what each batch removed.
    """
    times = {
        "raw_reports": (_RAW_REPORTS, runtime.raw_reports_kept_days),
        "refused_reports": (_REFUSED_REPORTS, runtime.refused_reports_kept_days),
    }
    removed = dict.fromkeys(times, 0)
    for name, (statement, days) in times.items():
        while count := _removed(statement, before=at - timedelta(days=days), batch=batch):
            removed[name] += count
            progress(count)
            if count < batch:
                break
    return removed


def _removed(statement: str, *, before: datetime, batch: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"before": before, "batch": batch})
        return int(cursor.rowcount)


# Ids of submissions ascend with time: the oldest bodies are the first of the index.
_RAW_REPORTS = """
WITH old AS MATERIALIZED (
  SELECT raw.submission_id FROM submissions_rawreport raw
  JOIN submissions_submission submission ON submission.id = raw.submission_id
  WHERE submission.submitted_at < %(before)s
  ORDER BY raw.submission_id LIMIT %(batch)s FOR UPDATE OF raw SKIP LOCKED
)
DELETE FROM submissions_rawreport WHERE submission_id IN (SELECT submission_id FROM old)
"""
_REFUSED_REPORTS = """
WITH old AS MATERIALIZED (
  SELECT id FROM submissions_rejectedreport WHERE attempted_at < %(before)s
  ORDER BY attempted_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
DELETE FROM submissions_rejectedreport WHERE id IN (SELECT id FROM old)
"""
