"""The pages of this app."""

from django.urls import path
from django.views.generic import RedirectView

from leaderboard.views.profile import profile

app_name = "leaderboard"
urlpatterns = [
    path("u/<str:username>", profile, name="profile"),
    path(
        "profile/<str:username>",
        RedirectView.as_view(pattern_name="leaderboard:profile", permanent=True),
        name="old_profile",
    ),
]
