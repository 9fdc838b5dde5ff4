"""How stories are written on pages."""

from django import template
from django.utils.safestring import SafeString

from news.rules.markdown import html_of

register = template.Library()


@register.filter
def summary_html(text: str) -> SafeString:
    """Markdown as HTML that is safe to show."""
    return SafeString(html_of(text))
