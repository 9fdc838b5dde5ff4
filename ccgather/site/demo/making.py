"""Making demo people and taking them away, through the services that real people use."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import connection, transaction

from accounts import rights
from accounts.models import ApiToken, User
from accounts.services import create_token, note_token_use
from ccgather.site.demo.history import remember_demo_people
from ccgather.site.demo.people import DemoPerson, demo_people
from ccgather.site.demo.showing import look_back, show_badges
from ccgather.site.demo.usage import DemoDevice, DemoUsage, demo_usage
from leaderboard.models import BoardClock, Standing
from leaderboard.services.roll import roll_boards
from leaderboard.services.tallies import fold_tallies
from submissions.formats import read_report
from submissions.report import UsageRow
from submissions.services.accept import accept_report

COLLECTOR = {"name": "ccgather", "version": "0.1.0"}
ONE_DAY = timedelta(days=1)
STATISTICS_AFTER = 25
"""People after whom the database looks at what it has; made for empty tables, its plans are bad."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoMade:
    """What was made; `hidden` people stand on no board and are not among `people`."""

    people: int
    hidden: int
    reports: int
    rows: int


@dataclass(frozen=True, slots=True)
class _Sender:
    """A demo person in the database, and what they send."""

    person: DemoPerson
    usage: DemoUsage
    user: User
    tokens: dict[str, ApiToken]


@dataclass(frozen=True, slots=True)
class _Report:
    """What one machine sends at one moment."""

    at: datetime
    device: DemoDevice
    rows: Sequence[UsageRow]


def has_demo_people() -> bool:
    """Whether there are any; one query."""
    return User.objects.filter(is_demo=True).exists()


@transaction.atomic
def make_demo(
    *, people: int, days: int, seed: int, at: datetime, progress: Progress = lambda _people: None
) -> DemoMade:
    """Makes `people` visible demo people with `days` days of usage each, and a few hidden ones.

    All or nothing: whoever interrupts it finds the database as it was. Who they are and what they
    used is the same for one seed and one UTC day of `at`; today's reports lie between midnight
    and `at`. On a site where nobody stands yet the boards are put back to yesterday first and
    rolled before today's reports come in, so that ranks have changed since midnight.
    """
    today = at.date()
    taken = User.objects.values_list("username", flat=True)
    cast = demo_people(people=people, seed=seed, taken=list(taken))
    rolls = _put_boards_back(day=today - ONE_DAY)
    senders: list[_Sender] = []
    made = 0
    rows = 0
    for person in cast:
        usage = demo_usage(person=person, days=days, seed=seed, today=today)
        rng = Random(f"{seed}:sending:{person.number}")
        reports = _past_reports(usage, rng=rng, today=today)
        joined = reports[0].at - timedelta(minutes=rng.randint(3, 600))
        sender = _join(person, usage, joined=joined)
        for report in reports:
            _send(sender, report)
        made += len(reports)
        rows += sum(len(device.rows) for device in usage.devices)
        senders.append(sender)
        if len(senders) == STATISTICS_AFTER:
            _look_at_tables()
        progress(1)
    if rolls:
        roll_boards(at=at)
    for sender in senders:
        made += _send_today(sender, seed=seed, at=at)
    remember_demo_people(at=at)
    if rolls:
        look_back(at=at)
    show_badges(people=[sender.user.pk for sender in senders], seed=seed)
    fold_tallies()
    return DemoMade(people=people, hidden=len(cast) - people, reports=made, rows=rows)


def remove_demo(*, at: datetime, progress: Progress = lambda _people: None) -> int:
    """Takes every demo person away as if they had deleted their accounts; how many there were."""
    ids = list(User.objects.filter(is_demo=True).order_by("pk").values_list("pk", flat=True))
    for user_id in ids:
        rights.delete_account(user_id=user_id, at=at)
        progress(1)
    fold_tallies()
    return len(ids)


