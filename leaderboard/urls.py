"""The pages of this app."""

from django.urls import path
from django.views.generic import RedirectView

from leaderboard.views.badges import badge_news_dismiss, badges, displayed_badges
from leaderboard.views.profile import profile
from leaderboard.views.report_profile import report_profile

app_name = "leaderboard"
urlpatterns = [
    path("badges", badges, name="badges"),
    path("settings/badges", displayed_badges, name="displayed_badges"),
    path("settings/badges/seen", badge_news_dismiss, name="badge_news_dismiss"),
    path("u/<str:username>", profile, name="profile"),
    path("u/<str:username>/report", report_profile, name="report_profile"),
    path(
        "profile/<str:username>",
        RedirectView.as_view(pattern_name="leaderboard:profile", permanent=True),
        name="old_profile",
    ),
]
