"""When a machine sends: evenly apart, and not at the same minute as all others."""

from datetime import datetime, timedelta, timezone

import pytest

from ccgather_cli.errors import UsageError
from ccgather_cli.scheduling.rhythm import HOURS, Rhythm, hours_of, rhythm_of


@pytest.mark.parametrize("text", ["", "5h", "0h", "36h", "2d", "weekly", "1.5h", "-1h"])
def test_an_interval_that_does_not_divide_a_day_is_a_usage_error(text: str) -> None:
    with pytest.raises(UsageError):
        hours_of(text)


def test_intervals_are_spelled_as_people_do() -> None:
    spelled = [hours_of(text) for text in ("1h", "hourly", "6H", "24h", "1d", "daily")]
    assert spelled == [1, 1, 6, 24, 24, 24]


def test_machines_do_not_all_come_at_the_same_minute_and_each_stays_at_its_own() -> None:
    minutes = [rhythm_of("1d", device_id=f"cg_{number}").minute for number in range(400)]
    assert len(set(minutes)) > 300
    assert rhythm_of("1d", device_id="cg_7") == rhythm_of("daily", device_id="cg_7")


@pytest.mark.parametrize("hours", HOURS)
def test_moments_are_evenly_apart_and_the_next_one_is_ahead(hours: int) -> None:
    rhythm = Rhythm(hours, hours * 60 - 1)
    at = datetime(2026, 5, 3, 0, 0, tzinfo=timezone.utc)
    for _ in range(60):
        last, following = rhythm.last_before(at), rhythm.next_after(at)
        assert last <= at < following
        assert following - last == timedelta(hours=hours)
        assert last.hour in rhythm.hours_of_day
        assert last.minute == rhythm.minute_of_hour
        at += timedelta(minutes=37)
    assert rhythm.last_before(rhythm.last_before(at)) == rhythm.last_before(at)
