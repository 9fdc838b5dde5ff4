"""One address for one page, and one story for one text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from news.rules.nearness import NEAR, bands_of, nearness_of, runs_of, signature_of
from news.rules.relevance import relevance_of
from news.rules.urls import canonical_url_of, is_web_address
from tests.news.internet import body_of


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/news/one",
        "http://example.org/news/one",
        "https://www.example.org/news/one/",
        "https://EXAMPLE.org:443/news/one#top",
        "https://example.org/news/one?utm_source=rss&utm_medium=feed",
        "https://example.org//news/one/index.html",
        "  https://example.org/news/one  ",
    ],
)
def test_however_a_page_is_linked_it_is_one_page(address: str) -> None:
    assert canonical_url_of(address) == "https://example.org/news/one"


def test_what_tells_pages_apart_stays() -> None:
    assert canonical_url_of("https://example.org/?id=2&b=1") == "https://example.org?b=1&id=2"
    assert canonical_url_of("../two", base="https://example.org/a/b") == "https://example.org/two"


@pytest.mark.parametrize("address", ["javascript:alert(1)", "mailto:a@b.c", "//", "", "http://"])
def test_what_is_no_page_of_the_web_is_refused(address: str) -> None:
    assert not is_web_address(address)
    with pytest.raises(ValueError, match="not an address"):
        canonical_url_of(address)


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        once = canonical_url_of(f"https://example.org/{text}")
    except ValueError:
        return
    assert canonical_url_of(once) == once


def test_a_text_told_again_in_other_words_here_and_there_is_near_and_another_is_not() -> None:
    text = body_of("faster caches for long sessions", sentences=30)
    again = text.replace("In part 3 of", "In the third part of").replace("part 9", "part nine")
    other = body_of("weekly limits of accounts", sentences=30)
    first, second, third = (signature_of(runs_of(each)) for each in (text, again, other))
    assert nearness_of(a=first, b=second) >= NEAR
    assert set(bands_of(first)) & set(bands_of(second))
    assert nearness_of(a=first, b=third) < NEAR


def test_a_text_too_short_to_tell_has_no_signature() -> None:
    assert signature_of(runs_of("Bug fixes and improvements.")) == ()


def test_relevance_names_what_spoke_for_it() -> None:
    about = relevance_of(
        title="Claude Code 2.1 released", text="Coding agents use fewer tokens.", trust=0.5
    )
    beside = relevance_of(title="Ten soups", text="Onions, leeks and a webinar.", trust=0.5)
    assert about.score > 0.5
    assert beside.score < 0.35
    assert about.tools == ("claude",)
    assert "releases in the title" in about.reasons
    assert "advertising" in beside.reasons
