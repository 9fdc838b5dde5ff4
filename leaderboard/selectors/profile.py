"""A person's public page, and the points of its chart."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db.models import Sum

from accounts.avatars import avatar_of
from accounts.models import User
from ccgather.ui.formats import band_bounds_of
from leaderboard.errors import UnknownPersonError
from leaderboard.rules.charts import ChartRange, intensities_of
from leaderboard.rules.levels import LevelProgress, level_of
from leaderboard.rules.streaks import streaks_of
from leaderboard.selectors.board import ranks_of
from leaderboard.selectors.held_badges import held_badges
from leaderboard.selectors.history import rank_history
from leaderboard.shapes import DayUsage, Profile, Share, Totals
from submissions.models import SliceRow, UsageAccount, UserDay

Names = Mapping[str, int]


def profile(*, username: str, viewer: User | None, at: datetime) -> Profile:
    """The profile of a person. Others do not see hidden people: UnknownPersonError for both.

    Eleven queries, whatever the length of the history.
    """
    user = shown_person(username=username, viewer=viewer)
    is_own = viewer is not None and viewer.pk == user.pk
    shows_cost = is_own or not user.hide_cost
    account = UsageAccount.objects.filter(user=user).first()
    usage_days = list(UserDay.objects.filter(user=user).order_by("day"))
    parts = _parts(user)
    ranks = ranks_of(user=user, at=at)
    totals = _totals(account, usage_days, shows_cost=shows_cost, today=at.date())
    return Profile(
        user_id=user.pk,
        username=user.username,
        display_name=user.shown_name,
        avatar_url=avatar_of(user),
        country_code=user.country_code if is_own else user.shown_country,
        timezone=user.timezone if is_own else "",
        created_at=user.created_at,
        last_submission_at=account.last_submission_at if account else None,
        first_submission_at=account.first_submission_at if account else None,
        level=_shown_level(totals.tokens, as_bands=user.show_ranges and not is_own),
        rank_world=ranks.world,
        rank_country=ranks.country,
        primary_model=next(iter(_sums(parts, 2)), ""),
        totals=totals,
        days=_days(usage_days, parts, shows_cost=shows_cost),
        by_provider=_shares(parts, 3, shows_cost=shows_cost),
        by_client=_shares(parts, 1, shows_cost=shows_cost),
        by_model=_shares(parts, 2, shows_cost=shows_cost),
        shows_ranges=user.show_ranges and not is_own,
        is_visible=user.profile_visible,
        is_excluded=user.excluded_at is not None,
        is_own=is_own,
        badges=held_badges(user=user, is_own=is_own),
    )


def _shown_level(tokens: int, *, as_bands: bool) -> LevelProgress:
    """The level; its progress to the quarter for people who show bands, which are wider."""
    level = level_of(tokens=tokens)
    return replace(level, progress=round(level.progress * 4) / 4) if as_bands else level


def shown_person(*, username: str, viewer: User | None) -> User:
    """The person of that name whom the viewer may see. Raises UnknownPersonError."""
    user = User.objects.named(username).filter(is_active=True).first()
    if user is None or not (user.profile_visible or (viewer is not None and viewer.pk == user.pk)):
        raise UnknownPersonError
    return user


def chart_points(
    *, username: str, viewer: User | None, span: ChartRange, at: datetime
) -> list[tuple[date, int, int | None, int | None]]:
    """(day, tokens, cost in micro-dollars or None when hidden, world rank at the day's end or
    None where no snapshot ranks them) of each day of the range. Three queries.

    Days without usage have 0, so that a line drawn through the points is true. For people who show
    bands a day's tokens are the foot of its band, and its cost is not told.
    """
    user = shown_person(username=username, viewer=viewer)
    is_own = viewer is not None and viewer.pk == user.pk
    as_bands = user.show_ranges and not is_own
    shows_cost = is_own or not (user.hide_cost or as_bands)
    days = UserDay.objects.filter(user=user)
    if span.days is not None:
        days = days.filter(day__gt=at.date() - timedelta(days=span.days))
    found = {
        day: (tokens, cost)
        for day, tokens, cost in days.values_list("day", "total_tokens", "cost_microusd")
    }
    if span.days is None and not found:
        return []
    first = at.date() - timedelta(days=span.days - 1) if span.days is not None else min(found)
    last = max(at.date(), max(found, default=at.date()))
    ranks = rank_history(user_id=user.pk, first=first, last=last)
    points = []
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        tokens, cost = found.get(day, (0, 0))
        shown = band_bounds_of(tokens)[0] if as_bands else tokens
        points.append((day, shown, cost if shows_cost else None, ranks.get(day)))
    return points


Part = tuple[date, str, str, str, int, int]
"""(day, client, model, provider, tokens, cost)."""


def _parts(user: User) -> list[Part]:
    return list(
        SliceRow.objects.filter(slice__user=user, slice__state="accepted", slice__not_counted="")
        .values_list("slice__day", "slice__client", "model", "provider")
        .annotate(tokens=Sum("total_tokens"), cost=Sum("cost_microusd", default=0))
        .order_by()
    )


def _sums(parts: Sequence[Part], column: int) -> dict[str, tuple[int, int]]:
    """Tokens and cost by one name column, most tokens first, then by name."""
    tokens: Counter[str] = Counter()
    costs: Counter[str] = Counter()
    for part in parts:
        tokens[str(part[column])] += part[4]
        costs[str(part[column])] += part[5]
    ordered = sorted(tokens, key=lambda name: (-tokens[name], name))
    return {name: (tokens[name], costs[name]) for name in ordered}


def _shares(parts: Sequence[Part], column: int, *, shows_cost: bool) -> tuple[Share, ...]:
    sums = _sums(parts, column)
    whole = sum(tokens for tokens, _ in sums.values()) or 1
    return tuple(
        Share(
            name=name,
            tokens=tokens,
            cost_microusd=cost if shows_cost else None,
            share=tokens / whole,
        )
        for name, (tokens, cost) in sums.items()
    )


def _days(
    usage_days: Sequence[UserDay], parts: Sequence[Part], *, shows_cost: bool
) -> tuple[DayUsage, ...]:
    by_day: dict[date, list[Part]] = defaultdict(list)
    for part in parts:
        by_day[part[0]].append(part)
    intensities = intensities_of([day.total_tokens for day in usage_days])
    return tuple(
        DayUsage(
            day=usage.day,
            tokens=usage.total_tokens,
            cost_microusd=usage.cost_microusd if shows_cost else None,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_tokens,
            cache_write_tokens=usage.cache_write_tokens,
            reasoning_tokens=usage.reasoning_tokens,
            intensity=intensity,
            providers=_day_names(by_day[usage.day], 3),
            clients=_day_names(by_day[usage.day], 1),
            models=_day_names(by_day[usage.day], 2),
        )
        for usage, intensity in zip(usage_days, intensities, strict=True)
    )


def _day_names(parts: Sequence[Part], column: int) -> Names:
    return {name: tokens for name, (tokens, _) in _sums(parts, column).items()}


def _totals(
    account: UsageAccount | None, days: Sequence[UserDay], *, shows_cost: bool, today: date
) -> Totals:
    sums = account or UsageAccount()
    streaks = streaks_of(active_days=[day.day for day in days], today=today)
    best = max(days, key=lambda day: day.total_tokens, default=None)
    return Totals(
        tokens=sums.total_tokens,
        cost_microusd=sums.cost_microusd if shows_cost else None,
        input_tokens=sums.input_tokens,
        output_tokens=sums.output_tokens,
        cache_read_tokens=sums.cache_read_tokens,
        cache_write_tokens=sums.cache_write_tokens,
        reasoning_tokens=sums.reasoning_tokens,
        active_days=len(days),
        current_streak=streaks.current,
        longest_streak=streaks.longest,
        unpriced_tokens=sums.unpriced_tokens,
        best_day=best.day if best else None,
        best_day_tokens=best.total_tokens if best else 0,
    )
