"""Why somebody's rank moved: the order of a past midnight against the present one."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import F, Sum

from accounts.avatars import avatar_of
from accounts.models import User
from ccgather.ops.caching import cached_bytes, json_bytes
from ccgather.ui.formats import tokens_compact
from leaderboard.errors import NoSnapshotError
from leaderboard.models import Snapshot, Standing, UsageChange
from leaderboard.ranking import ranking
from leaderboard.rules.boards import EPOCH, Board, Metric, Window
from leaderboard.rules.rank_story import (
    Cause,
    Group,
    Kind,
    Movement,
    OwnChange,
    Passer,
    RankStory,
    ledger_cause_of,
    main_cause_of,
    own_changes_of,
    rank_story_of,
)
from leaderboard.selectors.crossings import Crossed, Crossings, crossings
from leaderboard.selectors.freshness import person_version
from leaderboard.selectors.history import snapshot_day_for
from leaderboard.services.usage_changes import midnight_after

DEFAULT_DAYS = 7
NAMED = 5
"""People of one group who are named."""

STORY_SECONDS = 60

USAGE_CAUSES = ("submission", "correction", "repricing", "review", "deletion", "rebuild")
"""The words of the ledger for what changed usage; the others changed who may be seen."""


def rank_story(*, user: User, since: date | None, at: datetime) -> RankStory | None:
    """The story of one's rank since the end of the day `since`, kept for a minute for its owner.

    Without a snapshot of that day the nearest earlier one is told from. None when the site has no
    snapshot yet. Raises NoSnapshotError when `since` lies before the first, or has not ended.
    """
    today = at.date()
    if since is not None and since >= today:
        raise NoSnapshotError(f"since: {since} has not ended yet; the latest is yesterday")
    day = snapshot_day_for(since=since, today=today, default_days=DEFAULT_DAYS)
    if day is None:
        if since is None:
            return None
        raise NoSnapshotError(f"since: there is no snapshot of {since} or of any day before it")
    body = cached_bytes(
        key=("rank-story", user.pk, day, person_version(username=user.username)),
        seconds=STORY_SECONDS,
        build=lambda: json_bytes(fresh_rank_story(user=user, day=day)),
    )
    return msgspec.json.decode(body, type=RankStory)


def fresh_rank_story(*, user: User, day: date) -> RankStory:
    """The story since the end of a day that has a snapshot. At most six queries, one of them
    large; where nothing crossed or nobody stands, fewer."""
    with transaction.atomic():
        movement = _movement(user=user, day=day)
    return rank_story_of(movement=movement, since=day, tokens_words=tokens_compact)


def _movement(*, user: User, day: date) -> Movement:
    then = Snapshot.objects.filter(day=day, user_id=user.pk).first()
    now = (
        Standing.objects.filter(user=user, board=Board.ALL.value, window_start=EPOCH)
        .ranked(Metric.TOKENS)
        .first()
    )
    if then is None or now is None:
        return _half_a_movement(user=user, then=then, now=now)
    own = _own_changes(user=user, day=day, difference=now.tokens - then.tokens)
    since = midnight_after(day=day)
    found = crossings(then=then, now=now, since=since, named=NAMED, by_ledger=_is_told(since=since))
    gone = Group(kind=Kind.LEFT, cause=Cause.GONE, is_yours=False, people=found.deleted)
    return Movement(
        rank_then=then.rank_world,
        rank_now=found.rank_now,
        tokens_then=then.tokens,
        tokens_now=now.tokens,
        groups=(*_groups(found, own=own), gone),
        own=own,
    )


def _is_told(*, since: datetime) -> bool:
    """Whether the ledger reaches back to a moment."""
    oldest = UsageChange.objects.order_by("pk").values_list("at", flat=True).first()
    return oldest is not None and oldest < since


def _half_a_movement(*, user: User, then: Snapshot | None, now: Standing | None) -> Movement:
    absence = rank_now = None
    if now is None:
        hidden = not (user.profile_visible and user.is_active)
        absence = Cause.EXCLUDED if user.excluded_at else Cause.HIDDEN if hidden else Cause.GONE
    else:
        window = Window(Board.ALL, EPOCH, date.max)
        rank_now = ranking().rank_of(
            user_id=user.pk, window=window, metric=Metric.TOKENS, country=None
        )
    return Movement(
        rank_then=then.rank_world if then else None,
        rank_now=rank_now,
        tokens_then=then.tokens if then else 0,
        tokens_now=now.tokens if now else 0,
        absence=absence,
    )


def _own_changes(*, user: User, day: date, difference: int) -> tuple[OwnChange, ...]:
    """What the ledger says of one's own tokens since the end of a day; all of the difference."""
    changes = UsageChange.objects.filter(
        user=user, at__gte=midnight_after(day=day), cause__in=USAGE_CAUSES
    )
    added = F("tokens_after") - F("tokens_before")
    rows = changes.values_list("cause").annotate(added=Sum(added)).order_by("cause")
    return own_changes_of(changes=list(rows), difference=difference)


def _groups(found: Crossings, *, own: Sequence[OwnChange]) -> list[Group]:
    people = _visible_people(found)
    return [
        Group(
            kind=crossed.kind,
            cause=_cause_of(crossed, own=own),
            is_yours=crossed.is_yours,
            people=crossed.people,
            named=tuple(people[pk] for pk in crossed.nearest if pk in people),
        )
        for crossed in found.groups
    ]


def _cause_of(crossed: Crossed, *, own: Sequence[OwnChange]) -> Cause:
    up = crossed.kind in (Kind.PASSED_YOU, Kind.CAME)
    if crossed.is_yours:
        return main_cause_of(own=own, up=not up)
    if crossed.cause in USAGE_CAUSES:
        return ledger_cause_of(name=crossed.cause, up=up)
    return Cause(crossed.cause)


def _visible_people(found: Crossings) -> dict[UUID, Passer]:
    ids = [pk for crossed in found.groups for pk in crossed.nearest]
    if not ids:
        return {}
    return {
        user.pk: Passer(
            username=user.username,
            display_name=user.shown_name,
            avatar_url=avatar_of(user),
            country_code=user.shown_country,
        )
        for user in User.objects.on_boards().filter(pk__in=ids)
    }
