"""This app's routes under /api/."""

from django.urls import path

from submissions.api import review, views

app_name = "submissions_api"
urlpatterns = [
    path("admin/flagged", review.flagged, name="flagged"),
    path("admin/review", review.review, name="review"),
    path("me/submissions", views.my_submissions, name="my_submissions"),
    path("settings/submitted-data", views.submitted_data, name="submitted_data"),
]
