"""The rules of badges: by a table, and by properties."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.rules.badges import (
    BADGES,
    BADGES_BY_ID,
    AmongFirst,
    AtRank,
    Facts,
    RanksGained,
    Rarity,
)
from leaderboard.rules.badges.facts import badge_family_of, family_tokens_of, hour_facts_of

OF_SNAPSHOTS = {
    badge.id for badge in BADGES if isinstance(badge.rule, AtRank | RanksGained | AmongFirst)
}
M = 1_000_000


def earned(facts: Facts) -> set[str]:
    """The badges that these facts have earned."""
    return {badge.id for badge in BADGES if badge.rule.progress(facts=facts).is_met}


def lost(badge: str, facts: Facts, *, basis: int) -> bool:
    return BADGES_BY_ID[badge].rule.is_lost(facts=facts, basis=basis)


def test_the_catalogue_has_every_badge_once_and_says_something_of_each() -> None:
    assert len(BADGES) == len(BADGES_BY_ID) == 28
    assert {
        "top_50",
        "podium",
        "global_champion",
        "national_champion",
        "rising_star",
        "trailblazer",
    } == OF_SNAPSHOTS
    for badge in BADGES:
        assert badge.name
        assert badge.icon
        assert badge.sentence.endswith(".")
        assert len(badge.id) <= 32
    assert {badge.rarity for badge in BADGES} == set(Rarity)


@pytest.mark.parametrize(
    ("badge", "below", "reached"),
    [
        ("streak_7", {"longest_streak": 6}, {"longest_streak": 7}),
        ("streak_14", {"longest_streak": 13}, {"longest_streak": 14}),
        ("streak_30", {"longest_streak": 29}, {"longest_streak": 30}),
        ("streak_60", {"longest_streak": 59}, {"longest_streak": 60}),
        ("streak_90", {"longest_streak": 89}, {"longest_streak": 90}),
        ("streak_180", {"longest_streak": 179}, {"longest_streak": 180}),
        ("streak_365", {"longest_streak": 364}, {"longest_streak": 365}),
        ("first_million", {"lifetime_tokens": M - 1}, {"lifetime_tokens": M}),
        ("hundred_million", {"lifetime_tokens": 100 * M - 1}, {"lifetime_tokens": 100 * M}),
        ("billion_club", {"lifetime_tokens": 1000 * M - 1}, {"lifetime_tokens": 1000 * M}),
        ("ten_billion_club", {"lifetime_tokens": 10**10 - 1}, {"lifetime_tokens": 10**10}),
        ("big_spender", {"cost_microusd": 5_000 * M - 1}, {"cost_microusd": 5_000 * M}),
        ("whale", {"cost_microusd": 10_000 * M - 1}, {"cost_microusd": 10_000 * M}),
        (
            "model_explorer",
            {"family_tokens": {"opus": 10**5, "gpt": 10**5, "gemini": 10**5 - 1}},
            {"family_tokens": {"opus": 10**5, "gpt": 10**5, "gemini": 10**5}},
        ),
        ("polyglot", {"clients": 3}, {"clients": 4}),
        ("early_bird", {"early_days": 19}, {"early_days": 20}),
        ("night_owl", {"late_days": 19}, {"late_days": 20}),
        ("weekend_warrior", {"weekend_days": 19}, {"weekend_days": 20}),
        (
            "verified_streak",
            {"clean_days": 89, "unrejected_days": 400},
            {"clean_days": 90, "unrejected_days": 90},
        ),
    ],
)
def test_a_badge_is_earned_at_its_threshold_and_not_before(
    badge: str, below: dict[str, object], reached: dict[str, object]
) -> None:
    assert badge not in earned(Facts(**below))  # type: ignore[arg-type]
    assert badge in earned(Facts(**reached))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("badge", "family"),
    [("opus_connoisseur", "opus"), ("sonnet_master", "sonnet"), ("haiku_ninja", "haiku")],
)
@pytest.mark.parametrize(
    ("tokens", "total", "is_earned"),
    [
        (7 * M, 10 * M, True),
        (7 * M - 1, 10 * M, False),
        (10 * M - 1, 10 * M - 1, False),
        (69 * M, 100 * M, False),
        (70 * M, 100 * M, True),
    ],
)
def test_a_family_needs_seven_tenths_of_ten_million_or_more(
    badge: str, family: str, tokens: int, total: int, is_earned: bool
) -> None:
    facts = Facts(lifetime_tokens=total, family_tokens={family: tokens})
    assert (badge in earned(facts)) is is_earned
    assert 0 <= BADGES_BY_ID[badge].rule.progress(facts=facts).fraction <= 1


def test_ranks_are_never_earned_by_usage() -> None:
    facts = Facts(
        lifetime_tokens=10**12, longest_streak=999, rank_world=1, rank_country=1, clean_days=999
    )
    assert not earned(facts) & OF_SNAPSHOTS
    assert BADGES_BY_ID["top_50"].rule.progress(facts=facts).fraction == 1
    assert (
        BADGES_BY_ID["top_50"].rule.progress(facts=replace(facts, rank_world=100)).fraction == 0.5
    )


def test_more_of_another_family_takes_nothing_but_less_of_its_own_does() -> None:
    grown = Facts(lifetime_tokens=100 * M, family_tokens={"opus": 8 * M, "gpt": 92 * M})
    assert not lost("opus_connoisseur", grown, basis=8 * M)
    shrunk = Facts(lifetime_tokens=99 * M, family_tokens={"opus": 7 * M, "gpt": 92 * M})
    assert lost("opus_connoisseur", shrunk, basis=8 * M)
    few = Facts(lifetime_tokens=9 * M, family_tokens={"opus": 8 * M})
    assert lost("opus_connoisseur", few, basis=8 * M)


def test_a_move_to_another_zone_takes_nothing_but_days_that_went_do() -> None:
    moved = Facts(early_days=0, days_with_hours=60)
    assert not lost("early_bird", moved, basis=60)
    assert lost("early_bird", replace(moved, days_with_hours=30), basis=60)


def test_a_hold_takes_no_clean_sheet_and_a_rejection_does() -> None:
    assert not lost("verified_streak", Facts(clean_days=3, unrejected_days=95), basis=90)
    assert lost("verified_streak", Facts(clean_days=3, unrejected_days=89), basis=90)


_FACTS = st.builds(
    Facts,
    lifetime_tokens=st.integers(0, 2 * 10**10),
    cost_microusd=st.integers(0, 2 * 10**10),
    longest_streak=st.integers(0, 400),
    weekend_days=st.integers(0, 60),
    clients=st.integers(0, 8),
    clean_days=st.integers(0, 200),
    unrejected_days=st.just(200),
    family_tokens=st.dictionaries(
        st.sampled_from(["opus", "sonnet", "haiku", "gpt"]), st.integers(0, 10**8)
    ),
    early_days=st.integers(0, 40),
    late_days=st.integers(0, 40),
    days_with_hours=st.just(90),
)


@given(_FACTS)
def test_progress_lies_between_nothing_and_all_and_is_all_when_earned(facts: Facts) -> None:
    for badge in BADGES:
        progress = badge.rule.progress(facts=facts)
        assert 0 <= progress.fraction <= 1
        if progress.is_met:
            assert progress.fraction == 1


@given(_FACTS)
def test_what_has_just_been_earned_is_not_lost(facts: Facts) -> None:
    for badge in BADGES:
        if badge.rule.progress(facts=facts).is_met:
            basis = badge.rule.rests_on(facts=facts)
            assert not badge.rule.is_lost(facts=facts, basis=basis)


@given(_FACTS, st.integers(0, 10**9), st.integers(0, 300))
def test_more_usage_takes_no_badge(facts: Facts, tokens: int, days: int) -> None:
    more = replace(
        facts,
        lifetime_tokens=facts.lifetime_tokens + tokens,
        cost_microusd=facts.cost_microusd + tokens,
        longest_streak=facts.longest_streak + days,
        weekend_days=facts.weekend_days + days,
        family_tokens={**facts.family_tokens, "gemini": tokens},
    )
    for badge in BADGES:
        if badge.rule.progress(facts=facts).is_met:
            basis = badge.rule.rests_on(facts=facts)
            assert not badge.rule.is_lost(facts=more, basis=basis)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("claude-opus-4-5", "opus"),
        ("claude-sonnet-4-5", "sonnet"),
        ("claude-3-5-haiku", "haiku"),
        ("gpt-5.2-codex", "gpt"),
        ("gpt-4.1", "gpt"),
        ("o3", "gpt"),
        ("gemini-3-pro", "gemini"),
        ("google/gemini-3-flash", "gemini"),
        ("grok-code-fast-1", "grok"),
        ("phi-4-mini", "phi"),
        ("phi-5", "phi"),
        ("unknown", ""),
        ("", ""),
    ],
)
def test_a_model_has_one_family(model: str, family: str) -> None:
    assert badge_family_of(model) == family


def test_models_of_a_family_add_up() -> None:
    models = [("gpt-5", 60_000), ("o3", 40_000), ("claude-opus-4-5", 7), ("unknown", 9)]
    assert family_tokens_of(models) == {"gpt": 100_000, "opus": 7}


def hours(*used: int) -> list[int]:
    """24 counts with something in those hours."""
    return [int(hour in used) for hour in range(24)]


DAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("zone", "hour", "early", "late"),
    [
        ("UTC", 6, 1, 0),
        ("UTC", 7, 0, 0),
        ("UTC", 22, 0, 0),
        ("UTC", 23, 0, 1),
        ("Asia/Seoul", 14, 0, 1),
        ("Asia/Seoul", 15, 1, 0),
        ("Asia/Kolkata", 1, 1, 0),
        ("Asia/Kolkata", 17, 0, 0),
        ("Asia/Kolkata", 18, 0, 1),
        ("America/New_York", 3, 0, 1),
    ],
)
def test_hours_are_those_of_the_persons_own_zone(
    zone: str, hour: int, early: int, late: int
) -> None:
    found = hour_facts_of([(DAY, hours(hour))], zone=ZoneInfo(zone))
    assert (found.early_days, found.late_days, found.days_with_hours) == (early, late, 1)


def test_a_day_counts_once_however_many_slices_and_hours_it_has() -> None:
    slices = [(DAY, hours(1, 2, 23)), (DAY, hours(3)), (DAY + timedelta(days=1), hours(12))]
    found = hour_facts_of(slices, zone=ZoneInfo("UTC"))
    assert (found.early_days, found.late_days, found.days_with_hours) == (1, 1, 2)


def test_the_night_the_clocks_change_has_the_hours_that_it_had() -> None:
    # In New York 2026-03-08 goes from 01:59 to 03:00, at 07:00 UTC.
    zone = ZoneInfo("America/New_York")
    assert hour_facts_of([(date(2026, 3, 8), hours(10))], zone=zone).early_days == 1
    assert hour_facts_of([(date(2026, 3, 8), hours(11))], zone=zone).early_days == 0
    assert hour_facts_of([(date(2026, 3, 7), hours(11))], zone=zone).early_days == 1
