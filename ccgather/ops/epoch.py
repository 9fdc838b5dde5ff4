"""The number that makes a decision or a privacy change show on the next request.

Cached answers carry the epoch in their key. A change of what people may see raises it in the same
transaction, so that an answer computed from the old state is never found under the new number.
"""

from django.db import connection, transaction
from django.db.models import F

from ccgather.ops.models import VisibilityEpoch


def bump_visibility() -> None:
    """Turn every cached answer stale when the surrounding transaction commits.

    Raises `TransactionManagementError` outside a transaction: raised earlier or later than the
    change, the number would guard a wrong answer.
    """
    if not connection.in_atomic_block:
        message = "bump_visibility() belongs into the transaction of the change"
        raise transaction.TransactionManagementError(message)
    raised = VisibilityEpoch.objects.filter(id=1).update(epoch=F("epoch") + 1)
    if not raised:
        # Two first changes at once: the second waits for the first and then finds its row.
        VisibilityEpoch.objects.bulk_create([VisibilityEpoch()], ignore_conflicts=True)
        VisibilityEpoch.objects.filter(id=1).update(epoch=F("epoch") + 1)


def visibility_epoch() -> int:
    """The current number; one query."""
    return VisibilityEpoch.objects.values_list("epoch", flat=True).first() or 0
