"""What the style sheets promise: one place for colour, two tiers, contrast in both themes."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CSS = ROOT / "static" / "css"
TOKENS = (CSS / "tokens.css").read_text()
RAW = dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-f]{6});", TOKENS))
MEANING = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"(--[\w-]+):\s*light-dark\(var\((--[\w-]+)\), var\((--[\w-]+)\)\);", TOKENS
    )
}
THEMES = ("light", "dark")
TEXT = [
    (text, ground)
    for text in ("--text", "--text-soft", "--text-muted", "--accent", "--better", "--worse")
    for ground in ("--page", "--surface", "--surface-sunk")
] + [
    ("--on-accent", "--accent"),
    ("--on-accent", "--accent-strong"),
    ("--on-accent-wash", "--accent-wash"),
    ("--accent-strong", "--page"),
    ("--page", "--text"),
    ("--page", "--worse"),
    ("--rank-gold", "--surface"),
    ("--rank-silver", "--surface"),
    ("--rank-bronze", "--surface"),
    ("--rarity-common", "--surface"),
    ("--rarity-rare", "--surface"),
    ("--rarity-epic", "--surface"),
    ("--rarity-legendary", "--surface"),
]
EDGES = [
    ("--line-strong", "--surface"),
    ("--line-strong", "--page"),
    ("--focus", "--page"),
    ("--focus", "--surface"),
    ("--heat-3", "--surface"),
    ("--heat-4", "--surface"),
    ("--accent", "--heat-0"),
]


def luminance_of(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast_of(one: str, other: str, theme: str) -> float:
    """The contrast of two meanings in a theme, 1..21."""
    place = THEMES.index(theme)
    lights = sorted(luminance_of(RAW[MEANING[name][place]]) for name in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_stands_out_from_its_ground(text: str, ground: str, theme: str) -> None:
    assert contrast_of(text, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_what_must_be_seen_stands_out_from_its_ground(edge: str, ground: str, theme: str) -> None:
    assert contrast_of(edge, ground, theme) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_heat_rises_evenly_away_from_the_ground(theme: str) -> None:
    contrasts = [contrast_of(f"--heat-{heat}", "--surface", theme) for heat in range(5)]
    assert contrasts == sorted(contrasts)
    steps = [after / before for before, after in pairwise(contrasts)]
    assert min(steps[1:]) >= 1.3


def test_no_colour_is_written_outside_the_tokens() -> None:
    written = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(|\boklab\(")
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            assert not written.findall(sheet.read_text()), sheet.name


def test_components_use_meanings_and_not_the_raw_scale() -> None:
    for sheet in CSS.glob("*.css"):
        if sheet.name != "tokens.css":
            used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text()))
            assert not used & set(RAW), sheet.name


def test_every_variable_that_is_used_is_defined() -> None:
    everything = "".join(sheet.read_text() for sheet in CSS.glob("*.css"))
    defined = set(re.findall(r"(--[\w-]+)\s*:", everything))
    optional = {"--avatar-size"}
    assert set(re.findall(r"var\((--[\w-]+)", everything)) - optional <= defined


def test_the_entry_imports_every_sheet_into_a_declared_layer() -> None:
    entry = (CSS / "main.css").read_text()
    imported = re.findall(r'@import url\("([\w.]+)"\) layer\((\w+)\);', entry)
    declared = re.findall(r"\w+", entry.split("@layer", 1)[1].split(";")[0])
    assert declared == ["reset", "tokens", "base", "components", "pages"]
    assert {name for name, _ in imported} == {
        sheet.name
        for sheet in CSS.glob("*.css")
        if sheet.name != "main.css" and not sheet.name.startswith("admin")
    }
    assert {layer for _, layer in imported} == set(declared)


def test_fonts_are_small_and_licensed() -> None:
    fonts = ROOT / "static" / "fonts"
    assert sum(font.stat().st_size for font in fonts.iterdir()) < 200_000
    for font in fonts.glob("*.woff2"):
        family = font.name.partition("-latin")[0]
        assert "SIL Open Font License" in (fonts / f"{family}-LICENSE.txt").read_text()
