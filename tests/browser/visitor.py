"""Somebody at a browser, and what goes wrong on the pages they see."""

from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, Response

WIDE: Final = {"width": 1440, "height": 900}
NARROW: Final = {"width": 390, "height": 844}
THEMES: Final = ("light", "dark")
AVATARS: Final = "https://avatars.githubusercontent.com"
STILL: Final = """new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))
    .then(() => Promise.allSettled(document.getAnimations().map(moving => moving.finished)))"""
"""Returns when nothing moves any more: halfway between two themes no colour is right. On a busy
machine a theme may begin to change a frame late."""
COLOUR_RULES: Final = ["color-contrast", "link-in-text-block"]
"""What a theme can break: the other rules read the document, which both themes share."""


@dataclass
class Visitor:
    """One browser context with one page; `faults` are lines about what no page may do.

    A fault is an error on the console (what the site's policy blocks is one), an exception of a
    script, a part of a page that is missing, an error of the server, and a request to any other
    host than the site and those of `hosts`.
    """

    site: str
    context: BrowserContext
    page: Page
    hosts: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    _is_listening: bool = True

    def __post_init__(self) -> None:
        self.hosts.add(urlsplit(self.site).netloc)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self._note(f"script error: {error}"))
        self.context.on("request", self._see_request)
        self.context.on("response", self._see_response)

    def opens(self, path: str) -> Page:
        """The page at a path of the site, loaded with its scripts and fonts."""
        self._is_listening = True
        self.page.goto(f"{self.site}{path}")
        return self.page

    def looks_closely(self, name: str) -> list[str]:
        """What is wrong with the page as it stands, wide and narrow, in both themes.

        axe puts styles into a page, which the site's policy rightly refuses, so what the console
        says from here to the next `opens` is not the page's.
        """
        self._is_listening = False
        found: list[str] = []
        for width in (WIDE, NARROW):
            self.page.set_viewport_size({"width": width["width"], "height": width["height"]})
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                found.append(f"{name} at {width['width']}: scrolls sideways by {over} px")
            for theme in THEMES:
                self.page.emulate_media(
                    color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce"
                )
                self.page.evaluate(STILL)
                found += [
                    f"{name} at {width['width']}, {theme}: {violation}"
                    for violation in axe_violations(self.page, of_colours=theme != THEMES[0])
                ]
        return found

    def _note(self, fault: str) -> None:
        if self._is_listening:
            self.faults.append(f"{self.page.url}: {fault}")

    def _hear(self, said: ConsoleMessage) -> None:
        # A page that is itself a refusal is said on the console as well; `_see_response` tells
        # such pages from parts that are missing.
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self._note(f"console: {said.text}")

    def _see_request(self, request: Request) -> None:
        self.requested.append(request.url)
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.netloc not in self.hosts:
            self.faults.append(f"{self.page.url}: asks another host: {request.url}")

    def _see_response(self, response: Response) -> None:
        is_page = response.request.is_navigation_request()
        if response.status >= 500 or (response.status >= 400 and not is_page):
            self._note(f"{response.status} {response.url}")


def axe_violations(page: Page, *, of_colours: bool) -> list[str]:
    """What axe finds, a line a rule with the first elements that break it; of every rule, or of
    those about colours alone. (`preload` would fetch the style sheets again, from wrong places.)"""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    options: dict[str, object] = {"resultTypes": ["violations"], "preload": False}
    if of_colours:
        options["runOnly"] = COLOUR_RULES
    violations: list[dict[str, Any]] = page.evaluate(
        "options => axe.run(options).then(found => found.violations)", options
    )
    return [
        f"{violation['id']}: " + "; ".join(str(node["html"])[:200] for node in nodes[:3])
        for violation in violations
        if (nodes := violation["nodes"])
    ]
