"""What the site says about a report, for a person."""

import msgspec

from ccgather_cli.errors import DONE, HELD

_LINES_SHOWN = 10
_BAR_CELLS = 20


class _Answer(msgspec.Struct, rename="camel"):
    """A part of the site's answer; everything may be missing or null."""


class Span(_Answer):
    """First and last day."""

    start: str | None = None
    end: str | None = None


class Metrics(_Answer):
    """The account after the merge."""

    total_tokens: int | None = None
    total_cost: float | None = None
    active_days: int | None = None
    date_range: Span | None = None


class NextPerson(_Answer):
    """Who stands one rank above."""

    username: str
    tokens_ahead: int


class Rank(_Answer):
    """Positions; a positive change is up. `moved_now` is what this report moved."""

    global_: int | None = msgspec.field(default=None, name="global")
    global_change: int | None = None
    country: int | None = None
    country_change: int | None = None
    moved_now: int | None = None
    next: NextPerson | None = None


class Level(_Answer):
    """`progress` to the next level is a fraction in 0..1."""

    level: int | None = None
    name: str | None = None
    icon: str | None = None
    progress: float | None = None
    tokens_to_next: int | None = None


class Change(_Answer):
    """A tool's day that is counted otherwise than before."""

    day: str
    client: str
    before: int
    after: int
    why: str | None = None


class Reason(_Answer):
    """Why something is held."""

    sentence: str | None = None
    code: str | None = None


class Hold(_Answer):
    """A tool's day that waits for review."""

    day: str
    client: str
    reasons: list[Reason] = []


class Outcome(_Answer):
    """The whole answer to `POST /api/submit`."""

    status: str
    mode: str | None = None
    message: str | None = None
    username: str | None = None
    profile_url: str | None = None
    metrics: Metrics | None = None
    rank: Rank | None = None
    level: Level | None = None
    new_badges: list[object] | None = None
    changes: list[Change] | None = None
    held: list[Hold] | None = None
    warnings: list[str] | None = None

    @property
    def exit_code(self) -> int:
        """4 while something waits for review."""
        return HELD if self.status in ("flagged", "pending") else DONE


def outcome_of(content: object) -> Outcome | None:
    """The answer as a value; None where this version does not understand it."""
    try:
        return msgspec.convert(content, Outcome, strict=False)
    except msgspec.ValidationError:
        return None


def lines_of(outcome: Outcome, *, server: str = "") -> list[str]:
    """What to print, line by line, in the site's words: `Terminal` cleans them.

    `server` is the site's address; what is held can be read and answered there.
    """
    lines = [_headline(outcome), ""]
    for label, text in (
        ("Account", _account(outcome.metrics)),
        ("Rank", rank_text(outcome.rank)),
        ("Next", next_text(outcome.rank)),
        ("Level", level_text(outcome.level)),
        ("Badges", ", ".join(_badge(badge) for badge in outcome.new_badges or ())),
        ("Profile", outcome.profile_url or ""),
    ):
        if text:
            lines.append(f"  {label:<9}{text}")
    newest_first = sorted(outcome.changes or (), key=lambda change: change.day, reverse=True)
    lines += _section("What changed", [_change(change) for change in newest_first])
    lines += _section("Held for review", [_hold(hold) for hold in outcome.held or ()])
    if outcome.held and server:
        lines.append(f"    Why, and what would clear it: {held_page(server)}")
    lines += _section("Warnings", list(outcome.warnings or ()))
    return lines


def _headline(outcome: Outcome) -> str:
    if outcome.status == "pending":
        return "Received. Everything in it waits for review and does not count yet."
    if outcome.status == "flagged":
        return "Recorded. A part of it waits for review and does not count yet."
    if outcome.mode == "unchanged":
        return "Nothing new since the last time."
    return outcome.message or "Submission recorded"


def _account(metrics: Metrics | None) -> str:
    if metrics is None or metrics.total_tokens is None:
        return ""
    parts = [f"{metrics.total_tokens:,} tokens"]
    if metrics.total_cost is not None:
        parts.append(f"${metrics.total_cost:,.2f}")
    if metrics.active_days is not None:
        parts.append(f"{metrics.active_days:,} active {_plural('day', metrics.active_days)}")
    return " · ".join(parts)


def held_page(server: str) -> str:
    """Where somebody reads what of theirs is held, and why."""
    return f"{server.rstrip('/')}/settings/held"


def held_text(days: int, server: str) -> str:
    """How many days wait, and where to read about them; "" for none."""
    if days < 1:
        return ""
    verb = "waits" if days == 1 else "wait"
    return f"{days:,} {_plural('day', days)} {verb} for review: {held_page(server)}"


def rank_text(rank: Rank | None) -> str:
    """Positions and how they moved since midnight; "" where nothing is known."""
    if rank is None or rank.global_ is None:
        return "not on the board yet" if rank is not None else ""
    text = f"#{rank.global_:,} in the world{_moved(rank.global_change)}"
    if rank.country is not None:
        text += f", #{rank.country:,} in your country{_moved(rank.country_change)}"
    if rank.moved_now:
        direction = "up" if rank.moved_now > 0 else "down"
        places = abs(rank.moved_now)
        text += f"; this report moved you {direction} {places:,} {_plural('place', places)}"
    return text


def _moved(change: int | None) -> str:
    if not change:
        return ""
    return f" (▲ {change:,})" if change > 0 else f" (▼ {-change:,})"


def next_text(rank: Rank | None) -> str:
    """Who stands one rank above, and how far; "" at the top."""
    if rank is None or rank.next is None:
        return ""
    return f"{rank.next.username} is {rank.next.tokens_ahead:,} tokens ahead"


def level_text(level: Level | None) -> str:
    """The level with a bar to the next one."""
    if level is None or level.level is None:
        return ""
    title = " ".join(part for part in (level.icon, str(level.level), level.name) if part)
    fraction = min(max(level.progress or 0.0, 0.0), 1.0)
    filled = int(fraction * _BAR_CELLS)
    text = f"{title}  {'█' * filled}{'░' * (_BAR_CELLS - filled)} {int(fraction * 100)} %"
    if level.tokens_to_next is not None:
        text += f", {level.tokens_to_next:,} tokens to the next"
    return text


def _badge(badge: object) -> str:
    if isinstance(badge, dict):
        return str(badge.get("name") or badge.get("id") or "")
    return str(badge)


def _change(change: Change) -> str:
    text = f"{change.day} {change.client}: {change.before:,} → {change.after:,}"
    return f"{text} ({change.why})" if change.why else text


def _hold(hold: Hold) -> str:
    reasons = [reason.sentence or reason.code or "" for reason in hold.reasons]
    return f"{hold.day} {hold.client}: {' '.join(reasons)}"


def _section(title: str, lines: list[str]) -> list[str]:
    if not lines:
        return []
    shown = [f"    {line}" for line in lines[:_LINES_SHOWN]]
    if len(lines) > _LINES_SHOWN:
        shown.append(f"    and {len(lines) - _LINES_SHOWN:,} more")
    return ["", f"  {title}", *shown]


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
