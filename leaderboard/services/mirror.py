"""The copy of the standings in Redis as a whole: built, mended, kept to the windows it needs.

A window is filled while submissions go on: first it is registered, so that pushers write it too;
then the standings are streamed into it; then whoever was pushed meanwhile, whom the stream may have
overwritten with an older value, is pushed once more; then its mark says that it is ready. A rebuild
does so for a new generation beside the old one, and lets the readers change over at the end.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import batched
from threading import Event

from django.db import OperationalError, connection, transaction
from django.db.models import Sum

from ccgather.ops.jobs import single_flight
from leaderboard.models import BoardTally, RankedWindow, RankingChange, RankingGeneration
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.keys import (
    Place,
    all_keys,
    board_key,
    filling_key,
    held_windows_of,
    place_of,
    ready_key,
)
from leaderboard.ranking.server import Bulk, RankingUnavailableError, Server
from leaderboard.ranking.wire import MEMBERS_A_COMMAND, add, command, entry
from leaderboard.rules.boards import Metric, Window
from leaderboard.services.clock import board_clock
from leaderboard.services.outbox import BATCH, drop_keys, push_people, wait_for_pushers

Progress = Callable[[int], object]
"""Told how many entries were written since the last time."""

_FLIGHT = "copy of the boards"


def entries_to_build(*, at: datetime) -> int:
    """How many entries a rebuild will write, for a progress bar; right to a few."""
    held = held_windows_of(days=[board_clock(at=at).current_day])
    tallies = BoardTally.objects.filter(
        board__in={window.board.value for window in held},
        window_start__in={window.start for window in held},
    )
    sums = tallies.aggregate(
        people=Sum("people_by_tokens", default=0)
        + Sum("people_by_cost", default=0)
        + Sum("people_by_days", default=0)
    )
    return int(sums["people"])


def _silent(_entries: int) -> None:
    return None


def heal_ranking(*, at: datetime, progress: Progress = _silent) -> int:
    """Brings the copy in order if it is not; answers how many entries that took, 0 when all is
    well, when somebody else is at it, or where PostgreSQL ranks alone.

    Raises RankingUnavailableError while Redis is in trouble.
    """
    kept = redis_ranking()
    if kept is None:
        return 0
    with single_flight(_FLIGHT) as ours:
        return _heal(kept.server, at=at, progress=progress) if ours else 0


def rebuild_ranking(*, at: datetime, progress: Progress = _silent) -> int:
    """Builds a new copy beside the old one, whatever state that is in; answers its entries.

    Waits for whoever is healing. Raises RankingUnavailableError.
    """
    kept = redis_ranking()
    if kept is None:
        return 0
    while True:
        with single_flight(_FLIGHT) as ours:
            if ours:
                _drop(kept.server, serving=False)
                with kept.server.bulk() as bulk:
                    return _rebuild(kept.server, bulk, at=at, progress=progress)
        Event().wait(1)


def hold_windows(*, windows: Sequence[Window]) -> int:
    """Takes these windows on before anybody asks for them, as the standings have them now; answers
    how many entries. Whoever changes standings from here on must note or push it.

    Skipped while somebody heals or Redis is in trouble: `heal_ranking` takes them on later.
    """
    kept = redis_ranking()
    if kept is None:
        return 0
    with single_flight(_FLIGHT) as ours:
        serving = RankingGeneration.objects.filter(serving=True).first() if ours else None
        if serving is None:
            return 0
        try:
            with kept.server.bulk() as bulk:
                if bulk.server != serving.server:
                    return 0
                return _fill(bulk, serving, [place_of(window) for window in windows], _silent)
        except (RankingUnavailableError, OperationalError):
            return 0


def _heal(server: Server, *, at: datetime, progress: Progress) -> int:
    _drop(server, serving=False)  # of a build that died
    with server.bulk() as bulk:
        serving = RankingGeneration.objects.filter(serving=True).first()
        if serving is not None and (bulk.evicts() or not _is_whole(bulk, serving)):
            _drop(server, serving=True)
            serving = None
        if serving is None:
            return _rebuild(server, bulk, at=at, progress=progress)
        entries = _keep_to_windows(bulk, serving, at=at, progress=progress)
        RankingChange.objects.filter(pushed=True).delete()
    return entries


def _is_whole(bulk: Bulk, generation: RankingGeneration) -> bool:
    """Whether Redis still holds everything that was built in it."""
    ready = generation.windows.filter(filling=False).values_list("board", "window_start")
    keys = [ready_key(generation.name, place) for place in ready]
    there = bulk.ask(b"EXISTS", *keys) if keys else 0
    return bulk.server == generation.server and there == len(keys)


def _keep_to_windows(
    bulk: Bulk, serving: RankingGeneration, *, at: datetime, progress: Progress
) -> int:
    """Takes on windows that are missing and lets go of those that nobody needs any more.

    Windows that the roll is building are its own affair until the clock moves
    (`hold_windows`): it writes them in bulk, and notes nothing.
    """
    clock = board_clock(at=at)
    wanted = [place_of(window) for window in held_windows_of(days=[clock.current_day])]
    days = {clock.current_day, clock.building_day or clock.current_day}
    needed = {place_of(window) for window in held_windows_of(days=days)}
    rows = serving.windows.values_list("board", "window_start", "filling")
    known = {(board, start): filling for board, start, filling in rows}
    entries = 0
    if missing := [place for place in wanted if known.get(place, True)]:
        entries = _fill(bulk, serving, missing, progress)
    for board, start in known.keys() - needed:
        serving.windows.filter(board=board, window_start=start).delete()
        wait_for_pushers()
        _unlink(bulk, serving.name, (board, start))
    bulk.settle()
    return entries


def _rebuild(server: Server, bulk: Bulk, *, at: datetime, progress: Progress) -> int:
    if bulk.evicts():
        message = "this Redis may evict ranks; its maxmemory-policy must be noeviction or volatile"
        error = RankingUnavailableError(message)
        server.fail(error)
        raise error
    generation = RankingGeneration.objects.create(
        name=secrets.token_hex(6), server=bulk.server, started_at=at
    )
    days = [board_clock(at=at).current_day]
    places = [place_of(window) for window in held_windows_of(days=days)]
    entries = _fill(bulk, generation, places, progress)
    with transaction.atomic():
        old = _take_out(serving=True)
        RankingGeneration.objects.filter(pk=generation.pk).update(serving=True)
    drop_keys(server=server, places=old)
    return entries


def _drop(server: Server, *, serving: bool) -> None:
    drop_keys(server=server, places=_take_out(serving=serving))


def _take_out(*, serving: bool) -> list[tuple[str, Place]]:
    """Generations that are not to be used any more; answers the windows they had."""
    rows = RankedWindow.objects.filter(generation__serving=serving)
    places = [
        (name, (board, start))
        for name, board, start in rows.values_list("generation", "board", "window_start")
    ]
    RankingGeneration.objects.filter(serving=serving).delete()
    return places


def _fill(
    bulk: Bulk, generation: RankingGeneration, places: Collection[Place], progress: Progress
) -> int:
    RankedWindow.objects.bulk_create(
        [
            RankedWindow(generation=generation, board=board, window_start=start)
            for board, start in places
        ],
        update_conflicts=True,
        unique_fields=["generation", "board", "window_start"],
        update_fields=["filling"],
    )
    for place in places:
        _unlink(bulk, generation.name, place)
        bulk.send(command(b"SET", filling_key(generation.name, place), b"1"))
    wait_for_pushers()  # from here on, who is not streamed below writes the windows themselves
    entries = sum(_stream(bulk, generation.name, place, progress) for place in places)
    bulk.settle()
    _settle_pushes()
    for place in places:
        marks = filling_key(generation.name, place), ready_key(generation.name, place)
        bulk.send(command(b"RENAME", *marks))
    bulk.settle()
    generation.windows.filter(filling=True).update(filling=False)
    return entries


def _settle_pushes() -> None:
    """Whoever was pushed while the stream ran is pushed again: it may have brought back what they
    had before. Pushes of now, and of later, come after it anyway."""
    wait_for_pushers()
    pushed = RankingChange.objects.filter(pushed=True)
    last = pushed.order_by("-pk").values_list("pk", flat=True).first()
    people = set(pushed.filter(pk__lte=last or 0).values_list("user_id", flat=True))
    for some in batched(sorted(people), BATCH):
        push_people(user_ids=some, settle=True)


def _unlink(bulk: Bulk, generation: str, place: Place) -> None:
    for some in batched(all_keys(generation, place), MEMBERS_A_COMMAND):
        bulk.send(command(b"UNLINK", *some))


# In the order of the board: entries that arrive in order cost Redis half the time.
_STREAM = """
COPY (
  SELECT int8send((extract(epoch FROM first_submission_at) * 1000000)::bigint)
           || uuid_send(user_id),
         tokens, CASE WHEN shows_cost THEN cost_microusd ELSE 0 END, days::bigint, country_code
  FROM leaderboard_standing
  WHERE board = %s AND window_start = %s AND on_boards
  ORDER BY tokens DESC
) TO STDOUT (FORMAT BINARY)
"""


def _stream(bulk: Bulk, generation: str, place: Place, progress: Progress) -> int:
    """Everybody's entries of one window, in memory for a few hundred at a time."""
    key_of = cache(partial(board_key, generation, place))
    boards: defaultdict[bytes, list[bytes]] = defaultdict(list)
    written = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")  # a whole board, however large
        with cursor.copy(_STREAM, place) as copy:
            copy.set_types(["bytea", "int8", "int8", "int8", "text"])
            for member, *values, country in copy.rows():
                for metric, value in zip(Metric, values, strict=True):
                    if value <= 0:
                        continue
                    packed = entry(value, member)
                    for scope in ("", country) if country else ("",):
                        waiting = boards[key_of(metric, scope)]
                        waiting.append(packed)
                        if len(waiting) == MEMBERS_A_COMMAND:
                            written += _flush(bulk, key_of(metric, scope), waiting, progress)
    for key, waiting in boards.items():
        written += _flush(bulk, key, waiting, progress)
    return written


def _flush(bulk: Bulk, key: bytes, entries: list[bytes], progress: Progress) -> int:
    count = len(entries)
    if count:
        bulk.send(add(key, entries))
        entries.clear()
        progress(count)
    return count
