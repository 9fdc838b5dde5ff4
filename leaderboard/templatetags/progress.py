"""What templates say about the way to a badge."""

from django import template

from leaderboard.words import progress_words

register = template.Library()
register.filter("progress_words", progress_words)
