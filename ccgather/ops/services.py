"""Changes that an operator makes."""

from datetime import datetime, timedelta

from django.db import transaction

from ccgather.ops.models import JobRun, RuntimeSetting, RuntimeSettingChange
from ccgather.ops.runtime import runtime, setting

JOB_RUNS_KEPT = timedelta(days=30)


@transaction.atomic
def change_setting(*, key: str, value: object, by: str, at: datetime) -> None:
    """Give a runtime setting a value, and write down who did.

    Raises `UnknownSettingError`, and `InvalidInputError` for a value out of bounds.
    """
    checked = setting(key).checked(value)
    before = RuntimeSetting.objects.select_for_update().filter(key=key).first()
    if before is not None and before.value == checked:
        return
    RuntimeSetting.objects.update_or_create(
        key=key, defaults={"value": checked, "updated_at": at, "updated_by": by}
    )
    _note(key=key, before=None if before is None else before.value, after=checked, by=by, at=at)


@transaction.atomic
def reset_setting(*, key: str, by: str, at: datetime) -> None:
    """Give a runtime setting its default back, and write down who did.

    A key that the catalogue no longer has can be reset: that is how it leaves the database.
    """
    before = RuntimeSetting.objects.select_for_update().filter(key=key).first()
    if before is None:
        return
    before.delete()
    _note(key=key, before=before.value, after=None, by=by, at=at)


def _note(*, key: str, before: object, after: object, by: str, at: datetime) -> None:
    RuntimeSettingChange.objects.create(
        key=key, before=before, after=after, changed_by=by, changed_at=at
    )
    runtime.forget()
    transaction.on_commit(runtime.forget)


def forget_old_job_runs(*, at: datetime) -> int:
    """Delete job runs older than `JOB_RUNS_KEPT`; the number deleted."""
    deleted, _by_model = JobRun.objects.filter(started_at__lt=at - JOB_RUNS_KEPT).delete()
    return deleted
