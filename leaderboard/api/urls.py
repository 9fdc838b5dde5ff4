"""This app's routes under /api/."""

from django.urls import path

from leaderboard.api import views

app_name = "leaderboard_api"
urlpatterns = [
    path("leaderboard", views.leaderboard, name="leaderboard"),
    path("user/<str:username>", views.user_profile, name="user_profile"),
    path("user/<str:username>/chart", views.user_chart, name="user_chart"),
    path("users/<str:username>", views.user_contributions, name="user_contributions"),
]
