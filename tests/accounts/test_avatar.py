"""Pictures that this site draws."""

import pytest
from django.test import Client

from accounts.avatars import avatar_of
from accounts.models import User

pytestmark = pytest.mark.django_db


def test_a_drawing_is_served_for_long_and_told_unchanged(client: Client) -> None:
    answer = client.get("/avatars/ana.svg")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer.content.startswith(b"<svg")
    assert "max-age=2592000" in answer["Cache-Control"]
    assert "Cookie" not in answer.get("Vary", "")
    again = client.get("/avatars/ana.svg", headers={"if-none-match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_it_says_nothing_about_who_exists(client: Client, ana: User) -> None:
    assert client.get("/avatars/nobody-at-all.svg").status_code == 200


@pytest.mark.parametrize("name", ["a b", "<svg>", "x" * 40, "-"])
def test_what_cannot_be_a_name_has_no_picture(client: Client, name: str) -> None:
    assert client.get(f"/avatars/{name}.svg").status_code == 404


def test_a_person_has_githubs_picture_or_ours(ana: User) -> None:
    assert avatar_of(ana) == "/avatars/ana.svg"
    ana.avatar_url = "https://avatars.githubusercontent.com/u/1?v=4"
    assert avatar_of(ana) == "https://avatars.githubusercontent.com/u/1?v=4"


def test_other_methods_are_refused(client: Client) -> None:
    assert client.post("/avatars/ana.svg").status_code == 405
