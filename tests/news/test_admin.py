"""The editors' side: everything goes through services, and what is not in a source is named."""

import pytest
from django.test import Client

from accounts.models import User
from news.admin import marked_pieces
from news.models import Source, Story, SummaryCall
from news.rules.claims import Claim, ClaimKind
from tests.news.stories import NOW, a_source, a_story

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client, dana: User) -> Client:
    """Dana, who may do everything."""
    User.objects.filter(pk=dana.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=dana.pk))
    return client


def act(editor: Client, action: str, *stories: Story) -> None:
    editor.post(
        "/admin/news/story/",
        {"action": action, "_selected_action": [str(story.pk) for story in stories]},
    )


def test_every_page_of_the_news_opens(editor: Client) -> None:
    story = a_story()
    source = a_source()
    SummaryCall.objects.create(
        story=story, model="claude-haiku-5-5", started_at=NOW, reserved_microusd=7
    )
    for address in (
        "/admin/news/story/",
        f"/admin/news/story/{story.pk}/change/",
        "/admin/news/source/",
        f"/admin/news/source/{source.pk}/change/",
        "/admin/news/document/",
        "/admin/news/summarycall/",
    ):
        assert editor.get(address).status_code == 200, address


def test_an_editor_publishes_features_and_hides(editor: Client) -> None:
    story = a_story(state=Story.State.NEEDS_LOOK)
    act(editor, "publish", story)
    assert editor.get(f"/news/{story.slug}").status_code == 200
    act(editor, "feature", story)
    assert "news__featured" in editor.get("/news").content.decode()
    act(editor, "hide", story)
    assert editor.get(f"/news/{story.slug}").status_code == 404
    story.refresh_from_db()
    assert (story.state, story.featured_at) == ("hidden", None)


def test_what_an_editor_writes_stays_and_is_checked(editor: Client) -> None:
    story = a_story(state=Story.State.NEEDS_LOOK)
    answer = editor.post(
        f"/admin/news/story/{story.pk}/change/",
        {
            "title": "Claude Code 2.1.5 is out",
            "summary": "It starts 99% faster.",
            "points": "One\nTwo",
            "category": "release",
            "tool": "claude",
        },
        follow=True,
    )
    assert "Not found in the sources: 99%" in answer.content.decode()
    story.refresh_from_db()
    assert (story.kept_by_hand, story.summarised_by, story.key_points) == (
        True,
        "hand",
        ["One", "Two"],
    )
    page = editor.get(f"/admin/news/story/{story.pk}/change/").content.decode()
    assert "<mark" in page


def test_two_stories_become_one_with_both_sources(editor: Client) -> None:
    first, second = a_story(relevance=0.9), a_story(relevance=0.5)
    act(editor, "merge", first, second)
    first.refresh_from_db()
    assert first.documents.count() == 2
    assert not Story.objects.filter(pk=second.pk).exists()


def test_a_story_waits_for_the_summariser_again_unless_it_is_by_hand(editor: Client) -> None:
    asked, kept = a_story(state="needs_look"), a_story(state="needs_look", kept_by_hand=True)
    act(editor, "summarise_again", asked, kept)
    asked.refresh_from_db()
    kept.refresh_from_db()
    assert (asked.state, kept.state) == ("new", "needs_look")


def test_a_source_is_asked_again_from_the_start(editor: Client) -> None:
    source = a_source(next_at=NOW, etag="x")
    editor.post("/admin/news/source/", {"action": "ask_now", "_selected_action": [str(source.pk)]})
    source = Source.objects.get(pk=source.pk)
    assert (source.next_at, source.etag) == (None, "")


def test_who_is_no_editor_sees_nothing(client: Client, alice: User) -> None:
    client.force_login(alice)
    assert client.get("/admin/news/story/").status_code == 302


def test_claims_without_support_are_marked_in_place() -> None:
    claim = Claim(kind=ClaimKind.NUMBER, text="99%", start=7, end=10)
    pieces = marked_pieces("faster 99% now", (claim,))
    assert pieces == [("faster ", ""), ("99%", "number"), (" now", "")]
