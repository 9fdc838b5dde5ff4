"""The site's judging without a site: reports in order of time, facts as `judging` would load
them, the same rules, and what counts afterwards. Seconds instead of minutes, to tune by."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from benchmarks.trust.dry_facts import facts_of
from benchmarks.trust.scoring import Outcome
from benchmarks.trust.story import Cell, Person, Place, Send, Tells, told
from submissions.report import UsageRow
from submissions.rules.digests import content_digest_of
from submissions.rules.merge import SliceKey
from submissions.rules.signals.facts import (
    AccountFacts,
    Cohort,
    Match,
    MatchKind,
    PastSlice,
    ReportFacts,
    RivalFacts,
    SliceFacts,
)
from submissions.rules.signals.rivalry import is_narrow

CLEARLY_FIRST = timedelta(hours=24)
COHORT_EVERY = timedelta(days=14)
PRIOR_PART = 0.5
HARD_TOKENS = 500_000_000_000
HARD_COST = 5_000_000_000

Judge = Callable[[ReportFacts], Mapping[SliceKey, tuple[str, ...]]]
"""The codes for which each slice is held; slices that are not are left out."""
Keys = Callable[[Sequence[UsageRow]], int | None]
Measure = Callable[[Iterable[tuple[str, SliceFacts]]], Cohort]


@dataclass(slots=True)
class Known:
    """One account as the site knows it."""

    name: str
    first_at: datetime | None = None
    accepted: dict[Place, SliceFacts] = field(default_factory=dict)
    digests: dict[Place, bytes] = field(default_factory=dict)
    pending: dict[Place, bytes] = field(default_factory=dict)
    past: dict[Place, PastSlice] = field(default_factory=dict)
    waiting: dict[Place, PastSlice] = field(default_factory=dict)
    uncounted: set[Place] = field(default_factory=set)
    approved: set[Place] = field(default_factory=set)
    total: int = 0
    narrow: int = 0
    outcome: Outcome = field(default_factory=Outcome)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Where a print or a message's hash was stored first, and how much of its log there was."""

    name: str
    device: str
    day: date
    at: datetime
    part: float
    tokens: int


