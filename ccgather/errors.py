"""The root of the error tree.

Everything that a person outside can be told about is a `DomainError`: a stable code, one
sentence, and details. The API and the pages each have one map from these to an answer; nothing
else turns an exception into a response.
"""

from collections.abc import Sequence

MAX_DETAILS = 100
"""How many reasons an answer names one by one; one line more counts the rest."""


class DomainError(Exception):
    """A refusal that its cause can act on.

    `code` is stable and for programs, `message` is one sentence for people, `details` names
    each field and reason.
    """

    code = "error"
    status = 400

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        status: int | None = None,
        details: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)
        if code is not None:
            self.code = code
        if status is not None:
            self.status = status

    def shown_details(self) -> list[str]:
        """The first `MAX_DETAILS` details, and how many more there are."""
        shown = list(self.details[:MAX_DETAILS])
        if len(self.details) > MAX_DETAILS:
            shown.append(f"and {len(self.details) - MAX_DETAILS} more")
        return shown


class NotFoundError(DomainError):
    """No such thing, or none that the caller may know of."""

    code = "not_found"
    status = 404


class InvalidInputError(DomainError):
    """Input that names the wrong thing; `details` says which field and why."""

    code = "validation_failed"
    status = 400


class PermissionRefusedError(DomainError):
    """The caller is known and may not do this."""

    code = "forbidden"
    status = 403
