"""One person's reports judged once more in their order, in memory, under settings of one's choice.

The rules are those of a submission: the same merge, the same hard limits, the same signals. What
counted before the first report of the retrial is its history; after that each retrial makes its
own, so that what would have waited did not make the days after it look usual.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from submissions.report import UsageReport, UsageRow
from submissions.rules.digests import content_digest_of, usage_digest_of
from submissions.rules.holds import (
    HardLimits,
    HoldReason,
    hard_limit_reason_of,
    is_approval_covering,
)
from submissions.rules.merge import (
    MergeContext,
    Mode,
    Outcome,
    ReportedSlice,
    SliceKey,
    StoredSlice,
    outcomes_of,
)
from submissions.rules.signals.facts import (
    AccountFacts,
    Cohort,
    Match,
    PastSlice,
    ReportFacts,
)
from submissions.rules.signals.weighing import SignalSettings, Verdict, signals_of, verdicts_of
from submissions.services.judging import Keys, keys_by_slice
from submissions.services.judging_facts import (
    HISTORY_DAYS,
    HISTORY_SLICES,
    TRUSTED_AFTER,
    TRUSTED_DAYS,
    slice_facts_of,
)
from submissions.services.writing import PricedSlice, price_slice

type VersionKey = tuple[str, str, date]
"""(device, client, day)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """What a retrial goes by."""

    signals: SignalSettings
    limits: HardLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMatch:
    """A match with another account that was found when the person's report came."""

    match: Match
    found_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonThen:
    """What is stored of a person and can be told as of an earlier moment.

    `approved` are tokens that a reviewer approved; `uncounted` slices that the same usage counts
    for elsewhere; `rejected` the days that were not accepted, and when.
    """

    user_id: UUID
    username: str
    first_submission_at: datetime | None
    trusted_at: datetime | None = None
    reported_at: tuple[datetime, ...] = ()
    rejected: tuple[tuple[date, datetime], ...] = ()
    approved: Mapping[VersionKey, int] = field(default_factory=dict)
    uncounted: frozenset[VersionKey] = frozenset()
    matches: Mapping[VersionKey, tuple[KnownMatch, ...]] = field(default_factory=dict)

    def account_at(self, *, at: datetime, active_days: int) -> AccountFacts:
        """The account as it was."""
        rejected = len({day for day, when in self.rejected if when <= at})
        clean = max(0, active_days - rejected)
        first = self.first_submission_at
        first = first if first is not None and first < at else None
        long_clean = (
            first is not None
            and clean >= TRUSTED_DAYS
            and not rejected
            and at - first >= TRUSTED_AFTER
        )
        return AccountFacts(
            first_submission_at=first,
            clean_days=clean,
            trusted=long_clean or (self.trusted_at is not None and self.trusted_at <= at),
            reports_against=sum(when <= at for when in self.reported_at),
            rejected_days=rejected,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version of a slice that counts in the retrial."""

    past: PastSlice
    digest: bytes
    parser_version: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A version that would wait."""

    digest: bytes
    tokens: int
    weight: float
    reasons: tuple[HoldReason, ...]
    past: PastSlice


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One report as it came: from which device, when, and in which mode."""

    report: UsageReport
    device: str
    at: datetime
    mode: Mode


@dataclass(slots=True)
class Retrial:
    """The course of one person's reports under one set of thresholds; `held` is how it ends."""

    person: PersonThen
    thresholds: Thresholds
    cohort: Cohort
    versions: dict[VersionKey, Version] = field(default_factory=dict)
    held: dict[VersionKey, Held] = field(default_factory=dict)
    judged: int = 0

    def hear(self, hearing: Hearing) -> None:
        """Takes the next report in."""
        slices: dict[SliceKey, list[UsageRow]] = {}
        for row in hearing.report.rows:
            if row.total_tokens:
                slices.setdefault((row.client, row.day), []).append(row)
        digests = {key: content_digest_of(rows) for key, rows in slices.items()}
        candidates = self._candidates(hearing, slices=slices, digests=digests)
        priced = [
            price_slice(
                client=key[0],
                day=key[1],
                rows=slices[key],
                digest=usage_digest_of(slices[key]),
                content_digest=digests[key],
            )
            for key in candidates
        ]
        if not priced:
            return
        self.judged += len(priced)
        keys = keys_by_slice(slices=priced)
        verdicts = self._verdicts(hearing, priced=priced, keys=keys)
        for item in priced:
            self._settle(hearing, item, keys[item.client, item.day], verdicts)

    def _candidates(
        self,
        hearing: Hearing,
        *,
        slices: Mapping[SliceKey, Sequence[UsageRow]],
        digests: Mapping[SliceKey, bytes],
    ) -> list[SliceKey]:
        """The slices that would change something, by day."""
        device, report = hearing.device, hearing.report
        stored = {
            key[1:]: StoredSlice(
                total_tokens=version.past.counts.total_tokens,
                digest=version.digest,
                parser_version=version.parser_version,
            )
            for key, version in self.versions.items()
            if key[0] == device
        }
        outcomes = outcomes_of(
            stored=stored,
            reported={
                key: ReportedSlice(
                    total_tokens=sum(row.total_tokens for row in rows), digest=digests[key]
                )
                for key, rows in slices.items()
            },
            context=MergeContext(
                mode=hearing.mode,
                day_basis=report.day_basis,
                full_history=report.full_history,
                parser_versions=report.parser_versions,
            ),
        )
        found = []
        for key in sorted(slices, key=lambda key: (key[1], key[0])):
            waiting = self.held.get((device, *key))
            if outcomes[key] is Outcome.SAME:
                self.held.pop((device, *key), None)
            elif outcomes[key] is not Outcome.KEPT and (
                waiting is None or waiting.digest != digests[key]
            ):
                found.append(key)
        return found

    def _verdicts(
        self, hearing: Hearing, *, priced: Sequence[PricedSlice], keys: Mapping[SliceKey, Keys]
    ) -> Mapping[SliceKey, Verdict]:
        judged = {(item.client, item.day) for item in priced}
        replaced = {
            key: self.versions[hearing.device, *key].past
            for key in judged
            if (hearing.device, *key) in self.versions
        }
        facts = ReportFacts(
            at=hearing.at,
            account=self.person.account_at(
                at=hearing.at, active_days=len({key[2] for key in self.versions})
            ),
            slices=tuple(
                slice_facts_of(
                    priced=item,
                    keys=keys[item.client, item.day],
                    hours=hearing.report.hours.get((item.client, item.day)),
                )
                for item in priced
            ),
            history=self._history(device=hearing.device, judged=judged, last=priced[-1].day),
            waiting=tuple(
                held.past
                for key, held in self.held.items()
                if not (key[0] == hearing.device and key[1:] in judged)
            ),
            replaced=replaced,
            cohort=self.cohort,
            matches=tuple(
                known.match
                for key in sorted(judged)
                for known in self.person.matches.get((hearing.device, *key), ())
                if known.found_at <= hearing.at
            ),
            wire_format=hearing.report.wire_format,
            collector=hearing.report.collector,
            device=hearing.device,
        )
        signals = signals_of(facts=facts, settings=self.thresholds.signals)
        return verdicts_of(signals=signals, facts=facts, settings=self.thresholds.signals)

    def _history(self, *, device: str, judged: set[SliceKey], last: date) -> tuple[PastSlice, ...]:
        first = min(last - timedelta(days=HISTORY_DAYS), *(day for _client, day in judged))
        until = last + timedelta(days=1)
        found = [
            version.past
            for key, version in self.versions.items()
            if first <= key[2] <= until
            and not (key[0] == device and key[1:] in judged)
            and key not in self.person.uncounted
        ]
        found.sort(key=lambda past: (past.day, past.device, past.client))
        return tuple(found[-HISTORY_SLICES:])

    def _settle(
        self,
        hearing: Hearing,
        item: PricedSlice,
        keys: Keys,
        verdicts: Mapping[SliceKey, Verdict],
    ) -> None:
        key = (hearing.device, item.client, item.day)
        reasons, weight = self._reasons(key, item, verdicts.get((item.client, item.day)))
        facts = slice_facts_of(priced=item, keys=keys, hours=None)
        past = PastSlice(
            client=item.client,
            day=item.day,
            device=hearing.device,
            counts=facts.counts,
            cost_microusd=item.cost_microusd,
            exact_key=keys[0],
            shape_key=keys[1],
            first_seen_at=hearing.at,
            hold_codes=tuple(reason.code for reason in reasons),
        )
        if reasons:
            self.held[key] = Held(
                digest=item.content_digest,
                tokens=item.total_tokens,
                weight=weight,
                reasons=reasons,
                past=past,
            )
            return
        self.held.pop(key, None)
        self.versions[key] = Version(
            past=past,
            digest=item.content_digest,
            parser_version=hearing.report.parser_versions.get(item.client),
        )

    def _reasons(
        self, key: VersionKey, item: PricedSlice, verdict: Verdict | None
    ) -> tuple[tuple[HoldReason, ...], float]:
        if is_approval_covering(
            approved_tokens=self.person.approved.get(key), tokens=item.total_tokens
        ):
            return (), 0.0
        others = [
            version.past
            for other, version in self.versions.items()
            if other[2] == item.day and other != key and other not in self.person.uncounted
        ]
        limit = hard_limit_reason_of(
            slice_tokens=item.total_tokens,
            slice_cost_microusd=item.cost_microusd,
            other_tokens=sum(past.counts.total_tokens for past in others),
            other_cost_microusd=sum(past.cost_microusd for past in others),
            limits=self.thresholds.limits,
        )
        reasons = [limit] if limit else []
        if verdict is not None and (verdict.hold or reasons):
            reasons.extend(verdict.reasons)
        weight = (verdict.weight if verdict else 0.0) + (limit.weight if limit else 0.0)
        return tuple(reasons), weight if reasons else 0.0
