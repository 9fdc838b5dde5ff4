"""One address for one page, however it was linked."""

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"^(utm_\w+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|twclid|igshid|mc_cid|mc_eid|_hsenc|_hsmi|"
    r"ref|ref_src|ref_url|source|src|campaign|cmpid|spm|share|si|vero_id|oly_enc_id|oly_anon_id)$",
    re.IGNORECASE,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_INDEX = re.compile(r"/(index|default)\.(html?|php|aspx?)$", re.IGNORECASE)
_SAFE = "/:@!$&'()*+,;=-._~"
MAX_URL = 1000


def is_web_address(url: str) -> bool:
    """Whether it can be linked to at all: http or https, with a host, of a sane length."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _DEFAULT_PORTS and bool(parts.hostname) and 0 < len(url) <= MAX_URL
    except ValueError:
        return False


def canonical_url_of(url: str, *, base: str = "") -> str:
    """The address by which a page is known here: absolute, without fragment, tracking parameters,
    default port, trailing slash or index file; host in lower case, parameters in order.

    For telling pages apart; what people click on is the address as it was given. Raises
    ValueError for what `is_web_address` refuses.
    """
    absolute = urljoin(base, url.strip()) if base else url.strip()
    if not is_web_address(absolute):
        message = f"{url[:80]!r} is not an address of the web"
        raise ValueError(message)
    parts = urlsplit(absolute)
    host = (parts.hostname or "").rstrip(".").lower()
    host = host.removeprefix("www.")
    port = parts.port
    netloc = host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    path = quote(unquote(_INDEX.sub("/", parts.path)), safe=_SAFE)
    path = re.sub(r"/{2,}", "/", path).rstrip("/")
    pairs = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _TRACKING.match(name)
    ]
    # One page, whether it was linked with or without TLS.
    return urlunsplit(("https", netloc, path, urlencode(sorted(pairs)), ""))


def host_of(url: str) -> str:
    """Its host in lower case, "" where it has none."""
    try:
        return (urlsplit(url).hostname or "").lower().removeprefix("www.")
    except ValueError:
        return ""
