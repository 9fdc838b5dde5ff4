"""A small site with a past: what the invariants are proved on."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import ApiToken
from leaderboard.services.rank_badges import award_rank_badges
from leaderboard.services.roll import roll_boards
from leaderboard.services.snapshots import take_snapshots
from tests.cast import person, token_of
from tests.submissions.reports import TODAY, report, row
from tests.submissions.sending import accept

DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
AT = MIDNIGHT + timedelta(hours=1)
"""When the proof runs."""


@pytest.fixture
def past(alice_token: ApiToken, bob_token: ApiToken) -> None:
    """Alice with forty days and a badge, Bob with three, Carl of nowhere with one; a midnight has
    passed, with its roll, snapshot and badges; Alice has gone on since."""
    days = [TODAY - DAY * ago for ago in range(40)]
    accept(alice_token, report([row(day, 100_000) for day in days]))
    accept(bob_token, report([row(day, 7_000) for day in days[:3]]))
    carl = token_of(person("carl"), secret="tt_" + "c" * 48)
    accept(carl, report([row(TODAY, 900)]))
    roll_boards(at=MIDNIGHT)
    take_snapshots(at=MIDNIGHT)
    award_rank_badges()
    accept(alice_token, report([row(TODAY + DAY, 5_000)]), at=MIDNIGHT, minutes=30)
