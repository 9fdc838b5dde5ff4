"""Telling the operators that a number on the site is wrong, or that the proof itself failed."""

import logging
import smtplib
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.mail import mail_admins

from ccgather.site.integrity.catalogue import BY_NAME
from ccgather.site.integrity.rules.outcomes import Figure
from leaderboard.models import IntegrityRun

logger = logging.getLogger(__name__)


def alert(
    *, run: IntegrityRun, figures: Sequence[Figure], sentences: Mapping[str, Sequence[str]]
) -> None:
    """An error in the log, and a mail to the admins where there are some and mail is configured.

    The site goes on whatever becomes of the mail.
    """
    broken = [figure for figure in figures if figure.wrong]
    names = [figure.name for figure in broken]
    what = ", ".join(names) or "the proof did not come to its end"
    logger.error(
        "integrity is broken: %s",
        what,
        extra={
            "event": "integrity.broken",
            "run": run.pk,
            "invariants": names,
            "wrong": sum(figure.wrong for figure in broken),
        },
    )
    if not settings.ADMINS or not settings.EMAIL_URL:
        return
    lines = [f"The run of {run.at:%Y-%m-%d %H:%M} UTC ended as: {run.outcome}.", ""]
    for figure in broken:
        lines.append(f"{BY_NAME[figure.name].title}: {figure.wrong} of {figure.checked} are wrong.")
        lines.extend(f"  {sentence}" for sentence in sentences.get(figure.name, ()))
    lines += [
        "",
        f"{settings.PUBLIC_URL}/integrity",
        f"{settings.PUBLIC_URL}/admin/leaderboard/integrityrun/{run.pk}/change/",
        "Nothing was repaired. `manage.py check_invariants` looks again.",
    ]
    try:
        mail_admins(f"integrity: {what}", "\n".join(lines))
    except (OSError, smtplib.SMTPException) as error:
        logger.warning(
            "the mail about it could not be sent: %s", error, extra={"event": "integrity.unmailed"}
        )
