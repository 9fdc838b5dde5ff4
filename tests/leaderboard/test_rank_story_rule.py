"""The rule of rank stories, against two full orders replayed."""

from collections.abc import Mapping
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaderboard.rules.rank_story import (
    Cause,
    Group,
    Kind,
    Movement,
    OwnChange,
    own_changes_of,
    rank_story_of,
)
from tests.submissions.reports import TODAY


def words(tokens: int) -> str:
    return str(tokens)


class Had(NamedTuple):
    """What somebody has at one moment; 0 or hidden is on no board."""

    tokens: int
    shown: bool = True


def order(people: Mapping[int, Had]) -> list[int]:
    """The board: most tokens first, then who came first (the number)."""
    return sorted(
        (number for number, had in people.items() if had.shown and had.tokens > 0),
        key=lambda number: (-people[number].tokens, number),
    )


def replayed(me: int, then: Mapping[int, Had], now: Mapping[int, Had]) -> Movement:
    """The movement by looking at everybody: who stood before me in each of the two orders, and
    for who crossed, whether they would have done so with my tokens left as they were."""
    old, new = order(then), order(now)
    if me not in old or me not in new:
        return Movement(
            rank_then=old.index(me) + 1 if me in old else None,
            rank_now=new.index(me) + 1 if me in new else None,
            tokens_then=then[me].tokens,
            tokens_now=now[me].tokens,
        )
    groups: dict[tuple[Kind, bool], int] = {}
    for other in set(old) | set(new):
        was = other in old and old.index(other) < old.index(me)
        is_now = other in new and new.index(other) < new.index(me)
        if was == is_now:
            continue
        if is_now and other not in old:
            key = (Kind.CAME, False)
        elif was and other not in new:
            key = (Kind.LEFT, False)
        elif is_now:
            without_me = order({**now, me: then[me]})
            key = (Kind.PASSED_YOU, without_me.index(other) > without_me.index(me))
        else:
            without_them = order({**now, other: then[other]})
            key = (Kind.YOU_PASSED, without_them.index(me) < without_them.index(other))
        groups[key] = groups.get(key, 0) + 1
    return Movement(
        rank_then=old.index(me) + 1,
        rank_now=new.index(me) + 1,
        tokens_then=then[me].tokens,
        tokens_now=now[me].tokens,
        groups=tuple(
            Group(kind=kind, cause=Cause.GROWTH, is_yours=yours, people=people)
            for (kind, yours), people in groups.items()
        ),
        own=own_changes_of(changes=[], difference=now[me].tokens - then[me].tokens),
    )


HAD = st.builds(Had, tokens=st.integers(0, 6), shown=st.booleans())
PEOPLE = st.lists(st.tuples(HAD, HAD), min_size=1, max_size=12)


@given(PEOPLE)
def test_the_causes_of_any_two_orders_add_up(people: list[tuple[Had, Had]]) -> None:
    then = {number: pair[0] for number, pair in enumerate(people)}
    now = {number: pair[1] for number, pair in enumerate(people)}
    movement = replayed(0, then, now)
    story = rank_story_of(movement=movement, since=TODAY, tokens_words=words)
    if story.rank_then is None or story.rank_now is None:
        assert story.change is None
        assert story.lines == ()
    else:
        assert sum(line.places for line in story.lines) == story.change
        assert story.change == story.rank_then - story.rank_now
        assert sum(own.tokens for own in story.own) == now[0].tokens - then[0].tokens
    assert story.sentence.endswith(".")


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                ["submission", "correction", "review", "deletion", "rebuild", "repricing"]
            ),
            st.integers(-50, 50),
        )
    ),
    st.integers(-100, 100),
)
def test_ones_own_changes_make_the_difference_also_where_the_ledger_is_short(
    changes: list[tuple[str, int]], difference: int
) -> None:
    own = own_changes_of(changes=changes, difference=difference)
    assert sum(change.tokens for change in own) == difference
    assert len({change.cause for change in own}) == len(own)


def test_groups_that_do_not_add_up_are_refused() -> None:
    group = Group(kind=Kind.LEFT, cause=Cause.GONE, is_yours=False, people=1)
    wrong = Movement(rank_then=5, rank_now=5, tokens_then=1, tokens_now=1, groups=(group,))
    with pytest.raises(ValueError, match="add up"):
        rank_story_of(movement=wrong, since=TODAY, tokens_words=words)


def group(kind: Kind, cause: Cause, people: int, *, yours: bool = False) -> Group:
    return Group(kind=kind, cause=cause, is_yours=yours, people=people)


@pytest.mark.parametrize(
    ("movement", "sentence"),
    [
        (
            Movement(
                rank_then=42, rank_now=37, tokens_then=0, tokens_now=1200,
                groups=(
                    group(Kind.YOU_PASSED, Cause.GROWTH, 7, yours=True),
                    group(Kind.PASSED_YOU, Cause.GROWTH, 2),
                ),
                own=(OwnChange(cause=Cause.GROWTH, tokens=1200),),
            ),
            ("You went from #42 to #37: you burned 1200 tokens and passed 7 people; "
            "2 people passed you."),
        ),
        (
            Movement(
                rank_then=1042, rank_now=1042, tokens_then=5, tokens_now=5,
                groups=(
                    group(Kind.CAME, Cause.NEWCOMER, 1),
                    group(Kind.CAME, Cause.SHOWN, 1),
                    group(Kind.LEFT, Cause.HIDDEN, 1),
                    group(Kind.YOU_PASSED, Cause.REJECTION, 1),
                ),
            ),
            ("You stayed at #1,042: 1 person fell behind you; 1 person is new ahead of you; "
            "1 person came back ahead of you; 1 person ahead of you left the board."),
        ),
        (
            Movement(
                rank_then=3, rank_now=5, tokens_then=900, tokens_now=600,
                groups=(group(Kind.PASSED_YOU, Cause.CORRECTION, 2, yours=True),),
                own=(
                    OwnChange(cause=Cause.GROWTH, tokens=100),
                    OwnChange(cause=Cause.CORRECTION, tokens=-400),
                ),
            ),
            ("You went from #3 to #5: you burned 100 tokens; a correction took 400 tokens off "
            "your count, and 2 people passed you."),
        ),
        (
            Movement(rank_then=3, rank_now=3, tokens_then=9, tokens_now=9),
            "You stayed at #3: nobody moved past anybody.",
        ),
        (
            Movement(rank_then=None, rank_now=8, tokens_then=0, tokens_now=9),
            "You came on the board, and stand at #8.",
        ),
        (
            Movement(
                rank_then=8, rank_now=None, tokens_then=9, tokens_now=0, absence=Cause.HIDDEN
            ),
            "You stood at #8, and stand on none now: your profile is hidden.",
        ),
        (
            Movement(
                rank_then=None, rank_now=None, tokens_then=0, tokens_now=0, absence=Cause.GONE
            ),
            "You stood on no board, and stand on none now: nothing of yours counts.",
        ),
    ],
)  # fmt: skip
def test_a_story_is_one_sentence(movement: Movement, sentence: str) -> None:
    assert rank_story_of(movement=movement, since=TODAY, tokens_words=words).sentence == sentence
