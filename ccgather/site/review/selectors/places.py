"""Where people stand, and where they would if what is held of theirs were approved."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields import BigIntegerField
from django.db.models.functions import Coalesce

from accounts.models import User
from leaderboard.models import Standing
from leaderboard.querysets import StandingQuerySet
from leaderboard.rules.boards import Metric, Window

COUNTED_TO: Final = 10_000
"""Places are counted to here; whoever stands further back moves nothing that people look at, and
counting on would cost more the larger the site is."""


@dataclass(frozen=True, slots=True)
class Place:
    """A rank by tokens, or `is_beyond` the ranks that are counted."""

    rank: int
    is_beyond: bool = False

    def __str__(self) -> str:
        return f"beyond #{COUNTED_TO:,}" if self.is_beyond else f"#{self.rank:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A person's place as it is and as it would be; None where they do not stand."""

    now: Place | None
    then: Place | None

    @property
    def places(self) -> int:
        """How many places up; 0 where one of them is not counted."""
        if self.now is None or self.then is None or self.now.is_beyond or self.then.is_beyond:
            return 0
        return self.now.rank - self.then.rank

    @property
    def is_move(self) -> bool:
        """Whether anything would change."""
        return self.now != self.then


NOWHERE: Final = Move(now=None, then=None)


def moves(
    *, window: Window, added: Mapping[UUID, int], country: str | None = None
) -> dict[UUID, Move]:
    """What adding so many tokens to each of these people's standing would do to their place.

    Each of them alone: the others stay as they are. People who are not on boards stand nowhere.
    Two queries, whatever the number of people; each counts at most `COUNTED_TO` index entries.
    """
    if not added:
        return {}
    board = Standing.objects.in_window(window).ranked(Metric.TOKENS).in_country(country)
    farthest = list(
        board.in_order(Metric.TOKENS).values_list("tokens", flat=True)[COUNTED_TO - 1 : COUNTED_TO]
    )
    floor = farthest[0] if farthest else 0
    gains = Case(
        *[When(pk=user_id, then=Value(tokens)) for user_id, tokens in added.items()],
        default=Value(0),
        output_field=BigIntegerField(),
    )
    own = Standing.objects.in_window(window).filter(user_id=OuterRef("pk")).values("tokens")
    people = (
        User.objects.on_boards()
        .filter(pk__in=list(added))
        .annotate(
            has_now=Coalesce(Subquery(own), 0), began_at=F("usage_account__first_submission_at")
        )
        .annotate(has_then=F("has_now") + gains)
        .annotate(
            ahead_now=_ahead_of(board, "has_now", floor),
            ahead_then=_ahead_of(board, "has_then", floor),
        )
    )
    found = dict.fromkeys(added, NOWHERE)
    columns = ("pk", "has_now", "ahead_now", "has_then", "ahead_then")
    for user_id, has_now, ahead_now, has_then, ahead_then in people.values_list(*columns):
        found[user_id] = Move(now=_place(has_now, ahead_now), then=_place(has_then, ahead_then))
    return found


def _place(tokens: int, ahead: int) -> Place | None:
    if tokens <= 0:
        return None
    return Place(COUNTED_TO, is_beyond=True) if ahead >= COUNTED_TO else Place(ahead + 1)


def _ahead_of(board: StandingQuerySet, column: str, floor: int) -> Combinable:
    """How many of the board come before a person with what `column` of theirs says."""
    tokens = OuterRef(column)
    before = (
        board.filter(tokens__gte=floor)
        .filter(tokens__gte=tokens)
        .exclude(user_id=OuterRef("pk"))
        .filter(
            Q(tokens__gt=tokens)
            | Q(first_submission_at__lt=OuterRef("began_at"))
            | Q(first_submission_at=OuterRef("began_at"), user_id__lt=OuterRef("pk"))
        )
    )
    counted = before.order_by().values("board").annotate(people=Count("user_id")).values("people")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
