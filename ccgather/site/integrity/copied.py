"""Whether the ranks in Redis are those of the database: on a sample, while both go on changing.

What is read from one and the other is compared only when nothing changed in between: the database
says the same before and after, and nothing waits to be told to Redis. That is tried until it
succeeds; a board that never holds still is passed over and not counted.
"""

from collections.abc import Iterator, Sequence
from random import Random
from threading import Event
from typing import Any
from uuid import UUID

from accounts.locking import locked_account
from ccgather.errors import DomainError
from ccgather.site.integrity.moments import Tally
from ccgather.site.integrity.samples import PAUSE_SECONDS, sampled_people
from leaderboard.models import RankingChange, RankingGeneration, Standing
from leaderboard.querysets import METRIC_COLUMN
from leaderboard.ranking import redis_ranking
from leaderboard.ranking.keys import Place, board_key, member_of, user_of
from leaderboard.ranking.server import RankingUnavailableError, Server
from leaderboard.ranking.wire import command
from leaderboard.rules.boards import Metric

PAGE = 50
PAGES_A_BOARD = 3
PATIENCE = 40
"""Looks at a page that moves before it is passed over."""


def check_copy(*, tally: Tally, size: int, seed: int) -> None:
    """Entries of a sample of people, and pages of every board that Redis holds."""
    kept = redis_ranking()
    serving = RankingGeneration.objects.filter(serving=True).first() if kept else None
    if kept is None or serving is None:
        tally.applies = False
        return
    windows = serving.windows.filter(filling=False).values_list("board", "window_start")
    places = sorted(windows)
    random = Random(seed)
    try:
        for user_id in sampled_people(size=size, seed=seed):
            _check_person(tally, kept.server, serving, places, user_id)
        for place in places:
            for metric in Metric:
                _check_pages(tally, kept.server, serving, place, metric, random)
    except RankingUnavailableError:
        # Readers ask the database then, and `readyz` says so.
        tally.applies = False


def _check_person(
    tally: Tally, server: Server, serving: RankingGeneration, places: Sequence[Place], user_id: UUID
) -> None:
    """With the account's lock nobody changes or pushes the person's standings."""
    try:
        with locked_account(user_id=user_id):
            if RankingChange.objects.filter(user_id=user_id, pushed=False).exists():
                return
            held = set(places)
            standings = Standing.objects.filter(user_id=user_id)
            rows = [row for row in standings if (row.board, row.window_start) in held]
            asked = [question for row in rows for question in _questions(serving.name, row)]
            answers = server.ask([packed for packed, _, _ in asked], server=serving.server)
    except DomainError:
        return  # gone, or busy with a report: another night
    for (_, due, what), score in zip(asked, answers, strict=True):
        tally.add(checked=1)
        has = None if score is None else int(-float(score))
        if has != due:
            tally.blame(f"{user_id} {what}: {has} in Redis where {due} is due")


def _questions(generation: str, row: Standing) -> Iterator[tuple[bytes, int | None, str]]:
    """(command, the value due or None for no entry, where) of each entry a standing can have."""
    member = member_of(user_id=row.user_id, first_submission_at=row.first_submission_at)
    for metric in Metric:
        value: int | None = getattr(row, METRIC_COLUMN[metric])
        stands = row.on_boards and (row.shows_cost or metric is not Metric.COST)
        for country in {"", row.country_code}:
            key = board_key(generation, (row.board, row.window_start), metric, country)
            where = (
                f"on {row.board} from {row.window_start} by {metric} in {country or 'the world'}"
            )
            yield command(b"ZSCORE", key, member), (value if stands and value else None), where


def _check_pages(
    tally: Tally,
    server: Server,
    serving: RankingGeneration,
    place: Place,
    metric: Metric,
    random: Random,
) -> None:
    people = _stood(place, metric).count()
    ends = {0, max(0, people - PAGE // 2)}
    middles = {random.randrange(max(1, people)) for _ in range(PAGES_A_BOARD - len(ends))}
    for offset in sorted(ends | middles):
        found = _still_page(server, serving, place, metric, offset)
        if found is None:
            continue
        due, has = found
        tally.add(checked=len(due))
        if due != has:
            differing = sum(a != b for a, b in zip(due, has, strict=False))
            tally.blame(
                f"{place[0]} from {place[1]} by {metric}, ranks from {offset + 1}: "
                f"{differing or abs(len(due) - len(has))} of {len(due)} are others in Redis"
            )


def _still_page(
    server: Server, serving: RankingGeneration, place: Place, metric: Metric, offset: int
) -> tuple[list[Any], list[Any]] | None:
    """The people of a page as the database and as Redis have them; None if it never held still."""
    key = board_key(serving.name, place, metric, "")
    ask = command(b"ZRANGE", key, b"%d" % offset, b"%d" % (offset + PAGE - 1), b"WITHSCORES")
    for _ in range(PATIENCE):
        before = _page(place, metric, offset)
        if not RankingChange.objects.filter(pushed=False).exists():
            (found,) = server.ask([ask], server=serving.server)
            if _page(place, metric, offset) == before:
                pairs = zip(found[::2], found[1::2], strict=True)
                return before, [(user_of(member), int(-float(score))) for member, score in pairs]
        Event().wait(PAUSE_SECONDS)
    return None


def _stood(place: Place, metric: Metric) -> Any:  # noqa: ANN401 - the queryset of standings
    return Standing.objects.filter(board=place[0], window_start=place[1]).ranked(metric)


def _page(place: Place, metric: Metric, offset: int) -> list[tuple[UUID, int]]:
    rows = _stood(place, metric).in_order(metric).values_list("user_id", METRIC_COLUMN[metric])
    return list(rows[offset : offset + PAGE])
