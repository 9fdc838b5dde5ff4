"""What can be wrong with an account, a token or a device."""

from collections.abc import Mapping

from ccgather.errors import DomainError, InvalidInputError, PermissionRefusedError


class AccountError(DomainError):
    """Root of this app's errors."""

    code = "account_error"


class AccountBusyError(AccountError):
    """Another change of the same account held its lock for too long."""

    code = "upload_in_progress"
    status = 409


class SettingsInvalidError(InvalidInputError):
    """Settings that cannot be; `reasons` maps each setting, as the caller named it, to why."""

    def __init__(self, *, reasons: Mapping[str, str]) -> None:
        count = len(reasons)
        super().__init__(
            f"{count} setting{'s' if count != 1 else ''} cannot be changed like that.",
            details=[f"{name}: {reason}" for name, reason in sorted(reasons.items())],
        )
        self.reasons = dict(reasons)


class TooManyDevicesError(AccountError):
    """The person has as many devices as one may have."""

    code = "too_many_devices"
    status = 409


class TooManyTokensError(AccountError):
    """The person has as many API tokens as one may have."""

    code = "too_many_tokens"
    status = 409


class NameTakenError(AccountError):
    """Another thing of the same person has that name."""

    code = "name_taken"
    status = 409


class DeviceLoginGoneError(AccountError):
    """No device login waits under that code: unknown, expired, or already answered."""

    code = "unknown_code"
    status = 404


class AccountSuspendedError(PermissionRefusedError):
    """Blocked for abuse of the service itself; nothing speaks for this person any more."""

    code = "account_suspended"


class SignInTooOldError(PermissionRefusedError):
    """What cannot be undone asks for a sign-in of the last minutes."""

    code = "recent_sign_in_required"
