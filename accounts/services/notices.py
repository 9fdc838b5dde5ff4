"""What the site tells a person: a notice on its pages, and a mail where they want one.

The table is the queue of mails: a notice is written with what it is about, in one transaction,
and a job that runs twice a minute sends what waits. A report or a decision never waits for a
mail server, nor for a broker, and a mail never tells of something that was rolled back.
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import Notice, User
from accounts.services.email_links import emails_off_address

logger = logging.getLogger(__name__)

MAILS_A_RUN = 200
MAIL_TRIED_FOR = timedelta(days=2)
"""A mail that could not be sent for so long would come as a riddle; the notice stays."""

TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """What one run did: mails sent, given up for their age or because they are not wanted any
    more, and refused by the mail server (which are tried again)."""

    sent: int
    dropped: int
    failed: int


def notify(
    *,
    user: User,
    code: str,
    tone: str,
    title: str,
    text: str,
    link: str = "",
    at: datetime,
) -> Notice:
    """Tell a person something, within the transaction that made it true.

    `tone` is one of `Notice.Tone`; `title` a sentence without a full stop, `text` plain text with
    an empty line between paragraphs, `link` a path on this site. Mail is for those who want it
    and have an address, where the site can send any.
    """
    wants_email = bool(
        settings.EMAIL_URL and user.email_reviews and user.email and not user.is_demo
    )
    return Notice.objects.create(
        user=user,
        code=code,
        tone=Notice.Tone(tone),
        title=title[:TITLE_CHARACTERS],
        text=text,
        link=link,
        created_at=at,
        wants_email=wants_email,
    )


def open_notice(*, user: User, notice_id: UUID, at: datetime) -> str:
    """Mark a notice as seen; the path that it leads to, "" for none. Nobody else's is found."""
    found = Notice.objects.filter(user=user, pk=notice_id)
    found.filter(seen_at__isnull=True).update(seen_at=at)
    return found.values_list("link", flat=True).first() or ""


def see_notices(*, user: User, until: datetime, at: datetime) -> int:
    """Mark what was told up to a moment as seen, so that what came since stays new; how many."""
    return Notice.objects.filter(user=user, seen_at__isnull=True, created_at__lte=until).update(
        seen_at=at
    )


def email_notices(*, at: datetime) -> Mailed:
    """Send the mails that wait, the oldest first, each once, at most `MAILS_A_RUN`.

    A run that is repeated, or runs twice at once, sends none again: each mail is sent under the
    lock of its notice, and its stable Message-ID shows the same mail should a process die between
    the mail server's answer and our own note of it. An unreachable server ends the run.
    """
    waiting = Notice.objects.filter(wants_email=True, emailed_at__isnull=True)
    dropped = waiting.filter(created_at__lt=at - MAIL_TRIED_FOR).update(wants_email=False)
    if not settings.EMAIL_URL:
        return Mailed(sent=0, dropped=dropped, failed=0)
    sent = failed = 0
    ids = waiting.order_by("created_at").values_list("pk", flat=True)[:MAILS_A_RUN]
    for notice_id in list(ids):
        try:
            outcome = _email(notice_id, at=at)
        except (OSError, smtplib.SMTPException) as error:
            logger.warning(
                "a notice could not be mailed: %s",
                error,
                extra={"event": "notice.unmailed", "notice": str(notice_id)},
            )
            failed += 1
            if not isinstance(error, smtplib.SMTPRecipientsRefused):
                break
        else:
            sent += outcome is True
            dropped += outcome is False
    return Mailed(sent=sent, dropped=dropped, failed=failed)


def _email(notice_id: UUID, *, at: datetime) -> bool | None:
    """Whether it was sent; False if nobody wants it any more, None if somebody else has it."""
    with transaction.atomic():
        notice = (
            Notice.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=notice_id, wants_email=True, emailed_at__isnull=True)
            .select_related("user")
            .first()
        )
        if notice is None:
            return None
        user = notice.user
        if not (user.email and user.email_reviews and user.is_active):
            Notice.objects.filter(pk=notice.pk).update(wants_email=False)
            return False
        mail_of(notice=notice).send()
        Notice.objects.filter(pk=notice.pk).update(emailed_at=at)
        return True


def mail_of(*, notice: Notice) -> EmailMultiAlternatives:
    """The mail of a notice: plain text and HTML in its tone, with one-click unsubscription as
    RFC 8058 has it."""
    off = emails_off_address(user=notice.user)
    context = {
        "notice": notice,
        "paragraphs": [part.strip() for part in notice.text.split("\n\n") if part.strip()],
        "address": f"{settings.PUBLIC_URL}{notice.link}" if notice.link else "",
        "notices_address": f"{settings.PUBLIC_URL}/notices",
        "settings_address": f"{settings.PUBLIC_URL}/settings/emails",
        "off_address": off,
        "site_name": settings.SITE_NAME,
        "person": notice.user,
    }
    host = settings.PUBLIC_URL.partition("://")[2].partition(":")[0]
    mail = EmailMultiAlternatives(
        subject=f"{settings.SITE_NAME}: {' '.join(notice.title.split())}",
        body=render_to_string(f"accounts/mail/{notice.tone}.txt", context),
        to=[notice.user.email],
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Message-ID": f"<notice.{notice.pk}@{host}>",
        },
    )
    mail.attach_alternative(
        render_to_string(f"accounts/mail/{notice.tone}.html", context), "text/html"
    )
    return mail
