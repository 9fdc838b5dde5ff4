"""Help that reads well: short, in groups, with examples, on 80 columns."""

import pytest

from ccgather_cli.commands import command_names
from ccgather_cli.completing.places import places
from ccgather_cli.parsing import GROUPS
from command import Command


def test_every_command_stands_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(command_names())


def shown(ccgather: Command, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        ccgather(*words, "--help")
    assert ended.value.code == 0
    return capsys.readouterr().out


def test_every_help_fits_80_columns(
    ccgather: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for place in places():
        text = shown(ccgather, capsys, *place.path)
        assert max(map(len, text.splitlines())) <= 80, place.path
        assert "usage: ccgather" in text


def test_everything_that_can_be_given_is_explained() -> None:
    for place in places():
        for option in place.options:
            assert option.says, (place.path, option.flags)


def test_the_help_says_where_to_begin_and_what_the_exit_codes_are(
    ccgather: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(ccgather, capsys)
    for words in ("first use:", "ccgather login", "exit codes:", "CCGATHER_TOKEN"):
        assert words in text
