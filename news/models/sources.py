"""Where news come from, and what was found there."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models


class Category(models.TextChoices):
    """What a story is about; readers choose by it."""

    RELEASE = "release", "Releases"
    MODEL = "model", "Models"
    TOOL = "tool", "Tools"
    PRICING = "pricing", "Prices and limits"
    INCIDENT = "incident", "Incidents"
    ENGINEERING = "engineering", "Engineering"
    COMMUNITY = "community", "Community"


class Source(models.Model):
    """A place that is asked for news. Operators edit it in the admin.

    `pattern` is a regular expression that the path of an article matches (listings only); `tool`
    the client whose board and charts belong to it ("" for none); `trust` 0 to 1 weighs relevance.
    What follows `next_at` is written by the crawler: what the last visit brought, and what to ask
    with next time.
    """

    class Kind(models.TextChoices):
        FEED = "feed", "Atom or RSS"
        JSON_FEED = "json_feed", "JSON feed"
        GITHUB = "github", "GitHub releases"
        LISTING = "listing", "Page that lists articles"
        CHANGELOG = "changelog", "Changelog page"
        HACKER_NEWS = "hacker_news", "Hacker News search"

    class Outcome(models.TextChoices):
        NEVER = "", "not asked yet"
        NEW = "new", "something new"
        SAME = "same", "nothing new"
        FAILED = "failed", "failed"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    url = models.URLField(max_length=500)
    homepage = models.URLField(max_length=500, blank=True)
    category = models.CharField(max_length=12, choices=Category.choices)
    tool = models.CharField(max_length=40, blank=True)
    pattern = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, default="en")
    trust = models.FloatField(default=0.5)
    interval_minutes = models.PositiveIntegerField(default=60)
    is_enabled = models.BooleanField(default=True)

    next_at = models.DateTimeField(null=True, blank=True)
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=80, blank=True, editable=False)
    visited_at = models.DateTimeField(null=True, editable=False)
    worked_at = models.DateTimeField(null=True, editable=False)
    outcome = models.CharField(
        max_length=6, choices=Outcome.choices, default=Outcome.NEVER, blank=True, editable=False
    )
    failures = models.PositiveIntegerField(default=0, editable=False)
    error_code = models.CharField(max_length=40, blank=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)
    alerted_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering: ClassVar[list[str]] = ["name"]
        constraints = (
            models.CheckConstraint(
                condition=models.Q(trust__gte=0, trust__lte=1), name="trust_is_from_0_to_1"
            ),
            models.CheckConstraint(
                condition=models.Q(interval_minutes__gte=5), name="a_source_is_left_alone_5_minutes"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Document(models.Model):
    """One entry of one source, with the text it brought or that was fetched for it.

    `address` is its canonical address and, for parts of a page, what tells them apart: nothing is
    read twice. `signature` and `bands` find the same text elsewhere (`news.rules.nearness`).
    `outcome` says why it became no part of a story; `attempts` counts fetches that failed.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", "waits to be read"
        READ = "read", "part of a story"
        IRRELEVANT = "irrelevant", "not about the tools"
        OLD = "old", "older than news are"
        FAILED = "failed", "could not be read"

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="documents")
    story = models.ForeignKey(
        "news.Story", null=True, on_delete=models.SET_NULL, related_name="documents"
    )
    address = models.CharField(max_length=1100, unique=True)
    url = models.URLField(max_length=1000)
    title = models.CharField(max_length=300)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=8, blank=True)
    version = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    content_digest = models.BinaryField(max_length=16, null=True)
    signature = models.BinaryField(max_length=576, null=True)
    bands = ArrayField(models.BigIntegerField(), default=list)
    relevance = models.FloatField(default=0)
    relevance_reasons = models.JSONField(default=list)

    class Meta:
        indexes = (
            models.Index(fields=("content_digest",), name="document_by_content"),
            GinIndex(fields=("bands",), name="document_by_band", fastupdate=False),
            models.Index(
                fields=("found_at",),
                condition=models.Q(outcome="waiting"),
                name="documents_to_read",
            ),
            models.Index(fields=("story", "published_at"), name="documents_of_a_story"),
        )

    def __str__(self) -> str:
        return self.title


class KeptRobotsFile(models.Model):
    """A site's robots.txt as it was found; "" where there is none."""

    origin = models.CharField(max_length=300, primary_key=True)
    text = models.TextField(blank=True)
    fetched_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.origin


class WebhookDelivery(models.Model):
    """A delivery of GitHub that was taken in; the same id again is ignored."""

    id = models.CharField(max_length=64, primary_key=True)
    event = models.CharField(max_length=64)
    received_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.event} {self.id}"
