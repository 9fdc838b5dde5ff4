"""Routes under /api/ that are composed of several apps."""

from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView

from ccgather.site.api import docs, integrity, me, public, submit, webhooks

app_name = "site_api"
urlpatterns = [
    path("submit", submit.submit_report, name="submit_report"),
    path("me", me.me, name="me"),
    path("me/stats", me.me_stats, name="me_stats"),
    path("config", public.config, name="config"),
    path("stats", public.stats, name="stats"),
    path("integrity", integrity.integrity, name="integrity"),
    path("schemas/<str:name>", public.json_schema, name="json_schema"),
    path("webhooks/github", webhooks.github_webhook, name="github_webhook"),
    path("schema", SpectacularJSONAPIView.as_view(), name="schema"),
    path("docs", docs.api_docs, name="api_docs"),
]
