"""What other thresholds would have held and released, told from the reports that are still kept.

Nothing is written, and nothing can be: each person is read in one transaction that refuses to
write, without any lock, so that people go on submitting meanwhile. One report and one person's
slices are in memory at a time.

What the stored data cannot give is said in `docs/trust.md`: bodies are kept for some weeks and
without evidence, what an earlier version of a day said is only known from a body that is kept,
and the population is as it is now.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.models import User
from ccgather.errors import InvalidInputError
from ccgather.ops.runtime import runtime, setting
from submissions.bodies import archived_body
from submissions.errors import SubmissionError
from submissions.formats import read_report
from submissions.models import ProfileReport, RawReport, SharedUsage, Slice, UsageAccount
from submissions.report import Source
from submissions.rules.holds import MICROUSD, HardLimits
from submissions.rules.signals.facts import ClassCounts, Cohort, Match, MatchKind, PastSlice
from submissions.services.cohorts import present_cohort
from submissions.services.planning import HARD_DAY_COST_USD
from submissions.services.retrial import (
    Hearing,
    Held,
    KnownMatch,
    PersonThen,
    Retrial,
    Thresholds,
    Version,
    VersionKey,
)
from submissions.signal_settings import KEYS as SIGNAL_KEYS
from submissions.signal_settings import settings_of

REPLAYABLE = frozenset((*SIGNAL_KEYS, "max_daily_tokens", "max_daily_cost_factor"))
"""Settings that decide what is held and can be tried out."""

BATCH = 500
"""People whose ids are read at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A slice that the two settings judge differently, as it would be held by one of them.

    `stands` is what has become of it: `counts`, `waits`, `not accepted`, `approved`, `gone`.
    """

    day: str
    client: str
    device: str
    tokens: int
    weight: float
    codes: tuple[str, ...]
    stands: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonReplay:
    """One person's reports under both settings. `held_now` and `held_then` count slices that end
    up waiting with the settings in force and with those tried out."""

    user_id: UUID
    username: str
    reports: int
    unreadable: int
    slices: int
    held_now: int
    held_then: int
    would_hold: tuple[Changed, ...]
    would_release: tuple[Changed, ...]


def thresholds_of(*, overrides: Mapping[str, object]) -> Thresholds:
    """The thresholds in force, with these in place of some of them.

    Raises `InvalidInputError` for a value out of bounds and for a setting that decides no hold,
    `UnknownSettingError` for one that does not exist.
    """
    for key in overrides:
        setting(key)
        if key not in REPLAYABLE:
            raise InvalidInputError(
                f"{key} decides nothing that a replay could show.",
                details=[f"{key}: only weights, thresholds and hard limits can be replayed"],
            )
    values = {**runtime.overrides(), **overrides}
    tokens = setting("max_daily_tokens").current(values)
    factor = setting("max_daily_cost_factor").current(values)
    return Thresholds(
        signals=settings_of(values),
        limits=HardLimits(
            day_tokens=int(tokens),
            day_cost_microusd=int(HARD_DAY_COST_USD * MICROUSD * factor),
        ),
    )


def report_count(*, since: datetime | None, user_id: UUID | None = None) -> int:
    """How many reports there are to look at, for a progress bar."""
    found = RawReport.objects.filter(
        submission__user__excluded_at=None, submission__device__isnull=False
    )
    if since is not None:
        found = found.filter(submission__submitted_at__gte=since)
    if user_id is not None:
        found = found.filter(submission__user_id=user_id)
    return found.count()


def replay(
    *,
    now: Thresholds,
    then: Thresholds,
    since: datetime | None = None,
    user_id: UUID | None = None,
    progress: Callable[[int], object] = lambda _reports: None,
) -> Iterator[PersonReplay]:
    """Each person who sent something since, judged under both; people by id, reports in order.

    People who are excluded are left out: all of theirs waits anyway.
    """
    cohort = present_cohort()
    people = iter([user_id]) if user_id is not None else _people(since)
    for person_id in people:
        with _read_only():
            found = _replay_person(
                user_id=person_id, now=now, then=then, since=since, cohort=cohort, progress=progress
            )
        if found is not None:
            yield found


@contextmanager
def _read_only() -> Iterator[None]:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield


def _people(since: datetime | None) -> Iterator[UUID]:
    last: UUID | None = None
    while True:
        found = RawReport.objects.filter(submission__user__excluded_at=None)
        if since is not None:
            found = found.filter(submission__submitted_at__gte=since)
        if last is not None:
            found = found.filter(submission__user_id__gt=last)
        ids = list(
            found.order_by("submission__user_id")
            .values_list("submission__user_id", flat=True)
            .distinct()[:BATCH]
        )
        if not ids:
            return
        yield from ids
        last = ids[-1]


def _replay_person(
    *,
    user_id: UUID,
    now: Thresholds,
    then: Thresholds,
    since: datetime | None,
    cohort: Cohort,
    progress: Callable[[int], object],
) -> PersonReplay | None:
    user = User.objects.filter(pk=user_id, excluded_at=None).first()
    if user is None:
        return None
    reports = RawReport.objects.filter(submission__user=user, submission__device__isnull=False)
    if since is not None:
        reports = reports.filter(submission__submitted_at__gte=since)
    # Only ids are held at once: a body can be megabytes.
    order = list(
        reports.order_by("submission__submitted_at", "pk").values_list(
            "pk", "submission__submitted_at"
        )
    )
    if not order:
        return None
    stored = list(Slice.objects.filter(user=user).defer("hold_reasons", "digest"))
    person = _person(user, stored)
    before = _versions_before(stored, at=order[0][1])
    trials = [
        Retrial(person=person, thresholds=thresholds, cohort=cohort, versions=dict(before))
        for thresholds in (now, then)
    ]
    unreadable = 0
    clients = _clients_by_submission(stored)
    for report_id, _at in order:
        hearing = _hearing(report_id, clients.get(report_id, frozenset()))
        progress(1)
        if hearing is None:
            unreadable += 1
            continue
        for trial in trials:
            trial.hear(hearing)
    held_now, held_then = (trial.held for trial in trials)
    # Of several versions of a slice, the one that something was decided about is told.
    states = {_key(item): _stands(item) for item in sorted(stored, key=lambda item: item.state)}
    return PersonReplay(
        user_id=user.pk,
        username=user.username,
        reports=len(order),
        unreadable=unreadable,
        slices=trials[0].judged,
        held_now=len(held_now),
        held_then=len(held_then),
        would_hold=_changed(held_then, held_now, states),
        would_release=_changed(held_now, held_then, states),
    )


def _changed(
    held: Mapping[VersionKey, Held],
    elsewhere: Mapping[VersionKey, Held],
    states: Mapping[VersionKey, str],
) -> tuple[Changed, ...]:
    return tuple(
        Changed(
            day=key[2].isoformat(),
            client=key[1],
            device=key[0],
            tokens=item.tokens,
            weight=round(item.weight, 3),
            codes=tuple(reason.code for reason in item.reasons),
            stands=states.get(key, "gone"),
        )
        for key, item in sorted(held.items(), key=lambda pair: (pair[0][2], pair[0]))
        if key not in elsewhere
    )


def _key(item: Slice) -> VersionKey:
    return (str(item.device_id), item.client, item.day)


def _stands(item: Slice) -> str:
    if item.state == Slice.State.PENDING:
        return "waits"
    if item.state == Slice.State.REJECTED:
        return "not accepted"
    return "counts" if item.approved_tokens is None else "approved"


def _versions_before(stored: Sequence[Slice], *, at: datetime) -> dict[VersionKey, Version]:
    """What counted before that moment and still stands as it did then."""
    return {
        _key(item): Version(
            past=PastSlice(
                client=item.client,
                day=item.day,
                device=str(item.device_id),
                counts=ClassCounts(
                    input_tokens=item.input_tokens,
                    output_tokens=item.output_tokens,
                    cache_read_tokens=item.cache_read_tokens,
                    cache_write_tokens=item.cache_write_tokens,
                    reasoning_tokens=item.reasoning_tokens,
                    messages=item.messages,
                ),
                cost_microusd=item.cost_microusd,
                exact_key=item.exact_key,
                shape_key=item.shape_key,
                first_seen_at=item.updated_at,
            ),
            digest=bytes(item.content_digest),
            parser_version=item.parser_version,
        )
        for item in stored
        if item.state == Slice.State.ACCEPTED and item.updated_at < at
    }


def _person(user: User, stored: Sequence[Slice]) -> PersonThen:
    account = UsageAccount.objects.filter(user=user).first()
    reports = ProfileReport.objects.filter(subject=user, dismissed_at=None)
    return PersonThen(
        user_id=user.pk,
        username=user.username,
        first_submission_at=account.first_submission_at if account else None,
        trusted_at=user.trusted_at,
        reported_at=tuple(reports.values_list("created_at", flat=True)),
        rejected=tuple(
            (item.day, item.updated_at) for item in stored if item.state == Slice.State.REJECTED
        ),
        approved={
            _key(item): item.approved_tokens
            for item in stored
            if item.state == Slice.State.ACCEPTED and item.approved_tokens is not None
        },
        uncounted=frozenset(
            _key(item) for item in stored if item.state == Slice.State.ACCEPTED and item.not_counted
        ),
        matches=_matches(user),
    )


def _matches(user: User) -> dict[VersionKey, tuple[KnownMatch, ...]]:
    found: dict[VersionKey, tuple[KnownMatch, ...]] = {}
    for shared in SharedUsage.objects.filter(user=user, device__isnull=False):
        key = (str(shared.device_id), shared.client, shared.day)
        match = Match(
            key=key[1:],
            kind=_KINDS[shared.kind],
            part=shared.part,
            other_first=True,
            shift_days=(shared.day - shared.other_day).days,
            other=str(shared.other_id),
        )
        known = KnownMatch(match=match, found_at=shared.found_at)
        found[key] = (*found.get(key, ()), known)
    return found


_KINDS: Mapping[str, MatchKind] = {"messages": "messages", "counts": "counts", "shape": "shape"}


def _clients_by_submission(stored: Sequence[Slice]) -> dict[UUID, frozenset[str]]:
    found: defaultdict[UUID, set[str]] = defaultdict(set)
    for item in stored:
        if item.submission_id is not None:
            found[item.submission_id].add(item.client)
    return {number: frozenset(clients) for number, clients in found.items()}


def _hearing(report_id: UUID, clients: frozenset[str]) -> Hearing | None:
    """The report read again as of when it came; None where today's reader refuses it.

    A request may have named the tool of a body that names none: its slices say which.
    """
    raw = RawReport.objects.select_related("submission").get(pk=report_id)
    sent = raw.submission
    client = next(iter(clients)) if len(clients) == 1 and sent.wire_format in _UNNAMED else None
    try:
        report = read_report(
            body=archived_body(bytes(raw.body)),
            at=sent.submitted_at,
            client=client,
            source=_source(sent.source),
        )
    except SubmissionError:
        return None
    return Hearing(
        report=report,
        device=str(sent.device_id),
        at=sent.submitted_at,
        mode="replace" if sent.mode == "replace" else "merge",
    )


_UNNAMED = frozenset({"ccusage", "single_day"})
"""Formats that may leave it to the request to name the tool."""


def _source(stored: str) -> Source:
    for source in SOURCES:
        if source == stored:
            return source
    return "api"


SOURCES: tuple[Source, ...] = ("cli", "hook", "api", "upload")
