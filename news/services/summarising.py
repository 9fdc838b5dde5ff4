"""From stories to summaries: what is worth paying for, asked once, checked, and shown or not."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from accounts.models import User
from ccgather.ops.runtime import runtime
from news.models import Document, Story, SummaryCall
from news.rules.claims import Claim, checked_claims
from news.rules.summaries import (
    SourceText,
    SummaryShapeError,
    WrittenSummary,
    question_of,
    reserved_tokens_of,
    summary_in,
)
from news.services import asking
from news.services.asking import Answer, AskFailedError, AskUnansweredError, Pause
from news.services.budget import BudgetSpentError, NoPriceError, reserve

MOST_ATTEMPTS: Final = 2
"""A summary that fails the check is written once more, then a person looks."""

LOST_AFTER: Final = timedelta(minutes=15)
"""A call that has been under way for longer has no outcome."""

MAX_SOURCES: Final = 4
_UNDER_WAY: Final = (SummaryCall.State.RESERVED, SummaryCall.State.SENT)


def sources_of(*, story: Story) -> list[SourceText]:
    """The texts of a story, the most trusted source first; one query."""
    documents = (
        Document.objects.filter(story=story)
        .exclude(text="")
        .select_related("source")
        .order_by("-source__trust", "published_at", "pk")[:MAX_SOURCES]
    )
    return [SourceText(name=d.source.name, title=d.title, text=d.text) for d in documents]


def publish_or_queue(*, at: datetime) -> dict[str, int]:
    """What nobody pays for is published with its extract: everything without a key, and what is
    not relevant enough to be paid for."""
    waiting = Story.objects.filter(state=Story.State.NEW, kept_by_hand=False)
    if asking.is_configured():
        waiting = waiting.filter(relevance__lt=float(runtime.value("news_least_relevance_to_pay")))
    empty = waiting.filter(summary="").update(
        state=Story.State.NEEDS_LOOK, state_reason="There is no text to show.", changed_at=at
    )
    shown = waiting.exclude(summary="").update(
        state=Story.State.PUBLISHED, shown_at=at, changed_at=at
    )
    return {"published": shown, "without_text": empty}


def stories_to_summarise(*, limit: int) -> list[int]:
    """The most relevant stories that no call was made for, or whose calls all failed."""
    return list(
        Story.objects.filter(
            state=Story.State.NEW,
            kept_by_hand=False,
            relevance__gte=float(runtime.value("news_least_relevance_to_pay")),
        )
        .exclude(calls__state__in=(*_UNDER_WAY, SummaryCall.State.UNKNOWN))
        .order_by("-relevance", "-published_at", "pk")
        .values_list("pk", flat=True)[:limit]
    )


def summarise_story(
    *, story_id: int, at: datetime, asked_by: User | None = None, pause: Pause = time.sleep
) -> str:
    """Asks, checks and stores; answers what became of it (`published`, `needs_look`, `failed`,
    `unknown`, `not_ours` when somebody else is at it, `no_text`).

    Raises BudgetSpentError and NoPriceError before anything is sent.
    """
    unsupported: Sequence[Claim] = ()
    for attempt in range(1, MOST_ATTEMPTS + 1):
        taken = _take(
            story_id=story_id, attempt=attempt, unsupported=unsupported, at=at, by=asked_by
        )
        if isinstance(taken, str):
            return taken
        call, story, sources, question = taken
        try:
            answer = asking.ask(question=question, pause=pause)
        except AskFailedError as error:
            asking.settle_failed(call=call, error=str(error), at=at)
            return "failed"
        except AskUnansweredError as error:
            asking.settle_unknown(call=call, error=str(error), at=at)
            _needs_look(story, "A paid call has no outcome.", at=at)
            return "unknown"
        outcome, unsupported = take_answer(
            call=call, story=story, sources=sources, answer=answer, at=at
        )
        if outcome != "unsupported":
            return "needs_look" if outcome == "gave_up" else outcome
    return "needs_look"


def _take(
    *,
    story_id: int,
    attempt: int,
    unsupported: Sequence[Claim],
    at: datetime,
    by: User | None,
) -> tuple[SummaryCall, Story, list[SourceText], str] | str:
    """The story with its budget reserved, committed; only one worker gets it."""
    with transaction.atomic():
        story = (
            Story.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk=story_id)
            .first()
        )
        if story is None or story.calls.filter(state__in=_UNDER_WAY).exists():
            return "not_ours"
        if by is None and story.state != Story.State.NEW and attempt == 1:
            return "not_ours"
        sources = sources_of(story=story)
        if not sources:
            _needs_look(story, "There is no text to summarise.", at=at)
            return "no_text"
        question = question_of(sources=sources, unsupported=unsupported)
        most_in, most_out = reserved_tokens_of(question)
        call = reserve(
            story=story,
            model=settings.ANTHROPIC_MODEL,
            input_tokens=most_in,
            output_tokens=most_out,
            attempt=attempt,
            at=at,
            asked_by=by,
        )
    return call, story, sources, question


def take_answer(
    *,
    call: SummaryCall,
    story: Story,
    sources: Sequence[SourceText],
    answer: Answer,
    at: datetime,
) -> tuple[str, tuple[Claim, ...]]:
    """Settles a call and stores what it wrote; answers the outcome, and what the sources do not
    say. A refusal, an answer that was cut off or has another shape, and a summary that fails the
    check leave the story as it was, waiting for a person after the last attempt."""
    # In one transaction: between a settled call and a stored story, another worker would find
    # nothing under way and pay again.
    with transaction.atomic():
        Story.objects.select_for_update(of=("self",)).filter(pk=story.pk).first()
        return _taken(call=call, story=story, sources=sources, answer=answer, at=at)


def _taken(
    *,
    call: SummaryCall,
    story: Story,
    sources: Sequence[SourceText],
    answer: Answer,
    at: datetime,
) -> tuple[str, tuple[Claim, ...]]:
    if answer.stop_reason == "refusal":
        asking.settle(call=call, answer=answer, outcome="refusal", at=at)
        _needs_look(story, "The model declined to summarise it.", at=at)
        return "gave_up", ()
    try:
        written = summary_in(answer.text)
    except SummaryShapeError as error:
        cut = answer.stop_reason == "max_tokens"
        asking.settle(call=call, answer=answer, outcome="cut_off" if cut else "malformed", at=at)
        _needs_look(story, f"The answer was not usable: {error}"[:300], at=at)
        return "gave_up", ()
    text = "\n".join(f"{item.name}\n{item.title}\n{item.text}" for item in sources)
    checked = checked_claims(
        summary=written.as_text(), source=text, published_at=story.published_at
    )
    outcome = "holds" if checked.holds else "unsupported"
    asking.settle(call=call, answer=answer, outcome=outcome, at=at)
    return _store(story, written, checked.unsupported, model=call.model, at=at), checked.unsupported


def _store(
    story: Story,
    written: WrittenSummary,
    unsupported: tuple[Claim, ...],
    *,
    model: str,
    at: datetime,
) -> str:
    with transaction.atomic():
        fresh = Story.objects.select_for_update(of=("self",)).get(pk=story.pk)
        if fresh.kept_by_hand:
            return "summarised"
        fresh.title = written.title
        fresh.summary = written.summary
        fresh.key_points = written.key_points
        fresh.category = written.category
        fresh.entities = written.entities
        fresh.summarised_by = model
        fresh.summarised_at = fresh.changed_at = at
        fresh.checked = not unsupported
        fresh.unsupported = [
            {"kind": c.kind.value, "text": c.text, "start": c.start, "end": c.end}
            for c in unsupported
        ]
        fresh.state_reason = ""
        if unsupported:
            fresh.state = Story.State.NEEDS_LOOK
            fresh.state_reason = "The summary says what its sources do not."
        elif fresh.state == Story.State.PUBLISHED or bool(runtime.value("news_publish_unseen")):
            fresh.state = Story.State.PUBLISHED
            fresh.shown_at = fresh.shown_at or at
        else:
            fresh.state = Story.State.SUMMARISED
        fresh.save()
    return "unsupported" if unsupported else fresh.state


def _needs_look(story: Story, reason: str, *, at: datetime) -> None:
    Story.objects.filter(pk=story.pk).exclude(state=Story.State.PUBLISHED).update(
        state=Story.State.NEEDS_LOOK, state_reason=reason, changed_at=at
    )


def settle_lost(*, at: datetime) -> int:
    """Calls whose process died: their outcome is unknown, and they are not made again."""
    lost = SummaryCall.objects.filter(
        state=SummaryCall.State.RESERVED, started_at__lt=at - LOST_AFTER
    )
    count = 0
    for call in lost.select_related("story"):
        asking.settle_unknown(call=call, error="The process ended before an answer came.", at=at)
        if call.story is not None:
            _needs_look(call.story, "A paid call has no outcome.", at=at)
        count += 1
    return count


def send_backlog(*, story_ids: Sequence[int], at: datetime) -> int:
    """Sends stories as one batch, each reserved first; answers how many went."""
    calls: dict[UUID, SummaryCall] = {}
    questions: dict[str, str] = {}
    for story_id in story_ids:
        try:
            with transaction.atomic():
                story = (
                    Story.objects.select_for_update(of=("self",), skip_locked=True)
                    .filter(pk=story_id, state=Story.State.NEW)
                    .first()
                )
                if story is None or story.calls.filter(state__in=_UNDER_WAY).exists():
                    continue
                sources = sources_of(story=story)
                if not sources:
                    _needs_look(story, "There is no text to summarise.", at=at)
                    continue
                question = question_of(sources=sources)
                most_in, most_out = reserved_tokens_of(question)
                call = reserve(
                    story=story,
                    model=settings.ANTHROPIC_MODEL,
                    input_tokens=most_in,
                    output_tokens=most_out,
                    attempt=1,
                    at=at,
                    is_batched=True,
                )
        except (BudgetSpentError, NoPriceError):
            break
        calls[call.pk] = call
        questions[str(call.pk)] = question
    if not questions:
        return 0
    try:
        batch_id = asking.send_batch(questions=questions)
    except AskFailedError as error:
        for call in calls.values():
            asking.settle_failed(call=call, error=str(error), at=at)
        return 0
    except AskUnansweredError as error:
        for call in calls.values():
            asking.settle_unknown(call=call, error=str(error), at=at)
        return 0
    SummaryCall.objects.filter(pk__in=list(calls)).update(
        state=SummaryCall.State.SENT, batch_id=batch_id
    )
    return len(calls)


def collect_batches(*, at: datetime) -> int:
    """Takes the answers of batches that have ended; answers how many stories got one."""
    sent = SummaryCall.objects.filter(state=SummaryCall.State.SENT)
    count = 0
    for batch_id in sent.values_list("batch_id", flat=True).distinct().order_by("batch_id"):
        try:
            answers = asking.batch_answers(batch_id=batch_id)
        except (AskFailedError, AskUnansweredError):
            continue
        if answers is None:
            continue
        for call in sent.filter(batch_id=batch_id).select_related("story"):
            answer = answers.get(str(call.pk), "missing")
            if isinstance(answer, str):
                asking.settle_failed(call=call, error=f"In its batch: {answer}", at=at)
            elif call.story is None:
                asking.settle(call=call, answer=answer, outcome="story_gone", at=at)
            else:
                take_answer(
                    call=call,
                    story=call.story,
                    sources=sources_of(story=call.story),
                    answer=answer,
                    at=at,
                )
                count += 1
    return count
