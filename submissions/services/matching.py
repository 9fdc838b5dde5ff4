"""The same usage under another account: by messages, by counts, and by counts in proportion.

Looked for by keys that have an index, so that it costs the same with a million people: one query
for the keys of counts, one for those of evidence, and one more of each where something was found.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import connection

from accounts.models import User
from submissions.models import EvidenceSketch as StoredSketch
from submissions.models import Slice
from submissions.querysets import EvidenceSketchQuerySet
from submissions.report import EvidenceSketch
from submissions.rules.evidence import KEY_COUNT, keys_of, overlap_of
from submissions.rules.merge import SliceKey
from submissions.rules.signals.facts import Match, PastSlice

MOST_FOUND = 2_000
"""Rows of one search. Keys of counts in proportion are near: some meet by chance."""

MOST_OTHERS = 50
"""Accounts that are looked at further."""

MOST_KEYS = 800
"""Evidence keys of one search, but one a sketch at least: a long report has several days in
common with whatever it was copied from."""

PAST_COMPARED = 40
"""Newest slices of one's history that are compared as well: copies may come day by day."""

SHARED_MESSAGES = 2
"""One hash in common may be chance (`docs/evidence.md`)."""

PRIOR_PART = 0.5
"""A stored version of one's own says who was first where it had this part of the tokens."""


_AT_ALL = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A slice of the report that is looked for elsewhere.

    `versions` are those of any device of the account that are stored now, with their tokens and
    since when; `same_since` is when these very counts were first stored.
    """

    key: SliceKey
    exact_key: int | None
    shape_key: int | None
    sketch: EvidenceSketch | None
    tokens: int = 0
    versions: Sequence[tuple[int, datetime]] = ()
    same_since: datetime | None = None

    def held_since(self, *, other_tokens: int) -> datetime | None:
        """When the account first had it, or a version with all that the other has or most of what
        it has itself: one with next to nothing in it, stored early, makes nobody the first."""
        enough = min(PRIOR_PART * self.tokens, other_tokens)
        moments = [moment for tokens, moment in self.versions if tokens >= max(1, enough)]
        if self.same_since is not None:
            moments.append(self.same_since)
        return min(moments, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMatch:
    """A match with the slice that it was found in. `part_of_other` is how much of the other's
    slice the judged one has."""

    match: Match
    other_id: UUID
    other_slice: int
    other_day: date
    other_since: datetime
    other_tokens: int
    part_of_other: float = 1.0


def matches_of(
    *,
    user: User,
    candidates: Sequence[Candidate],
    history: Sequence[PastSlice],
    salt_id: str,
    at: datetime,
    clearly: timedelta,
) -> tuple[FoundMatch, ...]:
    """Every match of the candidates, and of the newest history, with other accounts.

    An account that had it first is not told of copies: those are the other's. Of messages, one
    must have had them `clearly` earlier, for a log may lie on two machines; of counts alone who
    stored them earlier was first, or anybody could take a rival's day off the boards by repeating
    the numbers. Two queries, four where something is found.
    """
    found = [*_by_counts(user=user, candidates=candidates, history=history)]
    found += _by_messages(user=user, candidates=candidates, salt_id=salt_id)
    if not found:
        return ()
    judged = {item.key: item for item in candidates}
    stored = {(past.client, past.day): past.first_seen_at or at for past in history}

    def since(item: FoundMatch) -> datetime:
        candidate = judged.get(item.match.key)
        if candidate is None:
            return stored[item.match.key]
        return candidate.held_since(other_tokens=item.other_tokens) or at

    return _in_order(found, since=since, clearly=clearly)


def _by_counts(
    *, user: User, candidates: Sequence[Candidate], history: Sequence[PastSlice]
) -> Iterable[FoundMatch]:
    exact, shape = _keys_by_slice((item.key, item.exact_key, item.shape_key) for item in candidates)
    if not exact and not shape:
        return
    others: set[UUID] = set()
    for found in _with_keys(user=user, exact=exact, shape=shape, others=None):
        others.add(found.other_id)
        yield found
    if not others:
        return
    judged = {item.key for item in candidates}
    exact, shape = _keys_by_slice(
        ((past.client, past.day), past.exact_key, past.shape_key)
        for past in history[-PAST_COMPARED:]
        if (past.client, past.day) not in judged
    )
    if exact or shape:
        wanted = sorted(others)[:MOST_OTHERS]
        yield from _with_keys(user=user, exact=exact, shape=shape, others=wanted)


type _ByKey = dict[int, list[SliceKey]]


def _keys_by_slice(
    slices: Iterable[tuple[SliceKey, int | None, int | None]],
) -> tuple[_ByKey, _ByKey]:
    exact: defaultdict[int, list[SliceKey]] = defaultdict(list)
    shape: defaultdict[int, list[SliceKey]] = defaultdict(list)
    for key, exact_key, shape_key in slices:
        if exact_key is not None:
            exact[exact_key].append(key)
        if shape_key is not None:
            shape[shape_key].append(key)
    return dict(exact), dict(shape)


def _with_keys(
    *, user: User, exact: _ByKey, shape: _ByKey, others: Sequence[UUID] | None
) -> Iterable[FoundMatch]:
    with connection.cursor() as cursor:
        cursor.execute(
            _KEYS_SQL,
            {
                "user": user.pk,
                "exact": list(exact),
                "shape": list(shape),
                "others": None if others is None else list(others),
                "limit": MOST_FOUND,
            },
        )
        rows = cursor.fetchall()
    counted = {row[2] for row in rows if row[0] == "counts"}
    for kind, key, number, other_id, day, since, tokens in rows:
        if kind == "shape" and number in counted:
            continue
        by_key: _ByKey = exact if kind == "counts" else shape
        for slice_key in by_key[key]:
            yield FoundMatch(
                match=Match(
                    key=slice_key,
                    kind=kind,
                    part=1.0,
                    other_first=False,
                    shift_days=(slice_key[1] - day).days,
                ),
                other_id=other_id,
                other_slice=number,
                other_day=day,
                other_since=since,
                other_tokens=tokens,
            )


_KEYS_SQL = """
(SELECT 'counts', exact_key, id, user_id, day, updated_at, total_tokens FROM submissions_slice
 WHERE exact_key = ANY(%(exact)s::bigint[]) AND user_id <> %(user)s AND state <> 'rejected'
   AND (%(others)s::uuid[] IS NULL OR user_id = ANY(%(others)s::uuid[]))
 LIMIT %(limit)s)
