"""Keys made in the application."""

from uuid import UUID

import uuid6


def new_id() -> UUID:
    """A UUIDv7: unique without asking anybody, and ascending, so that indexes stay compact."""
    return uuid6.uuid7()
