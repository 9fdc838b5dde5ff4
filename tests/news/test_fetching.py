"""What of other sites may be asked, taken and believed."""

import asyncio
import gzip
import ipaddress
import zlib

import pytest

from news.errors import AddressRefusedError, ContentRefusedError, NameUnknownError, TooLargeError
from news.fetching.addresses import is_public, pinned_address
from news.fetching.charsets import text_of
from news.fetching.unpacking import Unpacker


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "2001:db8::1",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:4700::6810:84e5", "8.8.8.8"])
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


def pinned(host: str, answers: list[str], *, allowed: tuple[str, ...] = ()) -> str:
    async def resolve(_host: str, _port: int) -> list[str]:
        return answers

    return asyncio.run(pinned_address(host=host, port=443, resolve=resolve, allowed_hosts=allowed))


def test_the_address_that_was_checked_is_the_one_that_is_asked() -> None:
    assert pinned("example.org", ["93.184.216.34", "93.184.216.35"]) == "93.184.216.34"


@pytest.mark.parametrize(
    ("host", "answers"),
    [
        ("both.example", ["93.184.216.34", "127.0.0.1"]),
        ("127.0.0.1", []),
        ("[::1]", []),
        ("zone.example", ["fe80::1%eth0"]),
        ("0x7f.1", ["127.0.0.1"]),
    ],
)
def test_one_address_inside_refuses_the_host(host: str, answers: list[str]) -> None:
    with pytest.raises(AddressRefusedError):
        pinned(host, answers)


def test_an_operator_may_vouch_for_a_name() -> None:
    assert pinned("mirror.lan", ["10.0.0.5"], allowed=("mirror.lan",)) == "10.0.0.5"


def test_a_name_without_an_address_is_unknown() -> None:
    with pytest.raises(NameUnknownError):
        pinned("nowhere.example", [])


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_refused_before_it_is_large(pack: object) -> None:
    assert callable(pack)
    bomb = pack(b"\0" * 50_000_000)
    unpacker = Unpacker(encoding="gzip", max_bytes=1_000_000)
    with pytest.raises(TooLargeError):
        unpacker.feed(bomb)


def test_what_is_packed_unpacks_piece_by_piece() -> None:
    body = b"news " * 10_000
    packed = gzip.compress(body)
    unpacker = Unpacker(encoding="gzip", max_bytes=100_000)
    pieces = [unpacker.feed(packed[at : at + 7]) for at in range(0, len(packed), 7)]
    assert b"".join(pieces) == body


def test_deflate_without_its_header_is_read_too() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = packer.compress(b"words") + packer.flush()
    assert Unpacker(encoding="deflate", max_bytes=100).feed(packed) == b"words"


@pytest.mark.parametrize("encoding", ["br", "gzip, gzip", "compress"])
def test_other_packings_are_refused(encoding: str) -> None:
    with pytest.raises(ContentRefusedError):
        Unpacker(encoding=encoding, max_bytes=10)


@pytest.mark.parametrize(
    ("body", "charset", "text"),
    [
        ("Café".encode(), "", "Café"),
        ("Café".encode(), "iso-8859-1", "Café"),
        ("Café “quoted”".encode("cp1252"), "utf-8", "Café “quoted”"),
        ("Café".encode("utf-16"), "", "Café"),
        (b"\xef\xbb\xbfCaf\xc3\xa9", "latin-1", "Café"),
        (b'<meta charset="euc-kr">' + "토큰".encode("euc-kr"), "", "토큰"),
        ("Токены дешевеют и снова дорожают".encode("cp1251"), "windows-1251", None),
        (b"plain", "no-such-charset", "plain"),
        (b"plain", "zip", "plain"),
    ],
)
def test_text_is_decoded_whatever_its_label_says(
    body: bytes, charset: str, text: str | None
) -> None:
    found = text_of(body=body, charset=charset)
    assert found.endswith(text if text is not None else "дорожают")
