"""Judging a report before anything of it is written: facts are read, rules decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import Device, User
from ccgather.ops.runtime import runtime
from submissions.report import UsageReport
from submissions.rules.merge import SliceKey
from submissions.rules.prints import exact_key_of, shape_key_of
from submissions.rules.signals.facts import ReportFacts
from submissions.rules.signals.rivalry import is_narrow
from submissions.rules.signals.weighing import SignalSettings, Verdict, signals_of, verdicts_of
from submissions.services.cohorts import present_cohort
from submissions.services.judging_facts import past_of, slice_facts_of, standing_of
from submissions.services.matching import Candidate, FoundMatch, matches_of
from submissions.services.writing import PricedSlice
from submissions.signal_settings import signal_settings

Keys = tuple[int | None, int | None]
"""A slice's exact and shape key (`submissions.rules.prints`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was found out about slices of a report. Those without a verdict look as usual."""

    verdicts: Mapping[SliceKey, Verdict] = field(default_factory=dict)
    matches: tuple[FoundMatch, ...] = ()
    landed_narrowly: bool = False


def keys_by_slice(*, slices: Sequence[PricedSlice]) -> dict[SliceKey, Keys]:
    """What each slice is found by elsewhere."""
    return {
        (item.client, item.day): (exact_key_of(item.rows), shape_key_of(item.rows))
        for item in slices
    }


def judged(
    *,
    user: User,
    device: Device,
    report: UsageReport,
    slices: Sequence[PricedSlice],
    keys: Mapping[SliceKey, Keys],
    at: datetime,
    settings: SignalSettings | None = None,
) -> Judgement:
    """The verdicts on slices of a report of that device; five queries, seven where another
    account has the same. `settings` are those in force unless others are tried out.

    Writes nothing. The account's lock must be held where what follows is written.
    """
    if not slices:
        return Judgement()
    facts, found = report_facts(
        user=user, device=device, report=report, slices=slices, keys=keys, at=at
    )
    used = settings or signal_settings()
    signals = signals_of(facts=facts, settings=used)
    rival = facts.rival
    return Judgement(
        verdicts=verdicts_of(signals=signals, facts=facts, settings=used),
        matches=found,
        landed_narrowly=rival is not None
        and is_narrow(
            gap_tokens=rival.gap_tokens,
            spacing_tokens=rival.spacing_tokens,
            total=rival.total_after,
        ),
    )


def report_facts(
    *,
    user: User,
    device: Device,
    report: UsageReport,
    slices: Sequence[PricedSlice],
    keys: Mapping[SliceKey, Keys],
    at: datetime,
) -> tuple[ReportFacts, tuple[FoundMatch, ...]]:
    """Everything that is known about those slices, and where their matches were found."""
    wanted = {(item.client, item.day): item for item in slices}
    days = sorted({day for _client, day in wanted})
    past = past_of(user=user, device=device, days=days, judged=wanted.keys())
    before = sum(item.counts.total_tokens for item in past.replaced.values())
    standing = standing_of(
        user=user,
        gained_tokens=sum(item.total_tokens for item in slices) - before,
        at=at,
    )
    found = matches_of(
        user=user,
        candidates=[
            Candidate(
                key=key,
                exact_key=keys[key][0],
                shape_key=keys[key][1],
                sketch=report.sketch_of(key),
                tokens=item.total_tokens,
                versions=past.versions.get(key, ()),
                same_since=past.since.get(keys[key][0] or 0),
            )
            for key, item in wanted.items()
        ],
        history=past.history,
        salt_id=report.salt_id,
        at=at,
        clearly=timedelta(hours=runtime.copies_first_hours),
    )
    facts = ReportFacts(
        at=at,
        account=standing.account,
        slices=tuple(
            slice_facts_of(priced=item, keys=keys[key], hours=report.hours.get(key))
            for key, item in sorted(wanted.items(), key=lambda pair: (pair[0][1], pair[0][0]))
        ),
        history=past.history,
        waiting=past.waiting,
        replaced=past.replaced,
        cohort=present_cohort(),
        matches=tuple(item.match for item in found),
        rival=standing.rival,
        wire_format=report.wire_format,
        collector=report.collector,
        device=str(device.pk),
    )
    return facts, found
