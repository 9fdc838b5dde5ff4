"""Sending by itself: one module a scheduler, and what a scheduled run does."""
