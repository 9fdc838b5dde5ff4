"""The merge rule: what a report does to what is stored, by tables and by properties."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from submissions.rules.merge import (
    MIXED_CLIENT,
    DaySlice,
    MergeContext,
    Mode,
    NotCountedReason,
    Outcome,
    ReportedSlice,
    SliceKey,
    StoredSlice,
    not_counted_of,
    outcomes_of,
)

DAY = date(2026, 11, 20)
ONE_DAY = timedelta(days=1)
CLIENT = "claude"
UTC_MERGE = MergeContext(mode="merge", day_basis="utc", full_history=False, parser_versions={})
LOCAL_MERGE = replace(UTC_MERGE, day_basis="local")
REPLACE = replace(UTC_MERGE, mode="replace")


def stored(tokens: int, *, digest: str = "", parser: int | None = None) -> StoredSlice:
    return StoredSlice(tokens, digest.encode() or b"%d" % tokens, parser)


def reported(tokens: int, *, digest: str = "") -> ReportedSlice:
    return ReportedSlice(tokens, digest.encode() or b"%d" % tokens)


def outcome(before: StoredSlice | None, after: ReportedSlice, context: MergeContext) -> Outcome:
    """What becomes of a slice that is the only one of its report."""
    key = (CLIENT, DAY)
    return outcomes_of(
        stored={} if before is None else {key: before}, reported={key: after}, context=context
    )[key]


def parsing(version: int, *, full: bool = True) -> MergeContext:
    return replace(UTC_MERGE, full_history=full, parser_versions={CLIENT: version})


@pytest.mark.parametrize(
    ("before", "after", "context", "expected"),
    [
        (None, reported(5), UTC_MERGE, Outcome.NEW),
        (None, reported(5), REPLACE, Outcome.NEW),
        (stored(5), reported(5), UTC_MERGE, Outcome.SAME),
        (stored(5), reported(5), REPLACE, Outcome.SAME),
        (stored(5), reported(6), UTC_MERGE, Outcome.GREW),
        (stored(5), reported(6), REPLACE, Outcome.GREW),
        # As many tokens of other models, messages or reported cost: the newer statement stands.
        (stored(5), reported(5, digest="other"), UTC_MERGE, Outcome.GREW),
        (stored(5), reported(4), UTC_MERGE, Outcome.KEPT),
        (stored(5), reported(4), REPLACE, Outcome.REPLACED),
        # A newer parser lowers a day only when its scan was complete and both versions are known.
        (stored(5, parser=1), reported(4), parsing(2), Outcome.CORRECTED),
        (stored(5, parser=1), reported(4), parsing(2, full=False), Outcome.KEPT),
        (stored(5, parser=2), reported(4), parsing(2), Outcome.KEPT),
        (stored(5, parser=3), reported(4), parsing(2), Outcome.KEPT),
        (stored(5, parser=None), reported(4), parsing(2), Outcome.KEPT),
        (stored(5, parser=1), reported(4), replace(UTC_MERGE, full_history=True), Outcome.KEPT),
        # What is asked for outright is named so, also where a newer parser would do it.
        (stored(5, parser=1), reported(4), replace(parsing(2), mode="replace"), Outcome.REPLACED),
        # The only day of a local report is its first: its logs may have aged out.
        (stored(5), reported(4), LOCAL_MERGE, Outcome.KEPT),
    ],
)
def test_one_slice(
    before: StoredSlice | None, after: ReportedSlice, context: MergeContext, expected: Outcome
) -> None:
    assert outcome(before, after, context) is expected


def test_a_parser_version_of_another_client_permits_nothing() -> None:
    context = replace(UTC_MERGE, full_history=True, parser_versions={"codex": 9})
    assert outcome(stored(5, parser=1), reported(4), context) is Outcome.KEPT


LOCAL_DAYS = [
    # (stored by day, reported by day, outcome by day), from the first reported day on
    pytest.param((10, 100, 50), (10, 90, 60), "same moved grew", id="a later neighbour gains it"),
    pytest.param((10, 50, 100), (10, 60, 90), "same grew moved", id="an earlier one gains it"),
    pytest.param((10, 100, 50), (10, 90, 59), "same kept grew", id="a token is missing"),
    pytest.param((10, 100, 50), (10, 90, 70), "same moved grew", id="more than it comes back"),
    pytest.param(
        (100, 50, 10), (90, 60, 10), "kept grew same", id="the first day is never lowered"
    ),
    pytest.param((10, 100, None), (10, 90, 10), "same moved new", id="a day that was empty"),
    pytest.param((10, 100, 50, 0), (10, 90, 50, 10), "same kept same grew", id="two days away"),
    # Somebody flies west: every day hands some on to the next.
    pytest.param(
        (10, 30, 30, 30, None), (10, 25, 30, 30, 5), "same kept same same new", id="far apart"
    ),
]


def _by_day(tokens: Sequence[int | None]) -> dict[SliceKey, int]:
    days = ((CLIENT, DAY + index * ONE_DAY) for index in range(len(tokens)))
    return {key: count for key, count in zip(days, tokens, strict=True) if count is not None}


@pytest.mark.parametrize(("before", "after", "expected"), LOCAL_DAYS)
def test_local_days_hand_usage_to_their_neighbours(
    before: Sequence[int | None], after: Sequence[int | None], expected: str
) -> None:
    found = outcomes_of(
        stored={key: stored(tokens) for key, tokens in _by_day(before).items()},
        reported={key: reported(tokens) for key, tokens in _by_day(after).items()},
        context=LOCAL_MERGE,
    )
    assert [found[key].name.lower() for key in sorted(found)] == expected.split()


def test_a_neighbour_that_the_report_does_not_name_counts_as_it_stands() -> None:
    before = {(CLIENT, DAY + n * ONE_DAY): stored(100) for n in range(3)}
    after = {(CLIENT, DAY): reported(100), (CLIENT, DAY + ONE_DAY): reported(99)}
    found = outcomes_of(stored=before, reported=after, context=LOCAL_MERGE)
    assert found[CLIENT, DAY + ONE_DAY] is Outcome.KEPT
    after[CLIENT, DAY] = reported(101)
    found = outcomes_of(stored=before, reported=after, context=LOCAL_MERGE)
    assert found[CLIENT, DAY + ONE_DAY] is Outcome.MOVED


def test_neighbours_are_those_of_the_same_client() -> None:
    before = {(CLIENT, DAY): stored(1), (CLIENT, DAY + ONE_DAY): stored(100)}
    after = {
        (CLIENT, DAY): reported(1),
        (CLIENT, DAY + ONE_DAY): reported(90),
        ("codex", DAY + ONE_DAY): reported(10),
    }
    found = outcomes_of(stored=before, reported=after, context=LOCAL_MERGE)
    assert found[CLIENT, DAY + ONE_DAY] is Outcome.KEPT


def test_the_first_day_is_that_of_each_client() -> None:
    before = {("codex", DAY): stored(100), ("codex", DAY + ONE_DAY): stored(1)}
    after = {
        (CLIENT, DAY - ONE_DAY): reported(1),
        ("codex", DAY): reported(90),
        ("codex", DAY + ONE_DAY): reported(11),
    }
    found = outcomes_of(stored=before, reported=after, context=LOCAL_MERGE)
    assert found["codex", DAY] is Outcome.KEPT


def test_utc_days_hand_nothing_on() -> None:
    before = {(CLIENT, DAY + n * ONE_DAY): stored(100) for n in range(3)}
    after = {
        (CLIENT, DAY + n * ONE_DAY): reported(tokens) for n, tokens in enumerate((100, 90, 110))
    }
    found = outcomes_of(stored=before, reported=after, context=UTC_MERGE)
    assert found[CLIENT, DAY + ONE_DAY] is Outcome.KEPT


@pytest.mark.parametrize("member", Outcome)
def test_only_same_and_kept_write_nothing(member: Outcome) -> None:
    assert member.writes is (member not in {Outcome.SAME, Outcome.KEPT})


# --- What counts ------------------------------------------------------------------------------

COVERED, SAME = NotCountedReason.COVERED, NotCountedReason.SAME_ON_OTHER_DEVICE
COUNTING = [
    pytest.param([], {}, id="nothing"),
    pytest.param(["a claude 10 x"], {}, id="one slice"),
    pytest.param(["a claude 10 x", "b claude 10 x"], {2: SAME}, id="one log on two devices"),
    pytest.param(["a claude 10 x", "b claude 10 y"], {}, id="two logs of one size"),
    pytest.param(["a claude 10 x", "b codex 10 x"], {}, id="one digest under two clients"),
    pytest.param(
        ["a claude 10 x", "b claude 10 x", "c claude 10 x"], {2: SAME, 3: SAME}, id="three devices"
    ),
    pytest.param(["a ccusage 10 x", "a claude 9 y"], {2: COVERED}, id="the mixed day is larger"),
    pytest.param(["a ccusage 10 x", "a claude 11 y"], {1: COVERED}, id="the own day is larger"),
    pytest.param(["a ccusage 10 x", "a claude 10 y"], {1: COVERED}, id="the tools' own on a tie"),
    pytest.param(
        ["a ccusage 10 x", "a claude 6 y", "a codex 5 z"], {1: COVERED}, id="own days together"
    ),
    pytest.param(
        ["a ccusage 12 x", "a claude 6 y", "a codex 5 z"],
        {2: COVERED, 3: COVERED},
        id="every own day is covered",
    ),
    pytest.param(["a ccusage 10 x", "b claude 9 y"], {}, id="mixed and own on two devices"),
    pytest.param(
        ["a ccusage 10 x", "a claude 9 y", "b claude 9 y"],
        {2: COVERED},
        id="a covered slice hides no other device's",
    ),
    pytest.param(["a ccusage 10 x", "b ccusage 10 x"], {2: SAME}, id="two equal mixed days"),
]


def _slices(lines: Sequence[str]) -> list[DaySlice]:
    """`device client tokens digest`; the order is the position, from 1."""
    found = []
    for order, line in enumerate(lines, start=1):
        device, client, tokens, digest = line.split()
        found.append(
            DaySlice(
                order=order,
                device=device,
                client=client,
                total_tokens=int(tokens),
                digest=digest.encode(),
            )
        )
    return found


@pytest.mark.parametrize(("lines", "expected"), COUNTING)
def test_what_of_a_day_adds_nothing(
    lines: Sequence[str], expected: Mapping[int, NotCountedReason]
) -> None:
    for order in permutations(_slices(lines)):
        assert not_counted_of(order) == expected


# --- Properties -------------------------------------------------------------------------------

Report = Mapping[SliceKey, int]
KEYS = st.tuples(
    st.sampled_from([CLIENT, "codex", MIXED_CLIENT]),
    st.integers(0, 4).map(lambda n: DAY + n * ONE_DAY),
)
REPORTS = st.dictionaries(KEYS, st.integers(1, 6), max_size=8)
MODES: st.SearchStrategy[Mode] = st.sampled_from(["merge", "replace"])


@dataclass(frozen=True)
class Sent:
    """A report of one device: tokens by slice, and what it says of itself."""

    rows: Report
    mode: Mode
    local: bool
    full: bool
    parser: int | None

    @property
    def context(self) -> MergeContext:
        return MergeContext(
            mode=self.mode,
            day_basis="local" if self.local else "utc",
            full_history=self.full,
            parser_versions={}
            if self.parser is None
            else dict.fromkeys((CLIENT, "codex", MIXED_CLIENT), self.parser),
        )


SENT = st.builds(
    Sent,
    rows=REPORTS,
    mode=MODES,
    local=st.booleans(),
    full=st.booleans(),
    parser=st.none() | st.integers(1, 3),
)
PLAIN = st.builds(
    Sent, rows=REPORTS, mode=st.just("merge"), local=st.just(False), full=st.just(False),
    parser=st.none(),
)  # fmt: skip
Stored = dict[SliceKey, StoredSlice]


def outcomes(before: Stored, sent: Sent) -> dict[SliceKey, Outcome]:
    return outcomes_of(
        stored=before,
        reported={key: reported(tokens) for key, tokens in sent.rows.items()},
        context=sent.context,
    )


def merged(before: Stored, sent: Sent) -> Stored:
    """A device's slices after a report, as the service stores them."""
    after = dict(before)
    for key, found in outcomes(before, sent).items():
        if found.writes:
            after[key] = stored(sent.rows[key], parser=sent.parser)
    return after


