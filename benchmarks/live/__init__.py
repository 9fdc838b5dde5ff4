"""Hundreds of open live pages beside many submissions a second."""
