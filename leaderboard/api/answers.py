"""The JSON of boards and profiles, as the HTTP contract words it."""

from datetime import datetime

from django.conf import settings

from ccgather.ui.formats import band_bounds_of
from leaderboard.rules.badges import Badge
from leaderboard.rules.levels import LevelProgress
from leaderboard.selectors.badges import BadgeCatalogue
from leaderboard.selectors.countries import CountryBoard, CountryRow
from leaderboard.selectors.held_badges import displayed_of
from leaderboard.shapes import BoardPage, BoardRow, DayUsage, HeldBadge, Profile, Share

MICROUSD = 1_000_000

Json = dict[str, object]


def usd(microusd: int | None) -> float | None:
    """Dollars as a JSON number; None stays None (hidden)."""
    return None if microusd is None else microusd / MICROUSD


def moment(at: datetime | None) -> str | None:
    """RFC 3339, UTC, whole seconds."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def public_url(address: str) -> str:
    """An address that works from elsewhere: paths of this site get the site before them."""
    return f"{settings.PUBLIC_URL}{address}" if address.startswith("/") else address


def level_answer(level: LevelProgress) -> Json:
    """`level` of the submit answer and of `/api/me`."""
    return {
        "level": level.level,
        "name": level.name,
        "icon": level.icon,
        "progress": round(level.progress, 6),
        "tokensToNext": level.tokens_to_next,
    }


def board_answer(page: BoardPage) -> Json:
    """`GET /api/leaderboard`."""
    return {
        "data": [_board_row(row) for row in page.rows],
        "pagination": {
            "page": page.page,
            "limit": page.limit,
            "total": page.total,
            "totalPages": page.total_pages,
            "hasMore": page.has_more,
        },
        "meta": {
            "period": page.period,
            "from": None if page.period == "all" else page.window.start.isoformat(),
            "to": None if page.period == "all" else page.window.end.isoformat(),
            "country": page.country,
            "sort": str(page.metric),
            "updatedAt": moment(page.updated_at),
        },
        "stats": {
            "totalUsers": page.stats.people,
            "totalTokens": page.stats.tokens,
            "totalCost": usd(page.stats.cost_microusd),
        },
    }


def _board_row(row: BoardRow) -> Json:
    return {
        "rank": row.rank,
        "rankChange": row.rank_change,
        "user": {
            "username": row.username,
            "displayName": row.display_name,
            "avatarUrl": public_url(row.avatar_url),
            "countryCode": row.country_code or None,
            "level": row.level.level,
            "primaryModel": row.primary_model or None,
        },
        **shown_counts(tokens=row.tokens, cost=row.cost_microusd, as_range=row.shows_ranges),
        "activeDays": row.active_days,
        "topProvider": row.top_provider or None,
        "topSource": row.top_client or None,
        "lastSubmission": moment(row.last_submission_at),
    }


def shown_counts(*, tokens: int, cost: int | None, as_range: bool) -> Json:
    """Tokens and cost as the person shows them: exact, or the lower bound of a band.

    The band's own ends are in `tokensRange`, so that a program can say so.
    """
    if not as_range:
        return {"tokens": tokens, "cost": usd(cost)}
    low, high = band_bounds_of(tokens)
    return {"tokens": low, "tokensRange": [low, high], "cost": None}


def profile_answer(profile: Profile) -> Json:
    """`GET /api/user/{username}`."""
    totals = profile.totals
    counts = shown_counts(
        tokens=totals.tokens, cost=totals.cost_microusd, as_range=profile.shows_ranges
    )
    cost = counts["cost"]
    average = None
    if isinstance(cost, float):
        average = round(cost / totals.active_days, 6) if totals.active_days else 0.0
    return {
        "username": profile.username,
        "displayName": profile.display_name,
        "avatarUrl": public_url(profile.avatar_url),
        "countryCode": profile.country_code or None,
        **({"timezone": profile.timezone} if profile.is_own else {}),
        "level": profile.level.level,
        "levelName": profile.level.name,
        "levelIcon": profile.level.icon,
        "totalTokens": counts["tokens"],
        **({"totalTokensRange": counts["tokensRange"]} if profile.shows_ranges else {}),
        "totalCost": cost,
        "globalRank": profile.rank_world,
        "countryRank": profile.rank_country,
        "primaryModel": profile.primary_model or None,
        "badges": [held_badge_answer(badge) for badge in profile.badges],
        "displayedBadges": [badge.badge.id for badge in displayed_of(badges=profile.badges)],
        "stats": {
            "avgDailyCost": average,
            "activeDays": totals.active_days,
            "currentStreak": totals.current_streak,
            "longestStreak": totals.longest_streak,
        },
        "createdAt": moment(profile.created_at),
        "lastSubmissionAt": moment(profile.last_submission_at),
    }


def full_profile_answer(profile: Profile) -> Json:
    """`GET /api/users/{username}`: the header, the sums, every day and the breakdowns.

    For people who show bands, days and breakdowns are shares of a thousand, not counts.
    """
    totals = profile.totals
    exact = not profile.shows_ranges
    best = None
    if totals.best_day is not None:
        best = {
            "date": totals.best_day.isoformat(),
            "tokens": totals.best_day_tokens
            if exact
            else band_bounds_of(totals.best_day_tokens)[0],
        }
    counts = shown_counts(tokens=totals.tokens, cost=totals.cost_microusd, as_range=not exact)
    classes = {
        "inputTokens": totals.input_tokens,
        "outputTokens": totals.output_tokens,
        "cacheCreationTokens": totals.cache_write_tokens,
        "cacheReadTokens": totals.cache_read_tokens,
        "reasoningTokens": totals.reasoning_tokens,
    }
    tokens = counts["tokens"]
    return {
        "user": {
            "username": profile.username,
            "displayName": profile.display_name,
            "avatarUrl": public_url(profile.avatar_url),
            "joinedAt": moment(profile.created_at),
            "rank": profile.rank_world,
        },
        "stats": {
            "totalTokens": tokens,
            **({} if exact else {"totalTokensRange": counts["tokensRange"]}),
            "totalCost": counts["cost"],
            **{
                name: count if exact else band_bounds_of(count)[0]
                for name, count in classes.items()
            },
            "activeDays": totals.active_days,
            "avgTokensPerDay": tokens // totals.active_days
            if isinstance(tokens, int) and totals.active_days
            else 0,
            "peakDay": best,
            "sources": [share.name for share in profile.by_client],
            "providers": [share.name for share in profile.by_provider],
            "models": [share.name for share in profile.by_model],
            "currentStreak": totals.current_streak,
            "longestStreak": totals.longest_streak,
        },
        "contributions": [_contribution(day, exact=exact) for day in profile.days],
        "breakdown": {
            "byProvider": _shares(profile.by_provider, exact=exact),
            "bySource": _shares(profile.by_client, exact=exact),
            "byModel": _shares(profile.by_model, exact=exact),
        },
    }


def _contribution(day: DayUsage, *, exact: bool) -> Json:
    if not exact:
        return {
            "date": day.day.isoformat(),
            "count": band_bounds_of(day.tokens)[0],
            "intensity": day.intensity,
            "providers": {},
            "sources": {},
            "models": {},
            "cost": None,
        }
    return {
        "date": day.day.isoformat(),
        "count": day.tokens,
        "intensity": day.intensity,
        "providers": dict(day.providers),
        "sources": dict(day.clients),
        "models": dict(day.models),
        "cost": usd(day.cost_microusd),
        "inputTokens": day.input_tokens,
        "outputTokens": day.output_tokens,
        "cacheReadTokens": day.cache_read_tokens,
        "cacheCreationTokens": day.cache_write_tokens,
        "reasoningTokens": day.reasoning_tokens,
    }


def _shares(shares: tuple[Share, ...], *, exact: bool) -> dict[str, int]:
    return {share.name: share.tokens if exact else round(share.share * 1000) for share in shares}


def badge_answer(badge: Badge) -> Json:
    """What is always said of a badge."""
    return {
        "id": badge.id,
        "name": badge.name,
        "icon": badge.icon,
        "rarity": str(badge.rarity),
        "category": str(badge.category),
        "sentence": badge.sentence,
    }


def held_badge_answer(held: HeldBadge) -> Json:
    """A badge that somebody holds; `type` is its id."""
    return {
        "type": held.badge.id,
        "name": held.badge.name,
        "icon": held.badge.icon,
        "rarity": str(held.badge.rarity),
        "earnedAt": moment(held.earned_at),
        "countryCode": held.country_code or None,
    }


def catalogue_answer(catalogue: BadgeCatalogue) -> Json:
    """`GET /api/badges`: every badge with how many people of the boards hold it."""
    return {
        "data": [
            badge_answer(row.badge) | {"holders": row.holders, "share": round(row.share, 6)}
            for row in catalogue.badges
        ],
        "meta": {"people": catalogue.people},
    }


def countries_answer(board: CountryBoard) -> Json:
    """`GET /api/countries`; with `notTold` the rows add up to `total`."""
    return {"data": [country_row_answer(row) for row in board.rows], "meta": _country_meta(board)}


def country_answer(board: CountryBoard, *, row: CountryRow, top: BoardPage) -> Json:
    """`GET /api/countries/{code}`."""
    people = [_board_row(person) for person in top.rows]
    return {"data": country_row_answer(row) | {"top": people}, "meta": _country_meta(board)}


def country_row_answer(row: CountryRow) -> Json:
    """A country; its rank is None where nobody stands for it."""
    return {
        "code": row.code,
        "name": row.name,
        "people": row.people,
        "tokens": row.tokens,
        "cost": usd(row.cost_microusd),
        "rank": row.rank or None,
        "share": round(row.share, 6),
    }


def _country_meta(board: CountryBoard) -> Json:
    return {
        "period": board.period,
        "sort": str(board.order),
        "updatedAt": moment(board.updated_at),
        "countries": len(board.rows),
        "total": _sums(board.world),
        "notTold": _sums(board.elsewhere) | {"share": round(board.elsewhere.share, 6)},
    }


def _sums(row: CountryRow) -> Json:
    return {"people": row.people, "tokens": row.tokens, "cost": usd(row.cost_microusd)}
