"""Whether sources answer, and who is told when one does not."""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import mail_admins
from django.db.models import F, Q

from news.models import Source, WebhookDelivery
from news.rules.visits import ALERT_AFTER

logger = logging.getLogger(__name__)

DELIVERIES_KEPT: Final = timedelta(days=30)


def alert_about_failing(*, at: datetime) -> int:
    """Tells the admins once about each source that failed several times in a row; answers about
    how many."""
    newly = Source.objects.filter(
        Q(alerted_at__isnull=True) | Q(alerted_at__lt=F("worked_at")),
        is_enabled=True,
        failures__gte=ALERT_AFTER,
    )
    lines = [
        f"{source.name}: {source.error} ({source.failures} times in a row)" for source in newly
    ]
    if not lines:
        return 0
    newly_ids = [source.pk for source in newly]
    for line in lines:
        logger.error("a source of news does not answer: %s", line, extra={"event": "news.failing"})
    if settings.ADMINS and settings.EMAIL_URL:
        try:
            mail_admins("sources of news that do not answer", "\n".join(lines))
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("the mail about it could not be sent: %s", error)
    return Source.objects.filter(pk__in=newly_ids).update(alerted_at=at)


def forget_old_deliveries(*, at: datetime) -> int:
    """Ids of deliveries that nobody sends again any more."""
    deleted, _ = WebhookDelivery.objects.filter(received_at__lt=at - DELIVERIES_KEPT).delete()
    return deleted
