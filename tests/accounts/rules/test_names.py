"""Names, cleaned and made unique."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.names import (
    cleaned_name_of,
    free_handle_of,
    free_name_of,
    handle_stem_of,
    is_username,
    is_writable,
    problem_of_name,
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  my   laptop ", "my laptop"),
        ("a\nb\x00c", "a b c"),
        ("\u202edlrow", "dlrow"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("\u200b\u200d", ""),
        ("x" * 200, "x" * 100),
        ("👩‍💻 studio", "👩‍💻 studio"),
        ("", ""),
    ],
)
def test_a_name_is_one_visible_line(text: str, cleaned: str) -> None:
    assert cleaned_name_of(text=text) == cleaned


@given(st.text(max_size=300))
def test_a_cleaned_name_can_always_be_stored_and_stays_as_it_is(text: str) -> None:
    cleaned = cleaned_name_of(text=text)
    cleaned.encode()
    assert len(cleaned) <= 100
    assert is_writable(text=cleaned)
    assert cleaned_name_of(text=cleaned) == cleaned
    assert problem_of_name(text=cleaned) is None


@pytest.mark.parametrize(
    ("wanted", "taken", "free"),
    [
        ("laptop", [], "laptop"),
        ("laptop", ["Laptop"], "laptop (2)"),
        ("laptop", ["laptop", "laptop (2)", "LAPTOP (3)"], "laptop (4)"),
        ("x" * 100, ["x" * 100], "x" * 96 + " (2)"),
    ],
)
def test_a_taken_name_gets_a_number(wanted: str, taken: list[str], free: str) -> None:
    assert free_name_of(wanted=wanted, taken=taken) == free


@pytest.mark.parametrize("text", ["a", "octo-cat", "emu_company", "A1", "x" * 39])
def test_handles_of_github_are_handles_here(text: str) -> None:
    assert is_username(text=text)


@pytest.mark.parametrize("text", ["", "-a", "_a", "a b", "a/b", "ä", "x" * 40, "a\n"])
def test_other_texts_are_no_handles(text: str) -> None:
    assert not is_username(text=text)


@given(st.text(max_size=200), st.integers(min_value=0, max_value=12))
def test_a_free_handle_is_one_that_github_forbids(text: str, taken_count: int) -> None:
    stem = handle_stem_of(text=text)
    taken = [f"{stem}_{number}".upper() for number in range(1, taken_count + 1)]
    handle = free_handle_of(stem=stem, taken=taken)
    assert is_username(text=handle)
    assert "_" in handle
    assert handle == f"{stem}_{taken_count + 1}"
