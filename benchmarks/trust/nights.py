"""What the site does at night, as far as trust depends on it."""

from datetime import datetime

from submissions.services.cohorts import forget_cohort
from submissions.services.measuring import measure_cohorts
from submissions.services.sharing import settle_shared_usage

MEASURED_EVERY = 5
"""Days; the site itself measures every hour."""


def nightly(at: datetime) -> None:
    """The jobs of one simulated midnight."""
    settle_shared_usage(at=at)
    if at.toordinal() % MEASURED_EVERY == 0:
        measure_cohorts(at=at)
        forget_cohort()
