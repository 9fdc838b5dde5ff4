"""Decisions about news: plain Python on values; no Django, no clock."""
