"""What an editor does with stories."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from ccgather.errors import InvalidInputError, NotFoundError
from ccgather.ops.epoch import bump_visibility
from news.models import Document, Story
from news.rules.claims import Checked, checked_claims
from news.services.summarising import sources_of


def publish(*, ids: Collection[int], at: datetime) -> int:
    """Shows stories that have something to show; answers how many."""
    with transaction.atomic():
        stories = Story.objects.select_for_update(of=("self",)).filter(pk__in=list(ids))
        shown = 0
        for story in stories.exclude(state=Story.State.PUBLISHED).exclude(summary=""):
            story.state, story.state_reason = Story.State.PUBLISHED, ""
            story.shown_at, story.changed_at = story.shown_at or at, at
            story.save(update_fields=["state", "state_reason", "shown_at", "changed_at"])
            shown += 1
        bump_visibility()
    return shown


def hide(*, ids: Collection[int], reason: str, at: datetime) -> int:
    """Takes stories off the pages, for good unless somebody publishes them; how many."""
    with transaction.atomic():
        hidden = (
            Story.objects.filter(pk__in=list(ids))
            .exclude(state=Story.State.HIDDEN)
            .update(
                state=Story.State.HIDDEN,
                state_reason=reason[:300],
                featured_at=None,
                changed_at=at,
            )
        )
        bump_visibility()
    return hidden


def feature(*, ids: Collection[int], on: bool, at: datetime) -> int:
    """Puts published stories on top of the page, or no longer; how many."""
    with transaction.atomic():
        changed = Story.objects.filter(
            pk__in=list(ids), state=Story.State.PUBLISHED, featured_at__isnull=on
        ).update(featured_at=at if on else None, changed_at=at)
        bump_visibility()
    return changed


def edit(
    *,
    story_id: int,
    title: str,
    summary: str,
    key_points: Sequence[str],
    category: str,
    tool: str,
    at: datetime,
) -> Checked:
    """Stores what an editor wrote; the crawler and the summariser leave it alone from then on.

    Answers the check of it against the sources: an editor may know better, and sees what differs.
    Raises NotFoundError, InvalidInputError.
    """
    problems = [
        f"{name}: must not be empty"
        for name, text in (("title", title), ("summary", summary))
        if not text.strip()
    ]
    if problems:
        raise InvalidInputError("The story needs words.", details=problems)
    with transaction.atomic():
        story = Story.objects.select_for_update(of=("self",)).filter(pk=story_id).first()
        if story is None:
            raise NotFoundError("There is no such story.")
        checked = check_of(story=story, title=title, summary=summary, key_points=key_points)
        wording = (story.title, story.summary, story.key_points)
        if wording != (title, summary, list(key_points)):
            story.summarised_by = Story.HAND
            story.kept_by_hand = True
        story.title, story.summary, story.key_points = title[:300], summary, list(key_points)
        story.category, story.tool = category, tool
        story.checked = checked.holds
        story.unsupported = [
            {"kind": c.kind.value, "text": c.text, "start": c.start, "end": c.end}
            for c in checked.unsupported
        ]
        story.changed_at = at
        story.save()
        bump_visibility()
    return checked


def check_of(*, story: Story, title: str, summary: str, key_points: Sequence[str]) -> Checked:
    """The check of words against a story's sources; one query."""
    text = "\n".join(f"{s.name}\n{s.title}\n{s.text}" for s in sources_of(story=story))
    return checked_claims(
        summary="\n".join([title, summary, *key_points]),
        source=text,
        published_at=story.published_at,
    )


def merge(*, ids: Collection[int], at: datetime) -> Story:
    """Makes stories one: the most relevant stays, the others' sources join it.

    Raises InvalidInputError for fewer than two.
    """
    with transaction.atomic():
        stories = list(
            Story.objects.select_for_update(of=("self",)).filter(pk__in=list(ids)).order_by("pk")
        )
        if len(stories) < 2:
            raise InvalidInputError("Two stories or more become one.", details=["ids: too few"])
        # What somebody wrote or what is shown already comes before what is more relevant.
        kept = max(
            stories,
            key=lambda s: (s.kept_by_hand, s.state == Story.State.PUBLISHED, s.relevance, -s.pk),
        )
        others = [story for story in stories if story.pk != kept.pk]
        gone = [story.pk for story in others]
        Document.objects.filter(story__in=gone).update(story=kept)
        kept.published_at = min(story.published_at for story in stories)
        kept.changed_at = at
        kept.save(update_fields=["published_at", "changed_at"])
        for story in others:
            story.calls.update(story=kept)
        Story.objects.filter(pk__in=gone).delete()
        bump_visibility()
    return kept


def ask_again(*, ids: Collection[int], at: datetime) -> int:
    """Puts stories back in the queue of the summariser; how many. What was written by hand
    stays, and so does what a call without an outcome may already have paid for."""
    return (
        Story.objects.filter(pk__in=list(ids), kept_by_hand=False)
        .exclude(calls__state__in=("reserved", "sent"))
        .update(state=Story.State.NEW, state_reason="asked for by an editor", changed_at=at)
    )
