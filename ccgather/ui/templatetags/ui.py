"""What templates say about numbers, money, time and the parts every page is built of."""

from collections.abc import Hashable, Mapping
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ccgather.ui import countries, formats

register = template.Library()

register.filter("tokens_compact", formats.tokens_compact)
register.filter("tokens_exact", formats.tokens_exact)
register.filter("band", formats.band_of)
register.filter("cost", formats.cost)
register.filter("cost_compact", formats.cost_compact)
register.filter("cost_band", formats.cost_band)
register.filter("percent", formats.percent)
register.filter("figure", formats.figure)
register.filter("rank_change", formats.rank_change_of)
register.filter("day", formats.day)
register.filter("month", formats.month)
register.filter("moment", formats.moment)
register.filter("country_name", countries.country_name)

NOTICE_ICONS = {"info": "info", "success": "check", "warning": "warning", "error": "warning"}


@register.filter
def ago(value: datetime | None, at: datetime) -> str:
    """How long before `at` a moment was."""
    return formats.ago(value, at=at)


@register.filter
def iso(value: date | datetime) -> str:
    """A day or a moment for a `datetime` attribute."""
    return value.isoformat()


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite; it decorates, the words beside it speak."""
    return format_html(
        '<svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def symbol(name: str) -> SafeString:
    """A larger drawing, of a badge or a level; it decorates, the words beside it speak."""
    return format_html(
        '<svg class="icon" width="24" height="24" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"/></svg>',
        static("img/badges.svg"),
        name,
    )


@register.simple_tag
def level_icon(level: int) -> SafeString:
    """The drawing of a level, 1..10."""
    return symbol(f"level-{level}")


@register.simple_tag
def flag(code: str) -> SafeString | str:
    """The flag of a country; it decorates, the code or name beside it speaks."""
    if not countries.is_country(code):
        return ""
    return format_html(
        '<img class="flag" src="{}" alt="" width="20" height="15" loading="lazy" decoding="async">',
        static(f"vendor/flags/{code.lower()}.svg"),
    )


@register.simple_block_tag
def card(content: str, title: str = "", kind: str = "", level: int = 2) -> SafeString:
    """A card around its content; `kind` is a modifier of its look, `level` of its heading."""
    heading = format_html('<h{} class="card__title">{}</h{}>', level, title, level) if title else ""
    modifier = f" card--{kind}" if kind else ""
    return format_html('<section class="card{}">{}{}</section>', modifier, heading, content)


@register.simple_block_tag
def notice(content: str, kind: str = "info", title: str = "") -> SafeString:
    """Something to know; `kind` is info, success, warning or error (which is announced)."""
    return format_html(
        '<div class="notice notice--{}"{}>{}<div class="notice__body">{}{}</div></div>',
        kind,
        SafeString(' role="alert"') if kind == "error" else "",
        icon(NOTICE_ICONS.get(kind, "info")),
        format_html('<p class="notice__title">{}</p>', title) if title else "",
        content,
    )


@register.simple_tag
def tokens_figure(tokens: int, is_banded: bool = False) -> SafeString:
    """A count in few digits, every digit on hover; only its band for who shows ranges."""
    if is_banded:
        return format_html('<span class="number">{}</span>', formats.band_of(tokens))
    return format_html(
        '<span class="number" title="{} tokens">{}</span>',
        formats.tokens_exact(tokens),
        formats.tokens_compact(tokens),
    )


@register.simple_tag
def drawn(template: str, item: Hashable, metric: str) -> SafeString:
    """A component that depends on `item` and `metric` alone, drawn once for as long as they are the
    same: boards are drawn every second while somebody looks, and few of their rows change."""
    return _drawn(template, item, metric, get_language())


@lru_cache(maxsize=2_000)  # some 5 MB
def _drawn(template: str, item: Hashable, metric: str, _language: str | None) -> SafeString:
    return render_to_string(template, {"item": item, "metric": metric})


@register.simple_tag
def cost_figure(microusd: int | None, is_banded: bool = False) -> SafeString:
    """A cost, its band for who shows ranges, or a dash where it is hidden."""
    if microusd is None:
        return format_html(
            '<span class="number" title="{}">{}</span>', "Cost hidden", formats.HIDDEN
        )
    if is_banded:
        return format_html('<span class="number">{}</span>', formats.cost_band(microusd))
    return format_html(
        '<span class="number" title="{}">{}</span>',
        formats.cost(microusd),
        formats.cost_compact(microusd),
    )


@register.simple_tag
def tokens_words(tokens: int, is_banded: bool = False) -> str:
    """A count for the title of a part of a chart: exact, or its band."""
    return formats.band_of(tokens) if is_banded else formats.tokens_exact(tokens)


@register.filter
def geometry(value: float) -> str:
    """A length for an SVG attribute: a point for decimals, whatever the locale."""
    return f"{value:g}"


@register.filter
def add_geometry(value: float, more: float) -> str:
    """A length moved by another."""
    return f"{value + more:g}"


@register.filter
def weekday_short(weekday: int) -> str:
    """A weekday (0 is Monday) in three letters."""
    return str(WEEKDAYS_ABBR[weekday])


@register.filter
def at(values: Mapping[object, object], key: object) -> object:
    """What a mapping holds for a key that is a variable; None for nothing."""
    return values.get(key)


@register.simple_tag
def join_command() -> str:
    """What somebody types to stand on this board: sign the machine in, then send."""
    return f"ccgather login --server {settings.PUBLIC_URL}\nccgather submit"
