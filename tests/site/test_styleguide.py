"""The style guide."""

from html.parser import HTMLParser

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
VOID = {"meta", "link", "img", "input", "br", "hr"}


class Nesting(HTMLParser):
    """Notes every tag that is closed where another one is open, and every id."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An SVG element without content."""

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def test_every_component_draws_markup_that_is_closed_and_ids_that_are_unique(
    client: Client,
) -> None:
    response = client.get("/styleguide")
    assert response.status_code == 200
    nesting = Nesting()
    nesting.feed(response.text)
    assert nesting.faults == []
    assert nesting.open == []
    assert len(nesting.ids) == len(set(nesting.ids))


def test_the_style_guide_asks_the_database_nothing(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/styleguide")


def test_a_wrong_field_names_its_error_for_a_screen_reader(client: Client) -> None:
    page = client.get("/styleguide").text
    assert 'aria-describedby="id_wrong-name_helptext id_wrong-name_error"' in page
    assert 'id="id_wrong-name_error"' in page
    assert 'aria-invalid="true"' in page


def test_the_page_is_only_read(client: Client) -> None:
    assert client.post("/styleguide").status_code == 405
