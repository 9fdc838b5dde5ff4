"""What this app tells the apps above it."""

from django.dispatch import Signal

usage_changed = Signal()
"""Sent inside the transaction that changed what counts for a person, with the account's lock held.
Arguments: `user`, `days` (the frozenset of UTC days whose `UserDay` changed), `at` (the moment),
`cause` (submission, repricing, review, deletion or rebuild; submission when it is not said)."""
