"""What may still be paid: reserved before a call is made, settled after it was answered."""

from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import User
from ccgather.errors import DomainError
from ccgather.ops.runtime import runtime
from news.models import Story, SummaryCall
from submissions.report import UsageRow
from submissions.rules.pricing import cost_of

MICROUSD: Final = 1_000_000
BATCH_PART: Final = 0.5
"""What a batched call costs of the list price."""

_BUDGET_LOCK: Final = 7_305_112_093
"""Any number that no other advisory lock of this database uses."""

_PAYS_NOTHING: Final = (SummaryCall.State.FAILED,)


class BudgetSpentError(DomainError):
    """The next call could pass the day's or the month's budget."""

    code = "budget_spent"
    status = 402


class NoPriceError(DomainError):
    """The model has no list price, so no budget can be kept."""

    code = "no_price"
    status = 400


def reserve(
    *,
    story: Story,
    model: str,
    input_tokens: int,
    output_tokens: int,
    attempt: int,
    at: datetime,
    is_batched: bool = False,
    asked_by: User | None = None,
) -> SummaryCall:
    """Writes down that a call is about to be made, and the most it can cost.

    Committed on its own: a process that dies afterwards leaves it behind. Two at once wait for
    each other, so that together they stay below the budget. Raises BudgetSpentError, NoPriceError.
    """
    most = price_of(
        model=model,
        at=at,
        # All of it may be written to the cache, which costs most.
        cache_write_tokens=input_tokens,
        output_tokens=output_tokens,
        is_batched=is_batched,
    )
    with transaction.atomic(durable=not connection.in_atomic_block), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_BUDGET_LOCK])
        day, month = spent(at=at)
        if (
            day + most > float(runtime.value("news_daily_budget_usd")) * MICROUSD
            or month + most > float(runtime.value("news_monthly_budget_usd")) * MICROUSD
        ):
            raise BudgetSpentError("The budget for summaries is spent; it waits for the next day.")
        return SummaryCall.objects.create(
            story=story,
            model=model,
            attempt=attempt,
            is_batched=is_batched,
            started_at=at,
            reserved_microusd=most,
            asked_by=asked_by,
        )


def spent(*, at: datetime) -> tuple[int, int]:
    """Micro-dollars spent or reserved in the UTC day and month of a moment; one query."""
    moment = at.astimezone(UTC)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    month = day.replace(day=1)
    cost = Coalesce("cost_microusd", "reserved_microusd")
    sums = (
        SummaryCall.objects.filter(started_at__gte=month)
        .exclude(state__in=_PAYS_NOTHING)
        .aggregate(day=Sum(cost, filter=Q(started_at__gte=day)), month=Sum(cost))
    )
    return int(sums["day"] or 0), int(sums["month"] or 0)


def price_of(
    *,
    model: str,
    at: datetime,
    input_tokens: int = 0,
    output_tokens: int = 0,
    cache_read_tokens: int = 0,
    cache_write_tokens: int = 0,
    is_batched: bool = False,
) -> int:
    """Micro-dollars at list price, rounded up. Raises NoPriceError."""
    cost = cost_of(
        UsageRow(
            day=at.astimezone(UTC).date(),
            client="news",
            model=model,
            provider="anthropic",
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cache_read_tokens=cache_read_tokens,
            cache_write_tokens=cache_write_tokens,
        )
    )
    if cost is None:
        raise NoPriceError(f"{model} has no list price; no budget can be kept with it.")
    return int(cost * BATCH_PART) + 1 if is_batched else cost