def after_all(reports: Sequence[Sent]) -> Stored:
    now: Stored = {}
    for sent in reports:
        now = merged(now, sent)
    return now


def counted_tokens(devices: Mapping[str, Stored]) -> dict[date, int]:
    """What counts of each day over several devices; slices that came first have lower numbers."""
    lines = [
        (day, device, client, slice_)
        for device, slices in devices.items()
        for (client, day), slice_ in slices.items()
    ]
    sums: dict[date, int] = {}
    for wanted in {day for day, *_ in lines}:
        day_slices = [
            DaySlice(
                order=order,
                device=device,
                client=client,
                total_tokens=slice_.total_tokens,
                digest=slice_.digest,
            )
            for order, (day, device, client, slice_) in enumerate(lines)
            if day == wanted
        ]
        left_out = not_counted_of(day_slices)
        sums[wanted] = sum(s.total_tokens for s in day_slices if s.order not in left_out)
    return sums


@given(before=st.lists(SENT, max_size=4), sent=SENT)
def test_merging_the_same_report_twice_is_merging_it_once(before: list[Sent], sent: Sent) -> None:
    once = merged(after_all(before), sent)
    assert merged(once, sent) == once
    assert not any(found.writes for found in outcomes(once, sent).values())


@given(first=st.lists(SENT, max_size=3), second=st.lists(SENT, max_size=3), data=st.data())
def test_the_order_of_reports_of_different_devices_does_not_matter(
    first: list[Sent], second: list[Sent], data: st.DataObject
) -> None:
    order = data.draw(st.permutations([*("a" * len(first)), *("b" * len(second))]))
    left = {"a": iter(first), "b": iter(second)}
    devices: dict[str, Stored] = {}
    for device in order:
        devices[device] = merged(devices.get(device, {}), next(left[device]))
    expected = {"b": after_all(second), "a": after_all(first)}
    assert counted_tokens(devices) == counted_tokens(expected)


