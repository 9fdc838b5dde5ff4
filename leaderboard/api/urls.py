"""This app's routes under /api/."""

from django.urls import path

from leaderboard.api import badges, countries, rank_story, views

app_name = "leaderboard_api"
urlpatterns = [
    path("leaderboard", views.leaderboard, name="leaderboard"),
    path("user/<str:username>", views.user_profile, name="user_profile"),
    path("user/<str:username>/chart", views.user_chart, name="user_chart"),
    path("users/<str:username>", views.user_contributions, name="user_contributions"),
    path("badges", badges.badges, name="badges"),
    path("me/badges/display", badges.badge_display, name="badge_display"),
    path("me/rank-story", rank_story.my_rank_story, name="my_rank_story"),
    path("countries", countries.countries, name="countries"),
    path("countries/<str:code>", countries.country, name="country"),
]