def _put_boards_back(*, day: date) -> bool:
    """Lets the boards stand at `day`, unless somebody stands on them already."""
    if Standing.objects.exists():
        return False
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    BoardClock.objects.update_or_create(
        pk=1, defaults={"current_day": day, "building_day": None, "rolled_at": midnight}
    )
    return True


def _look_at_tables() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE accounts_user, accounts_device, accounts_devicekey, submissions_submission, "
            "submissions_slice, submissions_slicerow, submissions_userday, leaderboard_standing"
        )


def _past_reports(usage: DemoUsage, *, rng: Random, today: date) -> list[_Report]:
    """What each machine saw before today, and from the first machine also the report with which
    the person came; in the order in which they were sent."""
    came = usage.first_report_day
    reports = []
    for index, device in enumerate(usage.devices):
        past = [row for row in device.rows if row.day < today]
        first = [row for row in past if row.day <= came]
        if index == 0 and first:
            reports.append(_Report(_moment(came, rng), device, first))
        if past and (index or len(past) > len(first)):
            reports.append(_Report(_moment(max(came, past[-1].day), rng), device, past))
    return sorted(reports, key=lambda report: (report.at, len(report.rows)))


def _join(person: DemoPerson, usage: DemoUsage, *, joined: datetime) -> _Sender:
    """The account, and a token for each machine."""
    user = User(
        username=person.username,
        display_name=person.display_name,
        country_code=person.country_code,
        timezone=person.timezone,
        profile_visible=person.profile_visible,
        hide_cost=person.hide_cost,
        hide_country=person.hide_country,
        show_ranges=person.show_ranges,
        is_demo=True,
        created_at=joined,
        onboarded_at=joined,
    )
    user.set_unusable_password()
    user.save(force_insert=True)
    tokens = {}
    for device in usage.devices:
        _, token = create_token(user_id=user.pk, name=device.name, at=joined)
        tokens[device.key] = token
    return _Sender(person, usage, user, tokens)


def _send_today(sender: _Sender, *, seed: int, at: datetime) -> int:
    """Today's report of each machine that has one, between midnight and `at`; how many."""
    rng = Random(f"{seed}:today:{sender.person.number}")
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    sent = 0
    for device in sender.usage.devices:
        rows = [row for row in device.rows if row.day == at.date()]
        if rows:
            moment = midnight + (at - midnight) * rng.uniform(0.05, 0.98)
            _send(sender, _Report(moment, device, rows))
            sent += 1
    return sent


def _send(sender: _Sender, report: _Report) -> None:
    body = _native_body(report.device, report.rows)
    token = sender.tokens[report.device.key]
    accept_report(
        user_id=sender.user.pk,
        report=read_report(body=body, at=report.at),
        body=body,
        at=report.at,
        token=token,
    )
    note_token_use(token=token, at=report.at)


def _moment(day: date, rng: Random) -> datetime:
    """Some time in the last hours of a UTC day, when its usage has been seen."""
    evening = datetime(day.year, day.month, day.day, 19, tzinfo=UTC)
    return evening + timedelta(seconds=rng.randint(0, 4 * 3600))


def _native_body(device: DemoDevice, rows: Sequence[UsageRow]) -> bytes:
    """The report as the command-line program would send it."""
    clients = sorted({row.client for row in rows})
    body = {
        "schema": "ccgather-report/1",
        "collector": COLLECTOR,
        "device": {"id": device.key, "name": device.name},
        "scan": {"fullHistory": True, "parserVersions": dict.fromkeys(clients, 1)},
        "rows": [
            {
                "day": row.day.isoformat(),
                "client": row.client,
                "model": row.model,
                "provider": row.provider,
                "input": row.input_tokens,
                "output": row.output_tokens,
                "cacheRead": row.cache_read_tokens,
                "cacheWrite": row.cache_write_tokens,
                "reasoning": row.reasoning_tokens,
                "cacheWrite1h": row.cache_write_1h_tokens,
                "messages": row.messages,
            }
            for row in rows
        ],
        "totals": {"tokens": sum(row.total_tokens for row in rows)},
    }
    return json.dumps(body, separators=(",", ":")).encode()