UNION ALL
(SELECT 'shape', shape_key, id, user_id, day, updated_at, total_tokens FROM submissions_slice
 WHERE shape_key = ANY(%(shape)s::bigint[]) AND user_id <> %(user)s AND state <> 'rejected'
   AND (%(others)s::uuid[] IS NULL OR user_id = ANY(%(others)s::uuid[]))
 LIMIT %(limit)s)
"""


def _by_messages(
    *, user: User, candidates: Sequence[Candidate], salt_id: str
) -> Iterable[FoundMatch]:
    sketches = {item.key: item.sketch for item in candidates if item.sketch is not None}
    if not sketches:
        return
    each = max(1, min(KEY_COUNT, MOST_KEYS // len(sketches)))
    keys = [
        key
        for (_client, day), sketch in sketches.items()
        for key in keys_of(day=day, sketch=sketch)[:each]
    ]
    found = _sketches(
        StoredSketch.objects.sharing(keys=keys).of_others(user_id=user.pk), salt_id=salt_id
    )
    if each < KEY_COUNT and found:
        others = sorted({row.other_id for row in found})[:MOST_OTHERS]
        days = [day for _client, day in sketches]
        found = _sketches(
            StoredSketch.objects.filter(
                slice__user__in=others, slice__day__range=(min(days), max(days))
            ),
            salt_id=salt_id,
        )
    for row in found:
        sketch = sketches.get((row.client, row.day))
        if sketch is None:
            continue
        overlap = overlap_of(a=sketch, b=row.sketch)
        whole = overlap.exact and overlap.same == min(sketch.messages, row.sketch.messages)
        if overlap.same >= SHARED_MESSAGES or (whole and overlap.same):
            yield FoundMatch(
                match=Match(
                    key=(row.client, row.day),
                    kind="messages",
                    part=overlap.of_a,
                    other_first=False,
                    shift_days=0,
                ),
                other_id=row.other_id,
                other_slice=row.slice_id,
                other_day=row.day,
                other_since=row.since,
                other_tokens=row.tokens,
                part_of_other=overlap.of_b,
            )


@dataclass(frozen=True, slots=True)
class _Sketch:
    slice_id: int
    other_id: UUID
    client: str
    day: date
    since: datetime
    tokens: int
    sketch: EvidenceSketch


def _sketches(found: EvidenceSketchQuerySet, *, salt_id: str) -> list[_Sketch]:
    rows = (
        found.filter(salt_id=salt_id)
        .exclude(slice__state=Slice.State.REJECTED)
        .values_list(
            "slice_id",
            "slice__user_id",
            "slice__client",
            "slice__day",
            "slice__updated_at",
            "slice__total_tokens",
            "messages",
            "hashes",
        )[:MOST_FOUND]
    )
    return [
        _Sketch(
            slice_id=number,
            other_id=other_id,
            client=client,
            day=day,
            since=since,
            tokens=tokens,
            sketch=EvidenceSketch(messages=messages, hashes=bytes(hashes)),
        )
        for number, other_id, client, day, since, tokens, messages, hashes in rows
    ]


def _in_order(
    found: Sequence[FoundMatch], *, since: Callable[[FoundMatch], datetime], clearly: timedelta
) -> tuple[FoundMatch, ...]:
    """Who was first is a question between two accounts: what the days say of which one was
    clearly earlier holds for the days that do not say it."""
    names = {
        other_id: f"account {number}"
        for number, other_id in enumerate(sorted({item.other_id for item in found}), start=1)
    }
    pairs: defaultdict[tuple[UUID, bool], list[FoundMatch]] = defaultdict(list)
    for item in found:
        pairs[item.other_id, item.match.kind == "messages"].append(item)
    kept: list[FoundMatch] = []
    for (other_id, of_messages), pair in pairs.items():
        margin = clearly if of_messages else _AT_ALL
        leads = [since(item) - item.other_since for item in pair]
        theirs = any(lead >= margin for lead in leads)
        ours = any(-lead >= margin for lead in leads)
        for item, lead in zip(pair, leads, strict=True):
            if -lead >= margin or (ours and not theirs):
                continue
            first = lead >= margin or (theirs and not ours)
            kept.append(
                replace(item, match=replace(item.match, other_first=first, other=names[other_id]))
            )
    return tuple(kept)