@given(before=st.lists(SENT, max_size=4), sent=SENT)
def test_nothing_falls_without_one_of_the_three_permissions(before: list[Sent], sent: Sent) -> None:
    was = after_all(before)
    now = merged(was, sent)
    assert now.keys() >= was.keys()
    for key, old in was.items():
        if now[key].total_tokens < old.total_tokens:
            asked = sent.mode == "replace"
            newer = (
                sent.full
                and sent.parser is not None
                and old.parser_version is not None
                and sent.parser > old.parser_version
            )
            first = min(day for client, day in sent.rows if client == key[0])
            around = [(key[0], key[1] + n * ONE_DAY) for n in (-1, 0, 1)]
            says = sum(
                sent.rows.get(k, was[k].total_tokens if k in was else 0) for k in around
            )  # what the report says of those days, or what stands where it is silent
            stood = sum(was[k].total_tokens for k in around if k in was)
            moved = sent.local and key[1] != first and says >= stood
            assert asked or newer or moved


@given(devices=st.dictionaries(st.sampled_from("abc"), st.lists(SENT, min_size=1, max_size=3)))
def test_totals_never_exceed_the_largest_statement_of_each_device(
    devices: dict[str, list[Sent]],
) -> None:
    largest: dict[tuple[str, SliceKey], int] = {}
    for device, reports in devices.items():
        for sent in reports:
            for key, tokens in sent.rows.items():
                largest[device, key] = max(tokens, largest.get((device, key), 0))
    counted = counted_tokens({device: after_all(reports) for device, reports in devices.items()})
    for day, tokens in counted.items():
        assert tokens <= sum(most for (_, (_, d)), most in largest.items() if d == day)


@given(reports=st.lists(PLAIN, max_size=4), data=st.data())
def test_plain_reports_of_one_device_come_to_their_largest_statements(
    reports: list[Sent], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(reports))
    tokens = {key: slice_.total_tokens for key, slice_ in after_all(shuffled).items()}
    keys = {key for sent in reports for key in sent.rows}
    assert tokens == {key: max(sent.rows.get(key, 0) for sent in reports) for key in keys}


@given(devices=st.dictionaries(st.sampled_from("abc"), st.lists(SENT, min_size=1, max_size=3)))
def test_counting_leaves_the_larger_side_of_everything_seen_twice(
    devices: dict[str, list[Sent]],
) -> None:
    now = {device: after_all(reports) for device, reports in devices.items()}
    for day, counted in counted_tokens(now).items():
        for slices in now.values():
            own = sum(
                s.total_tokens for (c, d), s in slices.items() if d == day and c != MIXED_CLIENT
            )
            mixed = slices.get((MIXED_CLIENT, day))
            assert counted >= max(own, mixed.total_tokens if mixed else 0)
