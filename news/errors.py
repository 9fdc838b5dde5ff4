"""What can go wrong between us and another site. Codes are what a source's health shows."""

from ccgather.errors import DomainError


class FetchError(DomainError):
    """A page could not be had. `retry_after` is what the other side asked for, in seconds."""

    code = "fetch_failed"
    status = 502
    is_lasting = False
    """Whether asking again soon is of no use."""

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class AddressRefusedError(FetchError):
    """The address is none that we ask: another scheme, or a private, local or reserved network."""

    code = "address_refused"
    is_lasting = True


class NameUnknownError(FetchError):
    """The host's name has no address."""

    code = "name_unknown"


class RobotsRefusedError(FetchError):
    """robots.txt asks us to stay away."""

    code = "robots_refused"
    is_lasting = True


class TooSlowError(FetchError):
    """Connecting, waiting, or the whole of it took too long."""

    code = "too_slow"


class TooLargeError(FetchError):
    """More bytes than we take, as sent or once unpacked."""

    code = "too_large"
    is_lasting = True


class ContentRefusedError(FetchError):
    """A kind of content, or a packing of it, that we do not read."""

    code = "content_refused"
    is_lasting = True


class TooManyRedirectsError(FetchError):
    """Sent on and on."""

    code = "too_many_redirects"


class HttpStatusError(FetchError):
    """The other side answered with an error."""

    code = "http_status"

    def __init__(self, message: str, *, http_status: int, retry_after: float | None = None) -> None:
        super().__init__(message, retry_after=retry_after)
        self.http_status = http_status
        self.is_lasting = http_status in (401, 403, 404, 410, 451)


class MalformedError(FetchError):
    """What came is not what its source is said to be."""

    code = "malformed"


class ConnectionBrokenError(FetchError):
    """The connection was refused or broke off."""

    code = "connection_broken"