@dataclass(slots=True)
class DrySite:
    """Takes reports one after the other. `exact`, `shape` are the prints of a slice."""

    judge: Judge
    exact: Keys
    shape: Keys
    measure: Measure | None = None
    convincing: Callable[[ReportFacts], Collection[Match]] = lambda facts: facts.matches
    cohort: Cohort = field(default_factory=Cohort)
    accounts: dict[str, Known] = field(default_factory=dict)
    _measured_at: datetime | None = None
    _totals: list[int] = field(default_factory=list)
    _logs: dict[tuple[str, str, int], list[_Seen]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def take_all(
        self,
        people: Sequence[Person],
        tick: Callable[[], object],
        *,
        take: Callable[[Known, Send], None] | None = None,
    ) -> dict[str, Outcome]:
        """Everybody's reports in order of time; what became of each."""
        queue = sorted(
            ((send.at, person.name, send) for person in people for send in person.sends),
            key=lambda item: (item[0], item[1]),
        )
        for person in people:
            self.accounts[person.name] = Known(person.name)
        for at, name, send in queue:
            if self.measure and (
                self._measured_at is None or at - self._measured_at >= COHORT_EVERY
            ):
                self._measured_at = at
                self.cohort = self.measure(self._standing())
            (take or self.take)(self.accounts[name], send)
            tick()
        return {name: self._settled(known) for name, known in self.accounts.items()}

    def _standing(self) -> Iterable[tuple[str, SliceFacts]]:
        for name, known in self.accounts.items():
            for place, facts in known.accepted.items():
                if place not in known.uncounted:
                    yield name, facts

    def _settled(self, known: Known) -> Outcome:
        known.outcome.counted = {
            place: (facts.counts.total_tokens, facts.cost_microusd)
            for place, facts in known.accepted.items()
            if place not in known.uncounted
        }
        return known.outcome

    def take(self, known: Known, send: Send) -> None:
        """One report."""
        judged: dict[SliceKey, SliceFacts] = {}
        digests: dict[SliceKey, bytes] = {}
        logs: dict[SliceKey, Cell] = {}
        for cell in send.cells:
            rows = tuple(told(row, send.tells) for row in cell.rows)
            place = (send.device, cell.client, cell.day)
            digest = content_digest_of(rows)
            if known.digests.get(place) == digest or known.pending.get(place) == digest:
                continue
            before = known.accepted.get(place)
            facts = facts_of(cell, rows, send.tells, exact=self.exact(rows), shape=self.shape(rows))
            if before and facts.counts.total_tokens < before.counts.total_tokens:
                continue
            judged[facts.key] = facts
            digests[facts.key] = digest
            logs[facts.key] = cell
        if not judged:
            return
        matches = self._matches(known, send, judged, logs)
        report = self._report(known, send, judged, tuple(match for match, _ in matches))
        held = dict(self.judge(report))
        for key, facts in judged.items():
            if self._over_hard_limit(known, send, facts):
                held[key] = (*held.get(key, ()), "over_hard_limit")
        self._write(known, send, judged, digests, held)
        self._remember(known, send, judged, logs)
        convincing = self.convincing(report) if matches else ()
        self._settle_others(held, matches, convincing)

    def _report(
        self,
        known: Known,
        send: Send,
        judged: Mapping[SliceKey, SliceFacts],
        matches: tuple[Match, ...],
    ) -> ReportFacts:
        places = {(send.device, *key) for key in judged}
        return ReportFacts(
            at=send.at,
            account=AccountFacts(
                first_submission_at=known.first_at,
                clean_days=len({place[2] for place in known.past}),
                trusted=False,
            ),
            slices=tuple(judged[key] for key in sorted(judged, key=lambda key: (key[1], key[0]))),
            history=tuple(
                sorted(
                    (
                        past
                        for place, past in known.past.items()
                        if place not in places and place not in known.uncounted
                    ),
                    key=lambda past: past.day,
                )
            ),
            waiting=tuple(past for place, past in known.waiting.items() if place not in places),
            replaced={
                key: known.past[send.device, *key]
                for key in judged
                if (send.device, *key) in known.past
            },
            cohort=self.cohort,
            matches=matches,
            rival=self._rival(known, send, judged),
            wire_format=send.tells.wire,
            device=send.device,
            collector="ccgather" if send.tells.wire == "native" else send.tells.wire,
        )

    def _rival(self, known: Known, send: Send, judged: Mapping[SliceKey, SliceFacts]) -> RivalFacts:
        after = known.total + sum(
            facts.counts.total_tokens
            - (
                known.accepted[send.device, *key].counts.total_tokens
                if (send.device, *key) in known.accepted
                else 0
            )
            for key, facts in judged.items()
        )
        place = bisect_left(self._totals, after)
        below = self._totals[place - 1] if place else None
        if below == known.total and place > 1:
            below = self._totals[place - 2]
        gap = after - below if below is not None else None
        rival = RivalFacts(
            total_after=after,
            gap_tokens=gap,
            people_above=len(self._totals) - place,
            narrow_before=known.narrow,
            spacing_tokens=self._spacing(place),
        )
        known.narrow += is_narrow(gap_tokens=gap, spacing_tokens=rival.spacing_tokens, total=after)
        return rival

    def _spacing(self, place: int) -> int | None:
        """How far neighbours on the board lie apart there."""
        low, high = max(0, place - 5), min(len(self._totals), place + 5) - 1
        return (self._totals[high] - self._totals[low]) // (high - low) if high > low else None

    def _matches(
        self,
        known: Known,
        send: Send,
        judged: Mapping[SliceKey, SliceFacts],
        logs: Mapping[SliceKey, Cell],
    ) -> list[tuple[Match, _Seen]]:
        """As `submissions.services.matching`: who had it first is a question between two."""
        found: dict[str, list[tuple[Match, _Seen, datetime]]] = defaultdict(list)
        for key, facts in judged.items():
            own = [before for place, before in known.past.items() if place[1:] == key]
            counted: set[_Seen] = set()
            for kind, number in _identities(facts, logs[key], send.tells):
                for other in self._logs.get((kind, key[0], number), ()):
                    # What both have was in a version of one's own from then on.
                    enough = min(PRIOR_PART * facts.counts.total_tokens, other.tokens)
                    mine = min(
                        (
                            before.first_seen_at or send.at
                            for before in own
                            if before.counts.total_tokens >= enough
                        ),
                        default=send.at,
                    )
                    twin = replace(other, part=0)
                    if other.name == known.name or (kind == "shape" and twin in counted):
                        continue
                    if kind == "counts":
                        counted.add(twin)
                    part = min(1.0, other.part / logs[key].part) if kind == "messages" else 1.0
                    match = Match(
                        key=key,
                        kind=kind,
                        part=part,
                        other_first=False,
                        shift_days=(key[1] - other.day).days,
                        other=other.name,
                    )
                    found[other.name].append((match, other, mine))
        kept: list[tuple[Match, _Seen]] = []
        for pair in found.values():
            ours = [other.at - mine >= CLEARLY_FIRST for _, other, mine in pair]
            theirs = [mine - other.at >= CLEARLY_FIRST for _, other, mine in pair]
            for (match, other, _), we, they in zip(pair, ours, theirs, strict=True):
                if we or (any(ours) and not any(theirs)):
                    continue
                first = they or (any(theirs) and not any(ours))
                kept.append((replace(match, other_first=first), other))
        return kept

    def _remember(
        self,
        known: Known,
        send: Send,
        judged: Mapping[SliceKey, SliceFacts],
        logs: Mapping[SliceKey, Cell],
    ) -> None:
        for key, facts in judged.items():
            for kind, number in _identities(facts, logs[key], send.tells):
                stored = self._logs[kind, key[0], number]
                if len(stored) < 8:
                    stored.append(
                        _Seen(
                            known.name,
                            send.device,
                            key[1],
                            send.at,
                            logs[key].part,
                            facts.counts.total_tokens,
                        )
                    )

    def _settle_others(
        self,
        held: Mapping[SliceKey, tuple[str, ...]],
        matches: list[tuple[Match, _Seen]],
        convincing: Collection[Match],
    ) -> None:
        """Of a copy that neither side had clearly first, the other side is held too."""
        for match, seen in matches:
            if match.other_first or match.key not in held or match not in convincing:
                continue
            other = self.accounts[seen.name]
            place = (seen.device, match.key[0], seen.day)
            if other.accepted.pop(place, None) is not None:
                other.past.pop(place, None)
                other.pending[place] = other.digests.pop(place)
                other.outcome.held[place].add("copy_settled")

    def _over_hard_limit(self, known: Known, send: Send, facts: SliceFacts) -> bool:
        place = (send.device, *facts.key)
        tokens, cost = facts.counts.total_tokens, facts.cost_microusd
        for other, past in known.past.items():
            if other[2] == facts.day and other != place and other not in known.uncounted:
                tokens += past.counts.total_tokens
                cost += past.cost_microusd
        return tokens > HARD_TOKENS or cost > HARD_COST

    def _write(
        self,
        known: Known,
        send: Send,
        judged: Mapping[SliceKey, SliceFacts],
        digests: Mapping[SliceKey, bytes],
        held: Mapping[SliceKey, tuple[str, ...]],
    ) -> None:
        known.first_at = known.first_at or send.at
        gained = 0
        for key, facts in judged.items():
            place = (send.device, *key)
            if key in held:
                known.pending[place] = digests[key]
                known.waiting[place] = PastSlice(
                    client=key[0],
                    day=key[1],
                    device=send.device,
                    counts=facts.counts,
                    cost_microusd=facts.cost_microusd,
                    exact_key=facts.exact_key,
                    shape_key=facts.shape_key,
                    first_seen_at=send.at,
                    hold_codes=held[key],
                )
                known.outcome.held[place].update(held[key])
                continue
            known.pending.pop(place, None)
            known.waiting.pop(place, None)
            before = known.accepted.get(place)
            known.accepted[place] = facts
            known.digests[place] = digests[key]
            known.past[place] = PastSlice(
                client=key[0],
                day=key[1],
                device=send.device,
                counts=facts.counts,
                cost_microusd=facts.cost_microusd,
                exact_key=facts.exact_key,
                shape_key=facts.shape_key,
                first_seen_at=known.past[place].first_seen_at if before else send.at,
            )
            twin = any(
                other[0] != place[0] and other[1:] == place[1:] and digest == digests[key]
                for other, digest in known.digests.items()
            ) if len({other[0] for other in known.digests}) > 1 else False  # fmt: skip
            if twin:
                known.uncounted.add(place)
                continue
            known.uncounted.discard(place)
            gained += facts.counts.total_tokens - (before.counts.total_tokens if before else 0)
        if gained:
            if known.total:
                self._totals.pop(bisect_left(self._totals, known.total))
            known.total += gained
            if known.total:
                insort(self._totals, known.total)


def _identities(facts: SliceFacts, cell: Cell, tells: Tells) -> list[tuple[MatchKind, int]]:
    identities: tuple[tuple[MatchKind, int | None], ...] = (
        ("messages", cell.log if tells.evidence else None),
        ("counts", facts.exact_key),
        ("shape", facts.shape_key),
    )
    return [(kind, number) for kind, number in identities if number]
