"""The site's own answers beside those of the slow year."""

from collections import Counter
from datetime import date, datetime
from random import Random
from uuid import UUID

from accounts.models import User
from leaderboard.models import EarnedBadge, Snapshot, SnapshotDay
from leaderboard.ranking import ranking
from leaderboard.rules.boards import Metric, window_named
from leaderboard.selectors.board import board_page, current_day
from leaderboard.selectors.history import rank_history
from leaderboard.selectors.profile import profile
from leaderboard.selectors.rank_story import fresh_rank_story
from leaderboard.shapes import BoardQuery, BoardRow
from tests.acceptance.slow_year import DAY, METRICS, SlowYear, Someone, Stood, streaks

BOARDS = ("all", "today", "7d", "30d", "week", "month")
PAGE = 100
Counts = Counter[tuple[str, bool]]
"""People by (what they did to the rank, whether by one's own change)."""


class Compared:
    """Counts what was compared; an assertion names the first difference."""

    def __init__(self, slow: SlowYear, seed: int) -> None:
        self.slow = slow
        self.random = Random(seed)
        self.counts: Counter[str] = Counter()

    # --- Boards ---------------------------------------------------------------------------------

    def boards(self, at: datetime) -> None:
        """Three boards of now and a past window, by every metric, in the world and a country; the
        pages of one of them."""
        today = current_day(at=at)
        past = today - DAY * self.random.choice((3, 8, 12, 40, 90, 200))
        week = f"{past.isocalendar().year}-W{past.isocalendar().week:02d}"
        windows = [(board, board, today) for board in self.random.sample(BOARDS, 3)]
        pasts = [(week, "week", past), (f"{past:%Y-%m}", "month", past)]
        windows.append(self.random.choice(pasts))
        countries = self.slow.countries() or ["KR"]
        for period, board, day in windows:
            for metric in METRICS:
                for country in (None, self.random.choice(countries)):
                    self._board(period, board, day, metric, country, at)
        self._pages(self.random.choice(windows), self.random.choice((None, *countries)), at)

    def _board(
        self, period: str, board: str, day: date, metric: str, country: str | None, at: datetime
    ) -> None:
        due = self.slow.board(board, day, metric, country, at)
        window = window_named(period=period, today=current_day(at=at))
        read = ranking().page(
            window=window,
            metric=Metric(metric),
            country=country,
            offset=0,
            limit=len(due) + 1,
            size=len(due) + 1,
        )
        found = [(placed.user_id, placed.value) for placed in read]
        assert found == due, f"{period} by {metric} in {country} at {at}"
        self.counts["boards"] += 1
        self.counts["ranks on boards"] += len(due)

    def _pages(self, of: tuple[str, str, date], country: str | None, at: datetime) -> None:
        """As the site shows them: ranks, what they changed by, and the sums of everybody."""
        period, board, day = of
        metric = self.random.choice(METRICS)
        due = self.slow.board(board, day, metric, country, at)
        rows: list[BoardRow] = []
        number = 0
        while number * PAGE < max(1, len(due)):
            number += 1
            query = BoardQuery(
                period=period, metric=Metric(metric), country=country, page=number, limit=PAGE
            )
            page = board_page(query=query, viewer=None, at=at)
            rows += page.rows
        assert [row.user_id for row in rows] == [user_id for user_id, _ in due]
        assert page.stats.people == len(due)
        by_tokens = self.slow.board(board, day, "tokens", country, at)
        assert page.stats.tokens == sum(tokens for _, tokens in by_tokens)
        by_cost = self.slow.board(board, day, "cost", country, at)
        assert page.stats.cost_microusd == sum(cost for _, cost in by_cost)
        is_now = period in BOARDS and board != "today"
        if is_now and board in ("week", "month"):
            is_now = self.slow.midnight_windows.get(board) == page.window.start
        for place, row in enumerate(rows, start=1):
            change = self.slow.change(board, metric, country, row.user_id, place)
            if period in BOARDS:
                assert (row.rank, row.rank_change) == (place, change if is_now else None), (
                    f"{row.username} on {period} by {metric} in {country} at {at}"
                )
        self.counts["rows of pages"] += len(rows)

    # --- The past ---------------------------------------------------------------------------------

    def snapshots(self, days: list[date]) -> None:
        """Those days whole."""
        for day in days:
            rows = Snapshot.objects.filter(day=day).order_by("rank_world")
            found = rows.values_list(
                "user_id", "tokens", "cost_microusd", "country_code", "rank_world", "rank_country",
                "level",
            )  # fmt: skip
            due = [
                (s.person.id, s.tokens, s.cost, s.country, s.world, s.in_country, s.level)
                for s in self.slow.snapshots[day]
            ]
            assert list(found) == due, f"snapshot of {day}"
            people = SnapshotDay.objects.get(day=day).people
            assert people == len(due) + self.slow.gaps[day], f"snapshot of {day}"
            self.counts["snapshots"] += 1
            self.counts["ranks of snapshots"] += len(due)

    def past_ranks(self, people: list[Someone], last: date) -> None:
        """The rank history of some people over half a year."""
        first = last - DAY * 180
        for someone in people:
            due = {
                day: row.world
                for day, rows in self.slow.snapshots.items()
                if first <= day <= last
                for row in rows
                if row.person is someone
            }
            assert rank_history(user_id=someone.id, first=first, last=last) == due, someone.name
            self.counts["rank histories"] += 1

    # --- People ------------------------------------------------------------------------------

    def badges(self) -> None:
        """What everybody holds."""
        held: dict[object, set[tuple[str, str]]] = {}
        for user_id, badge, country in EarnedBadge.objects.values_list(
            "user_id", "badge", "country_code"
        ):
            held.setdefault(user_id, set()).add((badge, country))
        for someone in self.slow.people.values():
            due = {(badge, country) for badge, (_, country) in someone.badges.items()}
            assert held.get(someone.id, set()) == due, someone.name
            self.counts["badges"] += len(due)

    def profiles(self, people: list[Someone], at: datetime) -> None:
        """Totals, streaks and ranks of some people, as they see them."""
        for someone in people:
            user = User.objects.get(pk=someone.id)
            shown = profile(username=user.username, viewer=user, at=at)
            current, longest = streaks(someone.days, at.date())
            totals = shown.totals
            assert (totals.current_streak, totals.longest_streak) == (current, longest), (
                f"{someone.name} at {at}"
            )
            assert (totals.tokens, totals.active_days) == (someone.tokens, len(someone.days))
            ranks = {
                user_id: place
                for place, (user_id, _) in enumerate(
                    self.slow.board("all", at.date(), "tokens", None, at), start=1
                )
            }
            assert shown.rank_world == ranks.get(someone.id), someone.name
            self.counts["profiles"] += 1

    def stories(self, people: list[Someone], at: datetime) -> None:
        """Why the ranks of some people moved since some past midnight."""
        days = sorted(self.slow.snapshots)
        for someone in people:
            ago = self.random.choice((1, 1, 2, 7, 30, 90))
            self.story(someone, days[-min(ago, len(days))], at)

    def story(self, someone: Someone, day: date, at: datetime) -> None:
        told = fresh_rank_story(user=User.objects.get(pk=someone.id), day=day)
        placed = self.slow.board("all", at.date(), "tokens", None, at)
        now = next((n for n, (pk, _) in enumerate(placed, start=1) if pk == someone.id), None)
        rows = {row.person.id: row for row in self.slow.snapshots[day]}
        then = rows.get(someone.id)
        what = f"{someone.name} since {day} at {at}"
        assert (told.rank_then, told.rank_now) == (then.world if then else None, now), what
        if then is None or now is None:
            assert not told.lines, what
            self.counts["stories of who came or left"] += 1
            return
        assert told.change == then.world - now == sum(line.places for line in told.lines), what
        assert sum(own.tokens for own in told.own) == someone.tokens - then.tokens, what
        found: Counts = Counter()
        for line in told.lines:
            found[line.kind.value, line.is_yours] += line.people
        assert found == self._crossed(someone, then, rows, placed[: now - 1]), what
        left = {line.cause.value: line.people for line in told.lines if line.kind.value == "left"}
        gone = sum(found[kind] for kind in (("left", False), ("left", True)))
        assert sum(left.values()) == gone, what
        for cause, is_so in (("excluded", "is_excluded"), ("hidden", "is_hidden")):
            above = [r.person for r in rows.values() if r.world < then.world]
            away = [p for p in above if getattr(p, is_so) and p.days]
            if cause == "hidden":
                away = [p for p in away if not p.is_excluded]
            assert left.get(cause, 0) == len(away), f"{what}: {cause}"
        self.counts["stories"] += 1
        self.counts["people in stories"] += found.total()

    def _crossed(
        self, me: Someone, then: Stood, rows: dict[UUID, Stood], above: list[tuple[UUID, int]]
    ) -> Counts:
        """Everybody set against everybody: once with my tokens of then, once with those of now."""

        def leads(other: Someone, theirs: int, mine: int) -> bool:
            assert other.first_at is not None
            assert me.first_at is not None
            return theirs > mine or (
                theirs == mine and (other.first_at, other.id) < (me.first_at, me.id)
            )

        crossed: Counts = Counter()
        above_now = dict(above)
        stands_now = {
            p.id: p.tokens for p in self.slow.people.values() if p.stands and p.tokens > 0
        }
        for user_id, tokens in above_now.items():
            other = self.slow.people[user_id]
            row = rows.get(user_id)
            if row is None:
                crossed["came", False] += 1
            elif row.world > then.world:
                crossed["passed_you", not leads(other, tokens, then.tokens)] += 1
        remaining = 0
        for row in rows.values():
            if row.world >= then.world:
                continue
            remaining += 1
            if row.person.id not in stands_now:
                crossed["left", False] += 1
            elif row.person.id not in above_now:
                crossed["you_passed", not leads(row.person, row.tokens, me.tokens)] += 1
        crossed["left", False] += then.world - 1 - remaining
        return Counter({key: people for key, people in crossed.items() if people})
