"""The one lock that orders every change of a person's usage, decisions and privacy."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import OperationalError, connection, transaction

from accounts.errors import AccountBusyError
from accounts.models import User
from ccgather.errors import NotFoundError

LOCK_WAIT_SECONDS = 10


@contextmanager
def locked_account(*, user_id: UUID) -> Iterator[User]:
    """A transaction that holds the person's row (`FOR NO KEY UPDATE`), freshly read.

    Raises AccountBusyError when somebody else holds it for `LOCK_WAIT_SECONDS`, NotFoundError
    when the person is gone.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT_SECONDS}s'")
        try:
            user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "55P03":
                raise
            raise AccountBusyError(
                "Another report or change of this account is being written; try again in a moment."
            ) from error
        if user is None:
            raise NotFoundError("This account does not exist any more.")
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = 0")
        yield user
