"""A browser and a served site for every test here; a site with people on its boards.

One Chromium and one server serve all tests of a worker; each test has its own database rows,
cookies and pages.
"""

import asyncio
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, sync_playwright
from pytest_django import Settings

from accounts.models import User
from ccgather.ops import clock
from submissions.services.accept import accept_report
from tests.accounts.conftest import github  # noqa: F401 - the look-alike of GitHub
from tests.browser.serving import Server
from tests.browser.visitor import WIDE, Visitor
from tests.cast import person, token_of
from tests.submissions.reports import report, row

CHROMIUM_ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
ANSWER_MS = 15_000
"""How long a page may take on a busy machine before a test gives up."""
CROWD = 30

Open = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[Server]:
    """The site on a free port; it is gone before the database goes."""
    with Server() as running:
        yield running


@pytest.fixture(scope="session")
def _driven(chromium_path: str) -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_ARGS))
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(_driven: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """The worker's Chromium.

    Playwright's calls run on an event loop that it marks as running in this thread for as long as
    the browser lives. Only here does it stay marked: code of other tests that asks for the loop
    finds none. Within a test here the ORM would refuse to work beside a loop, which it does not
    block in truth: nothing of the loop runs between two calls of Playwright.
    """
    running, loop = _driven
    with mock.patch.dict(os.environ, {"DJANGO_ALLOW_ASYNC_UNSAFE": "1"}):
        asyncio._set_running_loop(loop)
        try:
            yield running
        finally:
            # Beside a loop Django keeps connections apart from those of the thread.
            connections.close_all()
            asyncio._set_running_loop(None)


@pytest.fixture
def site(server: Server, settings: Settings, transactional_db: None) -> Iterator[str]:
    """Where the site is; it knows that address as its own."""
    settings.PUBLIC_URL = server.url
    settings.CSRF_TRUSTED_ORIGINS = [server.url]
    yield server.url
    server.wait_until_idle()


@pytest.fixture
def open_browser(site: str, browser: Browser) -> Iterator[Open]:
    """Gives a `Visitor` with a browser window of their own; none of them may meet a fault.

    `signed_in_as` is somebody with a session already; `scripts=False` switches JavaScript off.
    """
    visitors: list[Visitor] = []

    def open_one(
        *, signed_in_as: User | None = None, scripts: bool = True, agent: str | None = None
    ) -> Visitor:
        context = browser.new_context(
            viewport={"width": WIDE["width"], "height": WIDE["height"]},
            reduced_motion="reduce",
            java_script_enabled=scripts,
            user_agent=agent,
        )
        context.set_default_timeout(ANSWER_MS)
        if signed_in_as is not None:
            context.add_cookies(
                [
                    {
                        "name": django_settings.SESSION_COOKIE_NAME,
                        "value": session_key_of(signed_in_as),
                        "url": site,
                    }
                ]
            )
        visitor = Visitor(site=site, context=context, page=context.new_page())
        visitors.append(visitor)
        return visitor

    yield open_one
    for visitor in visitors:
        visitor.context.close()
    faults = [fault for visitor in visitors for fault in visitor.faults]
    assert not faults, "\n".join(faults)


def session_key_of(user: User) -> str:
    """The cookie of a session that has just begun."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def crowd(site: str) -> list[User]:
    """Thirty people: `person-0` has burned the most; the odd ones live in Germany, the even ones
    in Korea; the last five of them burned nothing this month."""
    at = clock.now()
    people = []
    for place in range(CROWD):
        somebody = person(f"person-{place}", country_code="DE" if place % 2 else "KR")
        ago = 40 if place >= CROWD - 5 else 0
        accept_report(
            user_id=somebody.pk,
            report=report([row(at.date() - timedelta(days=ago), 1_000_000 - 1_000 * place)]),
            body=b"{}",
            at=at,
            token=token_of(somebody, secret=f"tt_{place:048x}"),
        )
        people.append(somebody)
    return people
