"""This app's routes under /api/."""

from django.urls import path

from submissions.api import views

urlpatterns = [
    path("me/submissions", views.my_submissions, name="my-submissions"),
    path("settings/submitted-data", views.submitted_data, name="submitted-data"),
]
