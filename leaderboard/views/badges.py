"""Badges: all there are, those one shows, and what came or went."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import (
    conditional_page,
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts.models import User
from accounts.views.access import next_page, person, personal
from ccgather.ops import clock
from ccgather.ops.limits import HOUR, RateLimitedError, count_person, require
from ccgather.ops.runtime import runtime
from ccgather.ui.pages import render_personal, render_public
from leaderboard.api.badges import CHANGES
from leaderboard.errors import BadgesNotShownError
from leaderboard.rules.badges import Category
from leaderboard.rules.badges.catalogue import MOST_DISPLAYED
from leaderboard.selectors.badges import (
    BadgeHolders,
    BadgeProgress,
    badge_catalogue,
    badge_progress,
)
from leaderboard.selectors.held_badges import displayed_of, held_badges
from leaderboard.services.badges import dismiss_badge_events, display_badges


@dataclass(frozen=True, slots=True)
class BadgeGroup:
    """The badges of one kind; each with how far the viewer is, None for nobody signed in."""

    category: Category
    badges: tuple[tuple[BadgeHolders, BadgeProgress | None], ...]


@require_safe
@conditional_page
def badges(request: HttpRequest) -> HttpResponse:
    """Every badge, how many hold it, and how far the viewer is."""
    catalogue = badge_catalogue()
    own: dict[str, BadgeProgress] = {}
    if isinstance(request.user, User):
        progress = badge_progress(user=request.user, at=clock.now())
        own = {item.badge.id: item for item in progress}
    context = {
        "groups": groups_of(catalogue.badges, own=own),
        "people": catalogue.people,
        "held": sum(item.held is not None for item in own.values()),
        "total": len(catalogue.badges),
    }
    return render_public(request, "leaderboard/badges.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@personal
def displayed_badges(request: HttpRequest) -> HttpResponseBase:
    """Which badges stand beside one's name: a place from 1 to 5 for each."""
    user = person(request)
    status = 200
    if request.method == "POST":
        try:
            require(
                count_person(
                    request,
                    group=CHANGES,
                    person=user.pk,
                    limit=runtime.profile_changes_per_hour,
                    seconds=HOUR,
                )
            )
            shown = display_badges(user_id=user.pk, wanted=wanted_of(request.POST))
        except RateLimitedError as error:
            messages.error(request, error.message)
            status = 429
        except BadgesNotShownError as error:
            messages.error(request, " ".join((error.message, *error.details)))
            status = 400
        else:
            messages.success(request, said_of(len(shown)))
            return redirect("leaderboard:displayed_badges")
    held = held_badges(user=user, is_own=True)
    context = {
        "held": held,
        "displayed": displayed_of(badges=held),
        "places": range(1, MOST_DISPLAYED + 1),
    }
    return render_personal(request, "leaderboard/displayed_badges.html", context, status=status)


@require_POST
@personal
def badge_news_dismiss(request: HttpRequest) -> HttpResponseBase:
    """What came and went is seen."""
    user = person(request)
    dismiss_badge_events(user=user, at=clock.now())
    return redirect(next_page(request, default=f"/u/{user.username}"))


def groups_of(
    badges: Iterable[BadgeHolders], *, own: Mapping[str, BadgeProgress]
) -> tuple[BadgeGroup, ...]:
    """The catalogue by category."""
    by_category: dict[Category, list[tuple[BadgeHolders, BadgeProgress | None]]] = {}
    for row in badges:
        pair = (row, own.get(row.badge.id))
        by_category.setdefault(row.badge.category, []).append(pair)
    return tuple(BadgeGroup(category, tuple(rows)) for category, rows in by_category.items())


def wanted_of(posted: Mapping[str, str]) -> list[str]:
    """The ids of the badges that were given a place, by their places.

    Two badges on one place stand one after the other, as the form shows them.
    """
    places = [
        (int(place), key.removeprefix("place-"))
        for key, place in posted.items()
        if key.startswith("place-") and place.isascii() and place.isdecimal() and len(place) == 1
    ]
    return [badge for _, badge in sorted(places, key=lambda pair: pair[0])]


def said_of(count: int) -> str:
    """What the person is told afterwards."""
    if not count:
        return "No badge stands beside your name now."
    return f"{count} badge{'s stand' if count > 1 else ' stands'} beside your name now."
