"""Pictures drawn from names."""

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from accounts.rules.avatar import GRID, avatar_of_name, avatar_svg_of


@given(st.text(min_size=1, max_size=39))
def test_a_picture_is_mirrored_and_never_empty(username: str) -> None:
    cells = set(avatar_of_name(username=username).cells)
    assert len(cells) >= 3
    assert {(GRID - 1 - x, y) for x, y in cells} == cells


def test_the_same_name_has_the_same_picture_whatever_its_case() -> None:
    assert avatar_svg_of(username="Ana") == avatar_svg_of(username="aNA")
    assert avatar_svg_of(username="ana") != avatar_svg_of(username="ben")


def test_a_picture_is_well_formed_and_asks_nobody_for_anything() -> None:
    root = ET.fromstring(avatar_svg_of(username="ana"))  # noqa: S314 - our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert {element.tag.rpartition("}")[2] for element in root.iter()} == {"svg", "rect", "g"}
