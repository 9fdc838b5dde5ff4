"""Documents in the states that they are found in: what is broken costs what it is in."""

import pytest

from ccgather_cli.reading.documents import document_in, elements_in, part_of, text_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[{"a":1},{"a":2}]', [1, 2]),
        ('[{"a":1},{"a":2}', [1, 2]),
        ('[{"a":1},{"a":2', [1]),
        ('[{"a":1},{"a":oops},{"a":3}]', [1, 3]),
        ('[{"a":1}\n,\n{"a":"half a te\n},\n{"a":3}]', [1, 3]),
        ('[{"a":1},,{"a":2}]', [1, 2]),
        ('[{"a":1}][{"a":2}]', [1]),
        ("", []),
        ("[", []),
        ("nothing", []),
        ("[" * 100_000, []),
    ],
)
def test_the_readable_elements_of_a_damaged_array_are_found(text: str, found: list[int]) -> None:
    elements = [each for each in elements_in(text) if isinstance(each, dict)]
    assert [each["a"] for each in elements] == found


def test_an_array_inside_of_what_is_left_of_a_document_is_found() -> None:
    text = '{"id":"x","messages" : [{"a":1},{"a":2},{"a'
    assert document_in(text) is None
    assert list(part_of(None, text, "messages")) == [{"a": 1}, {"a": 2}]
    assert list(part_of(None, text, "events")) == []


def test_an_array_of_a_whole_document_is_taken_from_it() -> None:
    assert list(part_of({"messages": [1]}, "", "messages")) == [1]
    assert list(part_of({"messages": 5}, "", "messages")) == []


def test_bytes_that_are_no_text_and_control_characters_are_lived_with() -> None:
    assert document_in(text_in(b'\x00 {"a":"\xff\t"}\r\n\x00')) == {"a": "\ufffd\t"}
