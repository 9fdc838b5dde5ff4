"""A report in flight while the boards roll."""

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from leaderboard.models import Standing
from leaderboard.services.clock import board_clock
from leaderboard.services.roll import roll_boards
from submissions.services.accept import accept_report
from tests.cast import ALICE_SECRET, person, token_of
from tests.submissions.reports import NOW, TODAY, report, row

TOMORROW = NOW + timedelta(days=1)


@pytest.mark.django_db(transaction=True)
def test_a_first_report_that_commits_during_the_roll_is_in_the_new_windows() -> None:
    token = token_of(person("alice"), secret=ALICE_SECRET)
    board_clock(at=NOW)
    written, may_commit = Event(), Event()

    def submit() -> None:
        with transaction.atomic():
            accept_report(
                user_id=token.user_id,
                report=report([row(TODAY, 100)]),
                body=b"{}",
                at=NOW,
                token=token,
            )
            written.set()
            may_commit.wait(10)
        connection.close()

    def roll() -> None:
        roll_boards(at=TOMORROW)
        connection.close()

    submitting, rolling = Thread(target=submit), Thread(target=roll)
    submitting.start()
    assert written.wait(10)
    rolling.start()
    rolling.join(0.5)
    assert rolling.is_alive(), "the roll must wait for the report"
    may_commit.set()
    submitting.join(10)
    rolling.join(10)
    assert board_clock(at=TOMORROW).current_day == TOMORROW.date()
    boards = set(
        Standing.objects.filter(window_start__gte=TODAY - timedelta(days=28)).values_list(
            "board", flat=True
        )
    )
    assert {"7d", "30d"} <= boards
