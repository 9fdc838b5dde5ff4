"""The pages of this app."""

from django.urls import path

from ccgather.site.views.countries import countries
from ccgather.site.views.country import country
from ccgather.site.views.home import home
from ccgather.site.views.integrity import integrity
from ccgather.site.views.methodology import methodology
from ccgather.site.views.people import people
from ccgather.site.views.settings import settings
from ccgather.site.views.styleguide import styleguide
from ccgather.site.views.upload import upload

app_name = "site"
urlpatterns = [
    path("", home, name="home"),
    path("countries", countries, name="countries"),
    path("countries/<str:code>", country, name="country"),
    path("integrity", integrity, name="integrity"),
    path("methodology", methodology, name="methodology"),
    path("people", people, name="people"),
    path("settings", settings, name="settings"),
    path("settings/upload", upload, name="upload"),
    path("styleguide", styleguide, name="styleguide"),
]
