"""How changes of standings reach the separate ranking, and are never lost on the way.

`note_change` writes a row in the transaction of the change. After the commit the same process
pushes: under the person's lock it reads the standings again, writes what they are now, and deletes
the row. What a crash or a dead Redis leaves is swept every few seconds. Values are absolute, so it
does not matter who pushes, how often, or in what order.
"""

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from itertools import batched
from threading import Event
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from accounts.models import User
from ccgather.ops import clock
from leaderboard.models import RankedWindow, RankingChange, RankingGeneration, Standing
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.keys import Place, all_keys, board_key, member_of, place_of
from leaderboard.ranking.server import RankingUnavailableError, Server
from leaderboard.ranking.wire import Writes, command
from leaderboard.rules.boards import EPOCH, Board, Metric, Window

logger = logging.getLogger(__name__)

BATCH = 500
"""People whose locks one push holds, for some tens of milliseconds."""

SWEPT_BATCHES = 40
"""What one sweep takes on at most."""

LOCK_WAIT = "30s"
"""Longer than any report takes to be written."""

_PUSH_LOCK = 7_305_112_027
"""Any number that no other advisory lock of this database uses."""

_POLL_SECONDS = 0.02

Fact = tuple[UUID, datetime, str]
"""(person, first submission, shown country): what names the entries of a person."""


def note_change(*, user: User, urgent: bool, at: datetime) -> None:
    """To be called before a person's standings change, in the same transaction, with their lock.

    `urgent` is for changes after which the old ranks must not be seen any more: hidden, excluded,
    deleted, moved to another country. Does nothing where PostgreSQL ranks alone, except that a
    copy from other days is not believed any more.
    """
    if redis_ranking() is None:
        if RankingGeneration.objects.exists():
            RankingGeneration.objects.all().delete()
        return
    facts = Standing.objects.filter(user=user).values_list("first_submission_at", "country_code")
    known: list[tuple[datetime | None, str]] = [*facts.distinct()]
    if urgent and not known:
        return  # they stand nowhere, and such a change puts nobody anywhere
    RankingChange.objects.bulk_create(
        RankingChange(
            user_id=user.pk,
            noted_at=at,
            urgent=urgent,
            first_submission_at=first,
            country_code=country,
        )
        for first, country in known or [(None, "")]
    )
    # Robust: the change is committed, and whoever made it is told so. The row stays for the sweep.
    transaction.on_commit(partial(push_person, user_id=user.pk), robust=True)


def push_person(*, user_id: UUID) -> bool:
    """Tells the ranking where a person stands now; False when it is left to the sweep."""
    try:
        return push_people(user_ids=[user_id]) > 0
    except RankingUnavailableError:
        return False


def sweep_outbox() -> int:
    """Pushes what waits, oldest first, at most `SWEPT_BATCHES` times `BATCH` people; answers how
    many. Raises RankingUnavailableError."""
    pushed = 0
    last = 0
    for _ in range(SWEPT_BATCHES):
        waiting = RankingChange.objects.filter(pushed=False, pk__gt=last).order_by("pk")
        rows = list(waiting.values_list("pk", "user_id")[:BATCH])
        if not rows:
            break
        last = rows[-1][0]
        pushed += push_people(user_ids=[user_id for _, user_id in rows])
    return pushed


def push_windows(*, windows: Sequence[Window], user_ids: Collection[UUID]) -> None:
    """Tells the ranking what those people now have in those windows: for writers in bulk, after
    their commit, who did not note each change.

    Windows that the ranking does not hold are passed over: they are read from the standings as a
    whole when it takes them on (`leaderboard.services.mirror`). If Redis fails, the people are
    noted as urgent, and the sweep finishes; nothing is raised. No transaction may be open.
    """
    places = {place_of(window) for window in windows}
    held = Q()
    for board, start in places:
        held |= Q(board=board, window_start=start)
    if redis_ranking() is None or not places or not RankedWindow.objects.filter(held).exists():
        return
    for some in batched(sorted(user_ids), BATCH):
        try:
            push_people(user_ids=some, places=places)
        except (RankingUnavailableError, OperationalError) as error:
            logger.info("%s people are left to the sweep: %s", len(some), error)
            _note_in_bulk(some)


def forget_windows(*, windows: Sequence[Window]) -> None:
    """Windows that nobody reads any more leave the ranking; nothing is raised if Redis is away."""
    kept = redis_ranking()
    if kept is None or not windows:
        return
    gone: list[tuple[str, Place]] = []
    for window in windows:
        board, start = place_of(window)
        rows = RankedWindow.objects.filter(board=board, window_start=start)
        gone.extend((name, (board, start)) for name in rows.values_list("generation", flat=True))
        rows.delete()
    drop_keys(server=kept.server, places=gone)


def drop_keys(*, server: Server, places: Sequence[tuple[str, Place]]) -> None:
    """Frees what is not held any more, bit by bit, after everybody who may still write it."""
    if not places:
        return
    wait_for_pushers()
    try:
        with server.bulk() as bulk:
            for generation, place in places:
                for some in batched(all_keys(generation, place), BATCH):
                    bulk.send(command(b"UNLINK", *some))
            bulk.settle()
    except RankingUnavailableError as error:
        logger.info("some keys of old boards stay in Redis: %s", error)


def wait_for_pushers() -> None:
    """Returns once every push has ended that began before: from then on all of them know which
    windows there are.

    Looks at who holds the shared lock instead of asking for it alone: a request that waits would
    make every later push wait behind it.
    """
    in_flight = _pushers()
    while in_flight:
        Event().wait(_POLL_SECONDS)
        in_flight &= _pushers()


