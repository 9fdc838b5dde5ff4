"""Every route of the site."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from ccgather.ops import health
from ccgather.site.errors import api_not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("", include("accounts.allauth_urls")),
    path("api/", include("accounts.api.urls")),
    path("api/", include("submissions.api.urls")),
    path("api/", include("leaderboard.api.urls")),
    path("api/", include("news.api.urls")),
    path("api/", include("ccgather.site.api.urls")),
    re_path(r"^api(/.*)?$", api_not_found, name="api_not_found"),
    path("", include("accounts.urls")),
    path("", include("submissions.urls")),
    path("", include("leaderboard.urls")),
    path("", include("news.urls")),
    path("", include("ccgather.site.urls")),
]

handler400 = "ccgather.site.errors.bad_request"
handler403 = "ccgather.site.errors.permission_denied"
handler404 = "ccgather.site.errors.page_not_found"
handler500 = "ccgather.site.errors.server_error"
