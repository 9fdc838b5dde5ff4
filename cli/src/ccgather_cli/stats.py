"""`GET /api/me/stats`: the account as the site sees it now."""

import msgspec

from ccgather_cli.errors import CliError
from ccgather_cli.outcome import Level, Rank
from ccgather_cli.site import Answer


class Stats(msgspec.Struct, rename="camel"):
    """What is shown of it; everything may be missing."""

    total_tokens: int | None = None
    total_cost: float | None = None
    device_count: int | None = None
    last_submitted_at: str | None = None
    rank: Rank | None = None
    level: Level | None = None
    username: str | None = None
    profile_url: str | None = None
    auto_sync_enabled: bool | None = None
    held_days: int | None = None


def stats_of(answer: Answer) -> Stats:
    """The answer as a value. Raises `CliError` where this version does not understand it."""
    try:
        return msgspec.convert(answer.content, Stats, strict=False)
    except msgspec.ValidationError as problem:
        message = "The site answered in a way that this version does not understand."
        raise CliError(message) from problem
