"""What can go wrong, as sentences for a person and exit codes for a script."""

from collections.abc import Sequence

DONE = 0
FAILED = 1
USAGE = 2
NOT_LOGGED_IN = 3
HELD = 4
INTERRUPTED = 130
"""What a shell reports for a command that Ctrl-C ended."""


class CliError(Exception):
    """The command cannot go on. The message is one or two sentences; `details` are more lines."""

    exit_code = FAILED

    def __init__(self, message: str, *, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = tuple(details)


class UsageError(CliError):
    """The command was called in a way that it cannot answer."""

    exit_code = USAGE


class NotLoggedInError(CliError):
    """There is no token for this server, or the site does not know it any more."""

    exit_code = NOT_LOGGED_IN


class NoUsageError(CliError):
    """There is nothing in the logs that could be sent."""


class SiteError(CliError):
    """The site answered with a refusal. `code` is stable, `retry_after` in seconds."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str = "",
        details: Sequence[str] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, details=details)
        self.status = status
        self.code = code
        self.retry_after = retry_after


class UnreachableError(CliError):
    """No whole answer came back. `passing` tells a hiccup from something that will stay."""

    def __init__(self, message: str, *, passing: bool = True) -> None:
        super().__init__(message)
        self.passing = passing
