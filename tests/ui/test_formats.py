"""Numbers, money and time as people read them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from ccgather.ui import formats
from ccgather.ui.countries import COUNTRIES, country_name, is_country

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
MOST = 2**53


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (0, "0"),
        (999, "999"),
        (1_000, "1K"),
        (1_234, "1.23K"),
        (12_345, "12.3K"),
        (123_456, "123K"),
        (999_999, "999K"),
        (1_000_000, "1M"),
        (1_050_000, "1.05M"),
        (1_234_567_890, "1.23B"),
        (5_600_000_000_000, "5.6T"),
        (9_007_199_254_740_991, "9Q"),
        (-1_500, "-1.5K"),
    ],
)
def test_a_count_has_three_digits_and_a_suffix(tokens: int, words: str) -> None:
    assert formats.tokens_compact(tokens) == words


def test_a_count_is_cut_so_that_nobody_seems_to_have_reached_a_round_number() -> None:
    assert formats.tokens_compact(999_999_999) == "999M"


def test_trailing_noughts_before_the_suffix_stay() -> None:
    assert formats.tokens_compact(100_000) == "100K"
    assert formats.tokens_compact(10_000_000) == "10M"


def test_an_exact_count_is_grouped() -> None:
    assert formats.tokens_exact(1_234_567) == "1,234,567"


def test_counts_follow_the_locale() -> None:
    with translation.override("es"):
        assert formats.tokens_compact(1_234_567) == "1,23M"


@pytest.mark.parametrize(
    ("microusd", "words"),
    [
        (None, "—"),
        (0, "$0.00"),
        (1, "<$0.01"),
        (9_999, "<$0.01"),
        (10_000, "$0.01"),
        (1_234_560_000, "$1,234.56"),
        (1_235_000, "$1.24"),
    ],
)
def test_a_cost_has_cents(microusd: int | None, words: str) -> None:
    assert formats.cost(microusd) == words


@pytest.mark.parametrize(
    ("microusd", "words"),
    [(None, "—"), (999_990_000, "$999.99"), (1_234_560_000, "$1.23K"), (2_000_000_000_000, "$2M")],
)
def test_a_large_cost_is_told_in_few_digits(microusd: int | None, words: str) -> None:
    assert formats.cost_compact(microusd) == words


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (0, "0"),
        (1, "<1K"),
        (999, "<1K"),
        (1_000, "1K–5K"),
        (4_999, "1K–5K"),
        (5_000, "5K–10K"),
        (12_345_678, "10M–50M"),
        (99_999_999, "50M–100M"),
        (100_000_000, "100M–500M"),
    ],
)
def test_a_band_begins_at_one_or_five_times_a_power_of_ten(tokens: int, words: str) -> None:
    assert formats.band_of(tokens) == words


@given(st.integers(min_value=1, max_value=MOST))
def test_a_band_holds_its_amount(amount: int) -> None:
    lower, upper = formats.band_bounds_of(amount)
    assert lower <= amount < upper


@given(st.integers(min_value=0, max_value=MOST), st.integers(min_value=0, max_value=MOST))
def test_everybody_in_a_band_reads_the_same(one: int, other: int) -> None:
    same_band = formats.band_bounds_of(one) == formats.band_bounds_of(other)
    assert same_band == (formats.band_of(one) == formats.band_of(other))


@pytest.mark.parametrize(
    ("microusd", "words"),
    [
        (None, "—"),
        (0, "$0"),
        (500_000, "<$1"),
        (30_000_000, "<$1K"),
        (1_200_000_000, "$1K–$5K"),
    ],
)
def test_a_cost_has_bands_too(microusd: int | None, words: str) -> None:
    assert formats.cost_band(microusd) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0%"), (0.0004, "<0.1%"), (0.123, "12.3%"), (0.9996, ">99.9%"), (1, "100%")],
)
def test_a_share_never_claims_to_be_nothing_or_all(share: float, words: str) -> None:
    assert formats.percent(share) == words


@pytest.mark.parametrize(
    ("change", "direction", "places", "sentence"),
    [
        (None, "none", 0, "No earlier rank"),
        (0, "same", 0, "Rank unchanged"),
        (1, "up", 1, "Up 1 place"),
        (12, "up", 12, "Up 12 places"),
        (-3, "down", 3, "Down 3 places"),
    ],
)
def test_a_change_of_rank_is_said_in_words(
    change: int | None, direction: str, places: int, sentence: str
) -> None:
    assert formats.rank_change_of(change) == formats.RankChange(direction, places, sentence)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=30), "30 days ago"),
        (timedelta(days=31), "21 Oct 2026"),
    ],
)
def test_a_moment_is_told_by_how_long_ago_it_was(before: timedelta, words: str) -> None:
    assert formats.ago(NOW - before, at=NOW) == words


def test_what_never_happened_is_said_so() -> None:
    assert formats.ago(None, at=NOW) == "never"
    assert formats.moment(None) == formats.day(None) == "—"


def test_days_and_moments_are_unambiguous() -> None:
    assert formats.day(date(2026, 2, 1)) == "1 Feb 2026"
    assert formats.month(date(2026, 2, 1)) == "February 2026"
    assert formats.moment(NOW) == "21 Nov 2026, 12:00 UTC"


def test_every_country_has_two_capitals_and_a_name() -> None:
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)
    assert len(set(COUNTRIES.values())) == 249


def test_a_code_that_names_no_country_stays_itself() -> None:
    assert country_name("DE") == "Germany"
    assert country_name("XX") == "XX"
    assert country_name("") == ""
    assert is_country("KR")
    assert not is_country("kr")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (12_345_678, "12,345,678"),
        (3.0, "3"),
        (0.98765, "0.9877"),
        (12.5, "12.5"),
        (123.456, "123.5"),
        (98_765.4321, "98,765"),
        (0.5, "0.5"),
        ("gpt-5", "gpt-5"),
    ],
)
def test_a_figure_of_a_reason_has_the_digits_that_matter(value: float | str, words: str) -> None:
    assert formats.figure(value) == words
