"""The routes of accounts under `/api/`."""

from django.urls import path

from accounts.api import device_login, rights, signing_in

app_name = "accounts_api"

urlpatterns = [
    path("auth/github", signing_in.github, name="github"),
    path("auth/session", signing_in.session, name="session"),
    path("auth/logout", signing_in.logout, name="logout"),
    path("auth/token", signing_in.token, name="token"),
    path("auth/device", device_login.device, name="device"),
    path("auth/device/poll", device_login.device_poll, name="device_poll"),
    path("me/export", rights.export, name="export"),
]
