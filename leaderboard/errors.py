"""What can be wrong with a question about boards or people."""

from collections.abc import Sequence

from ccgather.errors import InvalidInputError, NotFoundError


class UnknownPeriodError(InvalidInputError):
    """A period that names no board."""

    def __init__(self, period: str) -> None:
        super().__init__(
            "No such period.",
            details=(
                (
                    f"period: {period[:40]!r} is none of today, 7d, 30d, week, month, all, "
                    "a week that has begun (2026-W47) or a month that has begun (2026-11)"
                ),
            ),
        )


class UnknownPersonError(NotFoundError):
    """Nobody of that name, or somebody who is hidden: nobody is told which."""

    def __init__(self) -> None:
        super().__init__("There is no such profile.")


class BadgesNotShownError(InvalidInputError):
    """Badges that cannot be shown beside a name, each with its reason."""

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__("These badges cannot be shown.", details=details)


class UnknownCountryError(NotFoundError):
    """No country has that code."""

    def __init__(self) -> None:
        super().__init__("There is no such country.")


class NoSnapshotError(InvalidInputError):
    """A day whose end is not known: before the first snapshot, or not over."""

    def __init__(self, detail: str) -> None:
        super().__init__("That day cannot be compared with.", details=(detail,))
