"""This app's routes under /api/."""

from django.urls import path

from news.api import views

app_name = "news_api"
urlpatterns = [
    path("news", views.news, name="news"),
    path("news/<str:slug>", views.news_story, name="news_story"),
]
