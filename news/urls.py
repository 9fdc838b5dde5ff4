"""The pages of this app."""

from django.urls import path

from news.views.feeds import feed_atom, feed_json
from news.views.news import news
from news.views.story import story

app_name = "news"
urlpatterns = [
    path("news", news, name="news"),
    path("news/feed.atom", feed_atom, name="feed_atom"),
    path("news/feed.json", feed_json, name="feed_json"),
    path("news/<str:slug>", story, name="story"),
]
