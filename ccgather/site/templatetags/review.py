"""What the review area's templates say."""

from datetime import datetime

from django import template

from accounts.models import User
from ccgather.ops import clock
from ccgather.site.review import words
from ccgather.site.review.pages import staff_of
from ccgather.site.review.selectors.person import facts, person_of
from ccgather.site.review.selectors.queue import QueueCounts, queue_counts

register = template.Library()

register.filter("code_words", words.code_words)
register.filter("figure_words", words.figure_words)
register.filter("weight_share", words.weight_share)


@register.simple_tag
def due_words(due_at: datetime, at: datetime) -> str:
    """How long there is until a moment, or since when it has passed."""
    return words.due_words(due_at=due_at, at=at)


@register.simple_tag(takes_context=True)
def waiting_now(context: template.Context) -> QueueCounts:
    """What waits, for the admin's index; two queries."""
    return queue_counts(viewer=staff_of(context["request"]), at=clock.now())


@register.inclusion_tag("admin/review/user_panel.html")
def user_panel(user: User) -> dict[str, object]:
    """What the review area knows of somebody, for their page among the accounts; four queries."""
    known = person_of(user_id=user.pk)
    return {
        "subject": user,
        "account": getattr(known.user, "usage_account", None) if known else None,
        "open_case": known.open_case if known else None,
        "facts": facts(user=user),
    }
