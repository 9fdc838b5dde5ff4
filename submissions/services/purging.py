"""What is not kept for ever."""

from datetime import datetime, timedelta

from submissions.models import RawReport, RejectedReport

RAW_REPORT_KEPT = timedelta(days=90)
REJECTED_REPORT_KEPT = timedelta(days=90)


def purge_old(*, at: datetime) -> dict[str, int]:
    """Removes raw reports and refused attempts past their time; how many of each."""
    raw, _ = RawReport.objects.filter(submission__submitted_at__lt=at - RAW_REPORT_KEPT).delete()
    refused, _ = RejectedReport.objects.filter(attempted_at__lt=at - REJECTED_REPORT_KEPT).delete()
    return {"raw_reports": raw, "refused_reports": refused}
