"""The few routes of allauth that this site has, under the names by which allauth looks for them.

`allauth.urls` is not included: its pages sign up, connect and manage accounts by forms that this
site does not have. GitHub knows the address of its callback, which is part of the HTTP contract.
"""

from django.conf import settings
from django.urls import URLPattern, path
from django.views.generic import RedirectView

from accounts import views
from accounts.api import signing_in

urlpatterns: list[URLPattern] = [
    path("api/auth/github/callback", signing_in.github_callback, name="github_callback"),
    path(
        "accounts/login/",
        RedirectView.as_view(pattern_name="accounts:login", query_string=True),
        name="account_login",
    ),
    path("accounts/logout/", views.logout, name="account_logout"),
]
if settings.GOOGLE_CONFIGURED:
    # allauth's Google module reads its settings when it is imported.
    from allauth.socialaccount.providers.google.views import oauth2_callback

    urlpatterns.append(
        path("accounts/google/login/callback/", oauth2_callback, name="google_callback")
    )
