"""Tests of the news rules."""
