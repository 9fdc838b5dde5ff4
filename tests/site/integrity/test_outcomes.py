"""What can be said of the site's numbers, from the last run."""

from datetime import UTC, datetime, timedelta

import pytest

from ccgather.site.integrity.rules.outcomes import Figure, State, has_held, state_of

AT = datetime(2026, 11, 21, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "hours_ago", "state"),
    [
        (None, None, State.NEVER),
        ("held", 0, State.HELD),
        ("held", 26, State.HELD),
        ("held", 26.1, State.OVERDUE),
        ("broken", 0, State.BROKEN),
        ("broken", 500, State.BROKEN),
        ("failed", 1, State.FAILED),
        ("failed", 30, State.OVERDUE),
    ],
)
def test_what_was_found_wrong_stays_said_and_that_all_was_well_goes_stale(
    outcome: str | None, hours_ago: float | None, state: State
) -> None:
    last_at = None if hours_ago is None else AT - timedelta(hours=hours_ago)
    assert state_of(outcome=outcome, last_at=last_at, at=AT) is state


def test_one_thing_wrong_is_enough() -> None:
    well = Figure(name="days", checked=9, wrong=0, seconds=0)
    assert has_held([well, well])
    assert not has_held([well, Figure(name="slices", checked=9, wrong=1, seconds=0)])
