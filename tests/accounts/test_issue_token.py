"""`manage.py issue_token`."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import ApiToken, User

pytestmark = pytest.mark.django_db


def issue(*arguments: str) -> str:
    out = StringIO()
    call_command("issue_token", *arguments, stdout=out)
    return out.getvalue()


def test_the_token_stands_alone_on_standard_output_and_works(client: Client, ana: User) -> None:
    printed = issue("ANA", "--name", "ci")
    assert re.fullmatch(r"tt_[0-9a-f]{48}\n", printed)
    headers = {"authorization": f"Bearer {printed.strip()}"}
    body = client.get("/api/auth/token", headers=headers).json()
    assert (body["user"]["username"], body["token"]["name"]) == ("ana", "ci")


def test_with_create_the_person_is_made_once() -> None:
    issue("robot", "--name", "ci", "--create")
    issue("robot", "--name", "ci", "--create")
    assert User.objects.get().username == "robot"
    assert sorted(ApiToken.objects.values_list("name", flat=True)) == ["ci", "ci (2)"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody", "--name", "ci"), "nobody called"),
        (("not a name", "--name", "ci", "--create"), "letters, digits"),
        (("robot", "--name", " ", "--create"), "needs a name"),
    ],
)
def test_a_mistake_is_an_error_and_prints_no_token(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CommandError, match=words) as refused:
        issue(*arguments)
    assert refused.value.returncode == 1
    assert not ApiToken.objects.exists()
