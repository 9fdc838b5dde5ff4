"""The pages of accounts."""

from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("login", views.login, name="login"),
    path("login/google", views.google_login, name="google_login"),
    path("login/local", views.local_login, name="local_login"),
    path("login/suspended", views.suspended, name="suspended"),
    path("logout", views.logout, name="logout"),
    path("welcome", views.welcome, name="welcome"),
    path("device", views.device, name="device"),
    path("notices", views.notices, name="notices"),
    path("notices/seen", views.notices_seen, name="notices_seen"),
    path("notices/<uuid:notice_id>/open", views.notice_open, name="notice_open"),
    path("emails/off/<str:token>", views.emails_off, name="emails_off"),
    path("settings/emails", views.emails, name="emails"),
    path("settings/profile", views.profile_settings, name="profile_settings"),
    path("settings/tokens", views.tokens, name="tokens"),
    path("settings/tokens/<uuid:token_id>/revoke", views.token_revoke, name="token_revoke"),
    path("settings/sessions", views.sessions, name="sessions"),
    path("settings/sessions/end-others", views.sessions_end, name="sessions_end"),
    path("settings/sessions/<uuid:session_id>/end", views.session_end, name="session_end"),
    path("settings/account", views.account, name="account"),
    path("avatars/<str:username>.svg", views.avatar, name="avatar"),
]
