"""What the trial by loss would notice: its own measure, tried on pages that are wrong."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.acceptance.truth import Truth

Rows = list[dict[str, Any]]


@pytest.fixture
def truth() -> Truth:
    """Four who stand still at 400, 300, 300 and 100; Alice reported 200, and 350 is on its way."""
    known = Truth({"a": 400, "b": 300, "c": 300, "d": 100}, ["alice"])
    known.sends("alice", 200, 1.0)
    known.answered("alice", 2.0)
    known.sends("alice", 350, 5.0)
    return known


def page(*people: tuple[str, int]) -> Rows:
    return [
        {"rank": rank, "user": {"username": name}, "tokens": tokens}
        for rank, (name, tokens) in enumerate(people, 1)
    ]


BEFORE = (("a", 400), ("b", 300), ("c", 300), ("alice", 200), ("d", 100))
AFTER = (("a", 400), ("alice", 350), ("b", 300), ("c", 300), ("d", 100))


def test_while_a_report_is_on_its_way_both_boards_are_right(truth: Truth) -> None:
    for people in (BEFORE, AFTER):
        assert truth.faults_of_page(page(*people), first=1, begun=4.0, ended=6.0) == []


def test_before_it_was_sent_the_later_board_is_wrong(truth: Truth) -> None:
    assert truth.faults_of_page(page(*BEFORE), first=1, begun=3.0, ended=4.0) == []
    assert truth.faults_of_page(page(*AFTER), first=1, begun=3.0, ended=4.0)


def test_once_it_was_answered_the_earlier_board_is_wrong(truth: Truth) -> None:
    truth.answered("alice", 7.0)
    assert truth.faults_of_page(page(*AFTER), first=1, begun=8.0, ended=9.0) == []
    assert truth.faults_of_page(page(*BEFORE), first=1, begun=8.0, ended=9.0)


def missing(rows: Rows) -> Rows:
    return rows[:1] + [row | {"rank": row["rank"] - 1} for row in rows[2:]]


def twice(rows: Rows) -> Rows:
    return [rows[0], rows[0] | {"rank": 2}, *rows[2:]]


def swapped(rows: Rows) -> Rows:
    return [rows[1] | {"rank": 1}, rows[0] | {"rank": 2}, *rows[2:]]


def with_a_gap(rows: Rows) -> Rows:
    return [*rows[:3], *(row | {"rank": row["rank"] + 1} for row in rows[3:])]


def of_another_value(rows: Rows) -> Rows:
    return [*rows[:4], rows[4] | {"tokens": 99}]


@pytest.mark.parametrize("wrong", [missing, twice, swapped, with_a_gap, of_another_value])
def test_a_wrong_page_is_noticed(truth: Truth, wrong: Callable[[Rows], Rows]) -> None:
    assert truth.faults_of_page(wrong(page(*BEFORE)), first=1, begun=3.0, ended=4.0)


def test_a_wrong_rank_alone_is_noticed(truth: Truth) -> None:
    assert truth.faults_of_rank("alice", 4, value=None, begun=3.0, ended=4.0) == []
    assert truth.faults_of_rank("alice", 3, value=None, begun=3.0, ended=4.0)
    assert truth.faults_of_rank("b", 3, value=None, begun=3.0, ended=4.0) == []
    assert truth.faults_of_rank("b", 4, value=None, begun=3.0, ended=4.0)
