"""Background work: the Celery application, and when each job runs.

`JOBS` is the one place where a scheduled job is named. Times are UTC.
"""

import os
import warnings
from typing import Any

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ccgather.settings")

# The warning is about messages that run code when they are read; ours are JSON.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")

app = Celery("ccgather")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

JOBS: dict[str, dict[str, Any]] = {
    "roll-boards": {
        "task": "leaderboard.roll_boards",
        # At midnight, and again each minute: a roll that was missed or died is caught up, and one
        # that is done costs a single look at the clock.
        "schedule": crontab(),
    },
    # Each minute too: once the boards have rolled it takes what is due, else it looks at one row.
    "snapshot-boards": {"task": "leaderboard.snapshot_boards", "schedule": crontab()},
    "thin-history": {"task": "leaderboard.thin_history", "schedule": crontab(hour=2, minute=40)},
    # Each minute: a snapshot that nobody has looked at for badges yet is looked at.
    "award-badges": {"task": "leaderboard.award_badges", "schedule": crontab()},
    # A run that starts late is of no use: the next one does its work.
    "sweep-outbox": {
        "task": "leaderboard.sweep_outbox",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "heal-ranking": {
        "task": "leaderboard.heal_ranking",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "fold-tallies": {"task": "leaderboard.fold_tallies", "schedule": crontab()},
    # After the roll and the snapshot of midnight, which it proves too.
    "check-invariants": {"task": "site.check_invariants", "schedule": crontab(hour=1, minute=0)},
    # The notices themselves are the queue; a run that starts late is of no use.
    "email-notices": {
        "task": "accounts.email_notices",
        "schedule": 30.0,
        "options": {"expires": 30},
    },
    # Each source is asked by its own interval; this is how often it is looked which are due.
    "crawl-news": {"task": "news.crawl", "schedule": crontab(minute="*/10")},
    "forget-old-news": {"task": "news.forget_old", "schedule": crontab(hour=2, minute=50)},
    "measure-cohorts": {"task": "submissions.measure_cohorts", "schedule": crontab(minute=25)},
    "settle-shared-usage": {
        "task": "submissions.settle_shared_usage",
        "schedule": crontab(),
        "options": {"expires": 60},
    },
    "purge-accounts": {
        "task": "accounts.purge_expired",
        "schedule": crontab(hour=2, minute=0),
    },
    "purge-reports": {
        "task": "submissions.purge_old",
        "schedule": crontab(hour=2, minute=10),
    },
    # Each minute; mostly it looks at a small table and goes.
    "apply-quarantines": {"task": "submissions.apply_quarantines", "schedule": crontab()},
    "forget-old-job-runs": {
        "task": "ops.forget_old_job_runs",
        "schedule": crontab(hour=2, minute=20),
    },
}
app.conf.beat_schedule = JOBS
