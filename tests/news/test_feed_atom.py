"""The feeds, and the API: what other programs read."""

import json
from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from news.models import Story
from tests.news.stories import a_story

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_atom_feed_has_what_rfc_4287_asks_for(client: Client) -> None:
    a_story(slug="one", state=Story.State.PUBLISHED, title="A & B <c>")
    answer = client.get("/news/feed.atom")
    assert answer["Content-Type"] == "application/atom+xml"
    feed = ET.fromstring(answer.content)  # noqa: S314 - our own
    for name in ("id", "title", "updated"):
        assert feed.findtext(f"{ATOM}{name}")
    entry = feed.find(f"{ATOM}entry")
    assert entry is not None
    for name in ("id", "title", "updated", "published", "summary"):
        assert entry.findtext(f"{ATOM}{name}")
    assert entry.findtext(f"{ATOM}title") == "A & B <c>"
    links = [link.get("href", "") for link in entry.findall(f"{ATOM}link")]
    assert links[0].endswith("/news/one")


def test_the_json_feed_has_what_version_1_1_asks_for(client: Client) -> None:
    a_story(slug="one", state=Story.State.PUBLISHED, key_points=["A point."])
    answer = client.get("/news/feed.json")
    assert answer["Content-Type"] == "application/feed+json"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    (item,) = feed["items"]
    assert item["id"] == item["url"]
    assert item["url"].endswith("/news/one")
    assert "A point." in item["content_html"]


def test_a_reader_that_has_it_is_told_so(client: Client) -> None:
    a_story(state=Story.State.PUBLISHED)
    for address in ("/news/feed.atom", "/news/feed.json", "/api/news"):
        etag = client.get(address)["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_the_api_answers_as_the_contract_says(client: Client) -> None:
    a_story(slug="one", state=Story.State.PUBLISHED)
    answer = client.get("/api/news?limit=1").json()
    assert answer["pagination"] == {
        "page": 1,
        "limit": 1,
        "total": 1,
        "totalPages": 1,
        "hasMore": False,
    }
    (story,) = answer["data"]
    wanted = {"slug", "title", "summary", "keyPoints", "category", "sources", "publishedAt"}
    assert wanted | {"featured", "checked"} <= set(story)
    assert set(story["sources"][0]) == {"name", "url", "publishedAt"}
    assert client.get("/api/news/one").json()["data"] == story


def test_the_api_names_nonsense(client: Client) -> None:
    answer = client.get("/api/news?limit=1000&category=gossip")
    assert answer.status_code == 400
    assert len(answer.json()["details"]) == 2
