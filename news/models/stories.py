"""What readers see, and what was paid for it."""

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from accounts.models import User
from ccgather.ops.ids import new_id
from news.models.sources import Category

SEARCHED = SearchVector("title", "summary", config="english")
"""What is searched, as the index has it."""


class Story(models.Model):
    """One thing that happened, told by one or more documents.

    `summary` is Markdown. `summarised_by` is the model's name, "extract" for the source's own
    first sentences, or "hand". `checked` says that every claim of the summary occurs in its
    sources; `unsupported` lists those that do not: `{"kind", "text", "start", "end"}`.
    `kept_by_hand` keeps the crawler and the summariser from changing what a person wrote.
    `score` is for the order of what waits: relevance, trust and age.
    """

    class State(models.TextChoices):
        NEW = "new", "new"
        SUMMARISED = "summarised", "summarised"
        NEEDS_LOOK = "needs_look", "needs a look"
        PUBLISHED = "published", "published"
        HIDDEN = "hidden", "hidden"

    EXTRACT: ClassVar[str] = "extract"
    HAND: ClassVar[str] = "hand"

    slug = models.SlugField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    state_reason = models.CharField(max_length=300, blank=True)
    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    key_points = models.JSONField(default=list)
    category = models.CharField(max_length=12, choices=Category.choices)
    tool = models.CharField(max_length=40, blank=True)
    version = models.CharField(max_length=64, blank=True)
    entities = models.JSONField(default=list)
    relevance = models.FloatField(default=0)
    relevance_reasons = models.JSONField(default=list)
    published_at = models.DateTimeField()
    found_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    featured_at = models.DateTimeField(null=True)
    summarised_by = models.CharField(max_length=80, blank=True)
    summarised_at = models.DateTimeField(null=True)
    checked = models.BooleanField(default=False)
    unsupported = models.JSONField(default=list)
    kept_by_hand = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "stories"
        indexes = (
            models.Index(
                fields=("-published_at", "-id"),
                condition=models.Q(state="published"),
                name="published_stories_newest",
            ),
            models.Index(
                fields=("category", "-published_at", "-id"),
                condition=models.Q(state="published"),
                name="published_by_category",
            ),
            models.Index(
                fields=("tool", "-published_at"),
                condition=models.Q(state="published") & ~models.Q(tool=""),
                name="published_by_tool",
            ),
            models.Index(fields=("state", "-found_at"), name="stories_by_state"),
            GinIndex(SEARCHED, name="stories_by_word"),
        )

    def __str__(self) -> str:
        return self.title


class SummaryCall(models.Model):
    """One paid call, written down with its price reserved before it is made.

    A call without an outcome (the process died in between) is not made again: it may have been
    paid. `reserved_microusd` counts against the budgets until `cost_microusd` is known.
    """

    class State(models.TextChoices):
        RESERVED = "reserved", "about to be made"
        SENT = "sent", "sent in a batch"
        DONE = "done", "answered"
        FAILED = "failed", "failed, nothing to pay"
        UNKNOWN = "unknown", "no outcome; waits for a person"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    story = models.ForeignKey(Story, null=True, on_delete=models.SET_NULL, related_name="calls")
    state = models.CharField(max_length=8, choices=State.choices, default=State.RESERVED)
    model = models.CharField(max_length=80)
    attempt = models.PositiveSmallIntegerField(default=1)
    is_batched = models.BooleanField(default=False)
    batch_id = models.CharField(max_length=80, blank=True, db_index=True)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(null=True)
    reserved_microusd = models.BigIntegerField()
    cost_microusd = models.BigIntegerField(null=True)
    input_tokens = models.IntegerField(default=0)
    output_tokens = models.IntegerField(default=0)
    cache_read_tokens = models.IntegerField(default=0)
    cache_write_tokens = models.IntegerField(default=0)
    outcome = models.CharField(max_length=40, blank=True)
    error = models.CharField(max_length=300, blank=True)
    asked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = (
            models.Index(
                fields=("started_at",),
                condition=models.Q(state__in=("reserved", "sent")),
                name="calls_without_an_outcome",
            ),
        )

    def __str__(self) -> str:
        return f"{self.model} {self.started_at:%Y-%m-%d %H:%M} ({self.state})"
