"""Who sends: people at the top of the boards, whose rows are on the pages that are looked at, and
people anywhere."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from accounts.services import create_token
from benchmarks.population import MODEL, populate
from ccgather.ops.services import change_setting
from leaderboard.models import Standing
from leaderboard.rules.boards import Board
from leaderboard.services.mirror import rebuild_ranking

LIMITS = {"max_daily_cost_factor": 1000.0, "live_streams_per_address": 10_000}


@dataclass(slots=True)
class Sender:
    """Somebody with a token; `sent` is what their device burned today so far, `tokens` what they
    have on the board of all by everything sent."""

    username: str
    country: str
    secret: str
    tokens: int
    sent: int = 0
    is_busy: bool = False

    def body(self, day: str) -> bytes:
        """The report of today."""
        return json.dumps(
            {
                "schema": "ccgather-report/1",
                "collector": {"name": "ccgather", "version": "0.1.0"},
                "device": {"id": "bench-live", "name": "live"},
                "rows": [
                    {
                        "day": day,
                        "client": "codex",
                        "model": MODEL,
                        "provider": "anthropic",
                        "input": 0,
                        "output": 0,
                        "cacheRead": self.sent,
                        "cacheWrite": 0,
                        "reasoning": 0,
                        "messages": 1,
                    }
                ],
                "totals": {"tokens": self.sent},
            }
        ).encode()


@dataclass(frozen=True, slots=True)
class Cast:
    """All who send."""

    senders: list[Sender] = field(default_factory=list)


def make_people(*, people: int, senders: int, at: datetime) -> Cast:
    """Fills the database; a half of the senders are the first of the board, a half are anybody."""
    populate(people=people, at=at)
    for key, value in LIMITS.items():
        change_setting(key=key, value=value, by="benchmarks", at=at)
    rebuild_ranking(at=at)
    everybody = Standing.objects.filter(board=Board.ALL.value).order_by("-tokens")
    first = list(everybody.values_list("user_id", "tokens")[: senders // 2])
    rest = everybody.values_list("user_id", "tokens")[senders // 2 :]
    step = max(len(rest) // (senders - len(first)), 1)
    chosen = dict(first + list(rest)[::step][: senders - len(first)])
    cast = Cast()
    for user in User.objects.filter(pk__in=chosen):
        secret, _ = create_token(user_id=user.pk, name="live", at=at)
        cast.senders.append(Sender(user.username, user.country_code, secret, chosen[user.pk]))
    return cast
