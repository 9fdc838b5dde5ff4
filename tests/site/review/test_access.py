"""Every page of the review area × who asks."""

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from accounts.models import User
from ccgather.site.review.admin import REGISTERED
from submissions.models import ReviewCase
from tests.cast import person
from tests.site.review.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGES = (
    "/admin/",
    "/admin/submissions/reviewcase/",
    "/admin/submissions/reviewcase/{case}/change/",
    "/admin/submissions/reviewcase/people/{alice}/",
    "/admin/submissions/appeal/",
    "/admin/submissions/collectorquarantine/",
    "/admin/submissions/decision/",
    "/admin/submissions/profilereport/",
    "/admin/submissions/sharedusage/",
    "/admin/submissions/cohortfigure/",
    "/admin/submissions/signalrate/",
)


@pytest.mark.parametrize("page", PAGES)
def test_all_of_the_staff_look_and_nobody_else(page: str, case: ReviewCase, alice: User) -> None:
    path = page.format(case=case.pk, alice=alice.pk)
    assert Client().get(path).status_code == 302
    assert signed_in(alice).get(path).status_code == 302
    assert signed_in(person("liv", is_staff=True)).get(path).status_code == 200


def test_every_page_is_reached_from_the_index(case: ReviewCase) -> None:
    body = signed_in(person("liv", is_staff=True)).get("/admin/").content.decode()
    for model, _ in REGISTERED:
        assert f'href="/admin/submissions/{model._meta.model_name}/"' in body


def test_the_index_says_what_waits(at_work: Client, case: ReviewCase) -> None:
    body = at_work.get("/admin/").content.decode()
    assert "Cases to decide" in body
    assert '<dd><span class="number">1</span></dd>' in body


def test_pages_are_kept_by_nobody(at_work: Client, case: ReviewCase) -> None:
    headers = at_work.get("/admin/submissions/reviewcase/").headers
    assert "no-store" in headers["Cache-Control"]


def test_own_pages_have_names_in_the_admin() -> None:
    admin = get_resolver().namespace_dict["admin"][1]
    names = {p.name for p in _patterns(admin) if isinstance(p, URLPattern)}
    assert {"submissions_reviewcase_bulk", "submissions_reviewcase_person"} <= names


def _patterns(resolver: object) -> list[object]:
    found: list[object] = []
    for pattern in getattr(resolver, "url_patterns", []):
        found += [pattern, *_patterns(pattern)]
    return found
