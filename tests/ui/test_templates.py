"""What holds for every template and script of the site."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template

from ccgather.site.views import styleguide

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SCRIPTS = sorted((ROOT / "static" / "js").glob("*.js"))
ICONS = set(
    re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static" / "img" / "icons.svg").read_text())
)


def name_of(template: Path) -> str:
    """The name by which Django knows a template."""
    return template.relative_to(ROOT / "templates").as_posix()


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_template_compiles(template: Path) -> None:
    get_template(name_of(template))


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_template_has_no_inline_style_or_script(template: Path) -> None:
    source = template.read_text()
    assert not re.findall(r"<style\b|\sstyle=|\son\w+=|javascript:", source)
    assert not re.findall(r"<script\b(?![^>]*\bsrc=)", source)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_template_has_no_colour_of_its_own(template: Path) -> None:
    assert not re.findall(r'(?:fill|stroke|color)="#', template.read_text())


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_an_address_that_htmx_asks_is_the_address_of_the_link(template: Path) -> None:
    for tag in re.findall(r"<a\b(?:[^>{]|{{.*?}}|{%.*?%})*>", template.read_text()):
        if asked := re.search(r'hx-get="([^"]*)"', tag):
            assert f'href="{asked[1]}"' in tag


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_a_form_that_writes_carries_its_token(template: Path) -> None:
    for form in re.findall(r"<form\b.*?</form>", template.read_text(), re.DOTALL):
        opening = form.partition(">")[0]
        assert ('method="post"' in opening) == ("{% csrf_token %}" in form)


@pytest.mark.parametrize("template", TEMPLATES, ids=name_of)
def test_an_icon_that_is_named_exists(template: Path) -> None:
    assert set(re.findall(r'{% icon "([\w-]+)" %}', template.read_text())) <= ICONS


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_a_script_writes_no_markup(script: Path) -> None:
    assert not re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(", script.read_text())


def test_every_module_is_imported() -> None:
    imported = set(re.findall(r'from "\./([\w-]+\.js)"', "".join(s.read_text() for s in SCRIPTS)))
    entries = {"main.js", "review.js", "theme-boot.js"}
    assert {script.name for script in SCRIPTS} == imported | entries


def test_the_style_guide_shows_every_component() -> None:
    """Components that another component includes are shown by it; the page frame by every page."""
    frame = {"header.html", "footer.html"}
    components = {template.name for template in (ROOT / "templates" / "components").glob("*.html")}
    shown: set[str] = set()
    waiting = [ROOT / "templates" / "site" / "styleguide.html"]
    while waiting:
        source = waiting.pop().read_text()
        for name in re.findall(r'{% include "components/([\w.]+)"', source):
            if name not in shown:
                shown.add(name)
                waiting.append(ROOT / "templates" / "components" / name)
    assert components - shown == frame


def test_the_style_guide_shows_every_icon() -> None:
    assert set(styleguide.ICONS) == ICONS
