"""One case: what is held and why, and who it is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from accounts.models import User
from ccgather.site.review.selectors.places import NOWHERE, Move, moves
from leaderboard.rules.boards import Board, window_of
from leaderboard.selectors.board import current_day
from submissions.models import ReviewCase, Slice, SliceRow

SHOWN_SLICES: Final = 400
"""How many held slices a case lists; more are decided with the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a slice waits: what its owner reads, how much it weighs, and what was seen."""

    code: str
    sentence: str
    weight: float
    figures: tuple[tuple[str, object], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Burned:
    """What a slice burned on one model; `cost_microusd` is None where it has no price."""

    model: str
    provider: str
    counts: tuple[int, int, int, int, int]
    messages: int
    cost_microusd: int | None

    @property
    def tokens(self) -> int:
        """All five classes."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSlice:
    """A version that waits. `before` is what counts of it now, 0 for nothing; `counts` are input,
    output, cache read, cache write and reasoning."""

    id: int
    day: date
    client: str
    device_id: UUID
    device: str
    before: int
    tokens: int
    counts: tuple[int, int, int, int, int]
    cost_microusd: int
    reported_cost_microusd: int | None
    messages: int
    weight: float
    reasons: tuple[Reason, ...]
    collector: str
    collector_version: str
    source: str
    sent_at: datetime
    models: tuple[Burned, ...]

    @property
    def adds(self) -> int:
        """What approving it would add."""
        return self.tokens - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalLine:
    """A signal over the whole case: on how many slices it spoke, where it weighed most."""

    code: str
    slices: int
    weight: float
    sentence: str
    figures: tuple[tuple[str, object], ...]
    worst_day: date
    worst_client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardMove:
    """What approving everything would do on one board."""

    board: str
    move: Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What a case holds: the slices that are listed, latest day first, and how many more."""

    slices: tuple[HeldSlice, ...]
    further: int
    signals: tuple[SignalLine, ...]

    @property
    def days(self) -> int:
        """Different days among those listed."""
        return len({held.day for held in self.slices})


def case_of(*, case_id: UUID) -> ReviewCase | None:
    """The case with its person and who looks at it; one query."""
    cases = ReviewCase.objects.select_related("user", "claimed_by", "user__usage_account")
    return cases.filter(pk=case_id).first()


def held(*, user: User) -> Held:
    """What waits of a person's; four queries."""
    pending = Slice.objects.pending().filter(user=user)
    total = pending.count()
    found = list(pending.select_related("device").order_by("-day", "-total_tokens")[:SHOWN_SLICES])
    counting = _counting_beside(found, user=user)
    rows = _rows_of([each.pk for each in found])
    slices = tuple(
        _held_slice(each, counting.get((each.device_id, each.client, each.day), 0), rows[each.pk])
        for each in found
    )
    return Held(slices=slices, further=total - len(found), signals=_signals(slices))


def board_moves(*, user: User, slices: Sequence[HeldSlice], at: datetime) -> tuple[BoardMove, ...]:
    """What approving these slices would do on the boards that people look at; nine queries at
    most: two a board and the boards' day."""
    today = current_day(at=at)
    boards: list[tuple[str, Board, str | None]] = [
        ("All time, world", Board.ALL, None),
        ("30 days, world", Board.LAST_30_DAYS, None),
        ("7 days, world", Board.LAST_7_DAYS, None),
    ]
    if user.shown_country:
        boards.insert(1, ("All time, country", Board.ALL, user.shown_country))
    found = []
    for name, board, country in boards:
        window = window_of(board=board, day=today)
        added = sum(each.adds for each in slices if window.covers(each.day))
        moved = moves(window=window, added={user.pk: added}, country=country)
        found.append(BoardMove(board=name, move=moved.get(user.pk, NOWHERE)))
    return tuple(found)


def _counting_beside(found: Sequence[Slice], *, user: User) -> Mapping[tuple[UUID, str, date], int]:
    """Tokens of the versions that count where others wait."""
    days = {each.day for each in found}
    counted = Slice.objects.counted().filter(user=user, day__in=days)
    return {
        (device_id, client, day): tokens
        for device_id, client, day, tokens in counted.values_list(
            "device_id", "client", "day", "total_tokens"
        )
    }


def _rows_of(ids: Sequence[int]) -> Mapping[int, list[Burned]]:
    rows: dict[int, list[Burned]] = defaultdict(list)
    for row in SliceRow.objects.filter(slice_id__in=ids).order_by("-total_tokens", "model"):
        rows[row.slice_id].append(
            Burned(
                model=row.model,
                provider=row.provider,
                counts=counts_of(sums=row),
                messages=row.messages,
                cost_microusd=row.cost_microusd,
            )
        )
    return rows


def counts_of(*, sums: Slice | SliceRow) -> tuple[int, int, int, int, int]:
    """The five token classes, in the order in which pages name them."""
    return (
        sums.input_tokens,
        sums.output_tokens,
        sums.cache_read_tokens,
        sums.cache_write_tokens,
        sums.reasoning_tokens,
    )


def _held_slice(each: Slice, before: int, rows: Sequence[Burned]) -> HeldSlice:
    return HeldSlice(
        id=each.pk,
        day=each.day,
        client=each.client,
        device_id=each.device_id,
        device=each.device.name,
        before=before,
        tokens=each.total_tokens,
        counts=counts_of(sums=each),
        cost_microusd=each.cost_microusd,
        reported_cost_microusd=each.reported_cost_microusd,
        messages=each.messages,
        weight=each.hold_weight,
        reasons=reasons_of(stored=each.hold_reasons),
        collector=each.collector,
        collector_version=each.collector_version,
        source=each.source,
        sent_at=each.updated_at,
        models=tuple(rows),
    )


def reasons_of(*, stored: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """The reasons as a slice keeps them, the weightiest first."""
    reasons = [
        Reason(
            code=str(each.get("code", "")),
            sentence=str(each.get("sentence", "")),
            weight=float(each.get("weight") or 0),
            figures=tuple(dict(each.get("figures") or {}).items()),
        )
        for each in stored
    ]
    return tuple(sorted(reasons, key=lambda reason: (-reason.weight, reason.code)))


def _signals(slices: Sequence[HeldSlice]) -> tuple[SignalLine, ...]:
    spoken: dict[str, list[tuple[Reason, HeldSlice]]] = defaultdict(list)
    for each in slices:
        for reason in each.reasons:
            spoken[reason.code].append((reason, each))
    lines = []
    for code, found in spoken.items():
        reason, worst = max(found, key=lambda pair: (pair[0].weight, pair[1].tokens))
        lines.append(
            SignalLine(
                code=code,
                slices=len(found),
                weight=reason.weight,
                sentence=reason.sentence,
                figures=reason.figures,
                worst_day=worst.day,
                worst_client=worst.client,
            )
        )
    return tuple(sorted(lines, key=lambda line: (-line.weight, -line.slices, line.code)))