def _pushers() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT virtualtransaction FROM pg_locks
            WHERE locktype = 'advisory' AND mode = 'ShareLock' AND granted AND objsubid = 1
              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
              AND (classid::bigint << 32 | objid::bigint) = %s AND pid <> pg_backend_pid()
            """,
            [_PUSH_LOCK],
        )
        return {row[0] for row in cursor.fetchall()}


def push_people(
    *, user_ids: Collection[UUID], places: Collection[Place] | None = None, settle: bool = False
) -> int:
    """Writes where these people stand now; answers how many.

    Without `places`: those who have changes that wait, in every window that is held; somebody
    whose lock is taken is left to whoever holds it, or to the sweep. With `places`: all of them,
    there. With `settle`: also those pushed during a fill, for good. Raises RankingUnavailableError,
    OperationalError.
    """
    kept = redis_ranking()
    if kept is None:
        return 0
    changes = [] if places is not None else _changes(user_ids, settle=settle)
    if places is None:
        user_ids = {change.user_id for change in changes}
    if not user_ids:
        return 0
    with transaction.atomic():
        people = _locked(user_ids, wait=settle or places is not None)
        changes = [change for change in changes if change.user_id in people]
        held = _held(places)
        if people and held:
            writes = _writes(people=people, held=held, changes=changes)
            for server, commands in writes.items():
                kept.server.tell(list(commands), server=server)
        told = RankingChange.objects.filter(pk__in=[change.pk for change in changes])
        if any(target.filling for target in held) and not settle:
            told.update(pushed=True)
        else:
            told.delete()
    return len(people)


def _changes(user_ids: Collection[UUID], *, settle: bool) -> list[RankingChange]:
    changes = RankingChange.objects.filter(user_id__in=user_ids)
    return list(changes if settle else changes.filter(pushed=False))


@dataclass(frozen=True, slots=True)
class _Held:
    generation: str
    server: str
    place: Place
    filling: bool


def _held(places: Collection[Place] | None) -> list[_Held]:
    """Every window of every generation that is to be written."""
    rows = RankedWindow.objects.values_list(
        "generation", "generation__server", "board", "window_start", "filling"
    )
    return [
        _Held(generation, server, (board, start), filling)
        for generation, server, board, start, filling in rows
        if places is None or (board, start) in places
    ]


def _locked(user_ids: Collection[UUID], *, wait: bool) -> set[UUID]:
    """Those whose lock this transaction now has, and those who are gone for good.

    Takes locks in the order of ids, as everybody who takes several must.
    """
    with connection.cursor() as cursor:
        if wait:
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'")
        users = User.objects.select_for_update(no_key=True, skip_locked=not wait)
        locked = set(users.filter(pk__in=user_ids).order_by("pk").values_list("pk", flat=True))
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_PUSH_LOCK])
    missing = set(user_ids) - locked
    if missing:
        missing -= set(User.objects.filter(pk__in=missing).values_list("pk", flat=True))
    return locked | missing


Row = tuple[UUID, str, date, int, int, int, datetime, str, bool, bool]


def _writes(
    *, people: Collection[UUID], held: Sequence[_Held], changes: Iterable[RankingChange]
) -> dict[str, Iterator[bytes]]:
    """The commands for each server process that make the ranking say what the standings say."""
    facts: set[Fact] = {
        (change.user_id, change.first_submission_at, change.country_code)
        for change in changes
        if change.first_submission_at is not None
    }
    found: defaultdict[Place, list[Row]] = defaultdict(list)
    for standing in _standings(people, {target.place for target in held}):
        found[standing[1], standing[2]].append(standing)
        facts.add((standing[0], standing[6], standing[7]))
    writes: defaultdict[str, Writes] = defaultdict(Writes)
    for target in held:
        _write_place(writes[target.server], target, found[target.place], facts)
    return {server: gathered.commands() for server, gathered in writes.items()}


def _standings(people: Collection[UUID], places: set[Place]) -> Iterator[Row]:
    """What these people have in those places, and on the board of all, which names everybody."""
    starts = {start for _, start in places} | {EPOCH}
    wanted = places | {(Board.ALL.value, EPOCH)}
    rows = Standing.objects.filter(user_id__in=people, window_start__in=starts).values_list(
        "user_id",
        "board",
        "window_start",
        "tokens",
        "cost_microusd",
        "days",
        "first_submission_at",
        "country_code",
        "on_boards",
        "shows_cost",
    )
    return (row for row in rows if (row[1], row[2]) in wanted)


def _write_place(
    writes: Writes, target: _Held, standings: Iterable[Row], facts: Iterable[Fact]
) -> None:
    keys = cache(partial(board_key, target.generation, target.place))
    for user_id, first, country in facts:
        member = member_of(user_id=user_id, first_submission_at=first)
        for metric in Metric:
            writes.drop(keys(metric, ""), member)
            if country:
                writes.drop(keys(metric, country), member)
    for user_id, _, _, tokens, cost, days, first, country, on_boards, shows_cost in standings:
        if not on_boards:
            continue
        member = member_of(user_id=user_id, first_submission_at=first)
        values = {Metric.TOKENS: tokens, Metric.COST: cost if shows_cost else 0, Metric.DAYS: days}
        for metric, value in values.items():
            if value > 0:
                writes.put(keys(metric, ""), member, value)
                if country:
                    writes.put(keys(metric, country), member, value)


def _note_in_bulk(user_ids: Collection[UUID]) -> None:
    RankingChange.objects.bulk_create(
        RankingChange(user_id=user_id, noted_at=clock.now(), urgent=True) for user_id in user_ids
    )
