"""What this app tells the apps above it."""

from django.dispatch import Signal

account_changed = Signal()
"""Sent inside the transaction that changed a person's visibility, country, exclusion or name, with
the account's lock held. Arguments: `user` (the person as they now are), `at` (the moment)."""
