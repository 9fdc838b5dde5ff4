"""What this app holds about a person, for export and deletion."""

from collections.abc import Iterator

from accounts import rights
from accounts.models import User
from submissions.bodies import archived_body
from submissions.models import (
    SUM_COLUMNS,
    Appeal,
    Decision,
    EvidenceSketch,
    ProfileReport,
    RawReport,
    RejectedReport,
    ReviewCase,
    SharedUsage,
    Slice,
    SliceHours,
    SliceRow,
    Submission,
    UserDay,
)
from submissions.report import HASH_BYTES, HOURS
from submissions.services.deletion import erase_usage


def register() -> None:
    """Called once, when the app is ready."""
    rights.register_exporter("usage", export)
    rights.register_eraser(erase)


def erase(user: User) -> None:
    """Before the account's row goes. The ledger keeps its lines, without what was written in
    them to the person or by them."""
    Decision.objects.filter(user=user).exclude(reason="").update(reason="")
    erase_usage(user=user)


_ROW_FIELDS = (
    "slice__day",
    "slice__client",
    "slice__device__name",
    "slice__state",
    "slice__not_counted",
    "model",
    "provider",
    "input_tokens",
    "output_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "reasoning_tokens",
    "total_tokens",
    "messages",
    "cost_microusd",
    "reported_cost_microusd",
    "estimated",
)
_DAY_FIELDS = ("day", *SUM_COLUMNS)
_SUBMISSION_FIELDS = (
    "id",
    "submitted_at",
    "source",
    "wire_format",
    "collector",
    "collector_version",
    "mode",
    "status",
    "first_day",
    "last_day",
    "row_count",
    "report_tokens",
    "tokens_before",
    "tokens_after",
    "held",
    "warnings",
)


_DECISION_FIELDS = (
    "at",
    "role",
    "action",
    "reason_code",
    "reason",
    "slices",
    "before",
    "after",
    "waiting_since",
)
_CASE_FIELDS = ("opened_at", "closed_at", "due_at", "state", "held_slices", "held_tokens")
_APPEAL_FIELDS = ("created_at", "due_at", "text", "state", "answer", "answered_at")


_SLICE_NAMES = ("day", "client", "device", "state")
_SLICE_FIELDS = ("slice__day", "slice__client", "slice__device__name", "slice__state")


def _hours(user: User) -> Iterator[tuple[object, ...]]:
    hours = SliceHours.objects.filter(slice__user=user).order_by("slice__day", "slice__client")
    for *names, counts in hours.values_list(*_SLICE_FIELDS, "counts").iterator():
        yield (*names, *counts)


def _evidence(user: User) -> Iterator[dict[str, object]]:
    sketches = EvidenceSketch.objects.filter(slice__user=user)
    for *names, salt_id, messages, hashes in (
        sketches.order_by("slice__day", "slice__client")
        .values_list(*_SLICE_FIELDS, "salt_id", "messages", "hashes")
        .iterator()
    ):
        yield {
            **dict(zip(_SLICE_NAMES, names, strict=True)),
            "salt_id": salt_id,
            "messages": messages,
            "hashes": bytes(hashes).hex(" ", HASH_BYTES).split(),
        }


def export(user: User) -> Iterator[rights.ExportFile]:
    """Days, rows with where they came from, hours, evidence, submissions, refused attempts,
    decisions about the person, their appeals, what they reported, cases, usage that another
    account has as well, raw reports."""
    days = UserDay.objects.filter(user=user).order_by("day").values_list(*_DAY_FIELDS)
    yield rights.csv_file("days.csv", _DAY_FIELDS, days.iterator())
    rows = (
        SliceRow.objects.filter(slice__user=user)
        .order_by("slice__day", "slice__client", "pk")
        .values_list(*_ROW_FIELDS)
    )
    header = [name.removeprefix("slice__").replace("__name", "") for name in _ROW_FIELDS]
    yield rights.csv_file("rows.csv", header, rows.iterator())
    slices = Slice.objects.filter(user=user).order_by("day", "client", "pk")
    yield rights.json_file(
        "slices.json",
        slices.values(
            "day",
            "client",
            "device__name",
            "state",
            "not_counted",
            "total_tokens",
            "collector",
            "collector_version",
            "parser_version",
            "source",
            "submission_id",
            "updated_at",
            "hold_reasons",
        ).iterator(),
    )
    yield rights.csv_file(
        "hours.csv", [*_SLICE_NAMES, *(f"hour_{n:02}" for n in range(HOURS))], _hours(user)
    )
    yield rights.json_file("evidence.json", _evidence(user))
    submissions = Submission.objects.filter(user=user).order_by("submitted_at")
    yield rights.json_file("submissions.json", submissions.values(*_SUBMISSION_FIELDS).iterator())
    refused = RejectedReport.objects.filter(user=user).order_by("attempted_at")
    yield rights.json_file(
        "refused-reports.json",
        refused.values("attempted_at", "code", "message", "details", "body_bytes").iterator(),
    )
    decisions = Decision.objects.filter(user=user).order_by("at", "pk").values(*_DECISION_FIELDS)
    yield rights.json_file("decisions.json", decisions.iterator())
    appeals = Appeal.objects.filter(user=user).order_by("created_at").values(*_APPEAL_FIELDS)
    yield rights.json_file("appeals.json", appeals.iterator())
    said = ProfileReport.objects.filter(reporter=user).order_by("created_at")
    yield rights.json_file(
        "reported-profiles.json",
        said.values("subject__username", "code", "text", "created_at", "dismissed_at").iterator(),
    )
    cases = ReviewCase.objects.filter(user=user).order_by("opened_at").values(*_CASE_FIELDS)
    yield rights.json_file("cases.json", cases.iterator())
    shared = SharedUsage.objects.filter(user=user).order_by("pk")
    yield rights.json_file(
        "shared-usage.json",
        shared.values("device__name", "client", "day", "kind", "part", "found_at").iterator(),
    )
    for raw in (
        RawReport.objects.filter(submission__user=user).order_by("pk").iterator(chunk_size=1)
    ):
        yield rights.ExportFile(
            name=f"raw/{raw.submission_id}.json", chunks=iter([archived_body(bytes(raw.body))])
        )
