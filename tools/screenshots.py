"""Pictures of a running site in both themes, wide and narrow, and what axe says about each page.

    python tools/screenshots.py --url http://127.0.0.1:8000 --out var/screenshots / /styleguide

Prints a line a picture. The exit code is 1 when axe finds a violation, when a page scrolls
sideways, or when the browser reports an error (a blocked style, a missing file).
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_ARGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
THEMES = ("light", "dark")


def main() -> int:
    """Take the pictures; gives the exit code."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--url", default="http://127.0.0.1:8000")
    asked.add_argument("--out", type=Path, default=Path("var/screenshots"))
    asked.add_argument("--chromium", default=CHROMIUM)
    asked.add_argument("--no-axe", action="store_true", help="pictures only")
    asked.add_argument("--first-screen", action="store_true", help="not the whole length")
    asked.add_argument("paths", nargs="*", default=["/", "/styleguide"])
    options = asked.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=options.chromium, args=list(CHROMIUM_ARGS))
        for path in options.paths:
            for name, page in pages_of(browser):
                heard = errors_while_opening(page, f"{options.url}{path}")
                show_everything(page)
                target = options.out / f"{file_name_of(path)}-{name}.png"
                page.screenshot(path=target, full_page=not options.first_screen)
                found = [*heard, *sideways_of(page)]
                found += [] if options.no_axe else violations_of(page)
                faults += [f"{path} {name}: {fault}" for fault in found]
                sys.stdout.write(f"{target}\n")
        browser.close()
    sys.stdout.writelines(f"FAULT {fault}\n" for fault in faults)
    return 1 if faults else 0


def pages_of(browser: Browser) -> Iterator[tuple[str, Page]]:
    """A fresh page for each width and theme."""
    for theme in THEMES:
        for width, (across, down) in WIDTHS.items():
            context = browser.new_context(
                viewport={"width": across, "height": down},
                color_scheme="dark" if theme == "dark" else "light",
                reduced_motion="reduce",
                has_touch=width == "narrow",
                is_mobile=width == "narrow",
            )
            yield f"{width}-{theme}", context.new_page()
            context.close()


def errors_while_opening(page: Page, url: str) -> list[str]:
    """What the browser complains about until the page is quiet.

    Not longer: pictures and axe put styles into the page, which its policy rightly refuses.
    """
    heard: list[str] = []
    is_open = True

    def hear(words: str) -> None:
        if is_open:
            heard.append(words)

    page.on("console", lambda said: hear(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: hear(str(error)))
    page.on(
        "response",
        lambda answer: hear(f"{answer.status} {answer.url}") if answer.status >= 400 else None,
    )
    page.goto(url, wait_until="networkidle")
    is_open = False
    return list(dict.fromkeys(heard))


def show_everything(page: Page) -> None:
    """Go down the page and back, so that pictures that wait to be seen are loaded."""
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")


def file_name_of(path: str) -> str:
    """A name for the picture of an address: "/u/ada?year=2026" is "u-ada-year-2026"."""
    words = "".join(letter if letter.isalnum() else " " for letter in path).split()
    return "-".join(words) or "home"


def sideways_of(page: Page) -> list[str]:
    """Whether the page as a whole scrolls sideways."""
    over = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return [f"scrolls sideways by {over} px"] if over > 0 else []


def violations_of(page: Page) -> list[str]:
    """What axe finds, as lines that name the rule and the first elements."""
    found = Axe().run(page).response["violations"]
    return [
        f"axe {violation['id']}: "
        + "; ".join(str(node["html"])[:160] for node in violation["nodes"][:3])
        for violation in found
    ]


if __name__ == "__main__":
    sys.exit(main())
