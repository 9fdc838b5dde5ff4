"""What a source says there is: an entry is a link with what came with it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing a source announces. `text` is the plain text it brings itself ("" when the page
    has to be fetched); `identity` tells entries of one page apart (a changelog's sections)."""

    url: str
    title: str
    published_at: datetime | None = None
    text: str = ""
    identity: str = ""
    version: str = ""
    is_prerelease: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page as read: its own title, canonical address and day where it says them."""

    url: str
    title: str
    text: str
    published_at: datetime | None = None
    language: str = ""
    site_name: str = ""
