"""What people see of what they sent, and what is held of it."""

from submissions.selectors.history import (
    PAGE_SIZE,
    SubmissionLine,
    SubmissionPage,
    clients_of,
    submission_page,
    usage_account,
    usage_days,
)

__all__ = [
    "PAGE_SIZE",
    "SubmissionLine",
    "SubmissionPage",
    "clients_of",
    "submission_page",
    "usage_account",
    "usage_days",
]
