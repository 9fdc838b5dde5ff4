"""Sources, what was found there, stories, and what was paid for their summaries."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ccgather.ops.ids


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="KeptRobotsFile",
            fields=[
                ("origin", models.CharField(max_length=300, primary_key=True, serialize=False)),
                ("text", models.TextField(blank=True)),
                ("fetched_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=64)),
                ("received_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=40, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("feed", "Atom or RSS"),
                            ("json_feed", "JSON feed"),
                            ("github", "GitHub releases"),
                            ("listing", "Page that lists articles"),
                            ("changelog", "Changelog page"),
                            ("hacker_news", "Hacker News search"),
                        ],
                        max_length=12,
                    ),
                ),
                ("url", models.URLField(max_length=500)),
                ("homepage", models.URLField(blank=True, max_length=500)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("release", "Releases"),
                            ("model", "Models"),
                            ("tool", "Tools"),
                            ("pricing", "Prices and limits"),
                            ("incident", "Incidents"),
                            ("engineering", "Engineering"),
                            ("community", "Community"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tool", models.CharField(blank=True, max_length=40)),
                ("pattern", models.CharField(blank=True, max_length=200)),
                ("language", models.CharField(default="en", max_length=8)),
                ("trust", models.FloatField(default=0.5)),
                ("interval_minutes", models.PositiveIntegerField(default=60)),
                ("is_enabled", models.BooleanField(default=True)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("etag", models.CharField(blank=True, editable=False, max_length=300)),
                ("last_modified", models.CharField(blank=True, editable=False, max_length=80)),
                ("visited_at", models.DateTimeField(editable=False, null=True)),
                ("worked_at", models.DateTimeField(editable=False, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "not asked yet"),
                            ("new", "something new"),
                            ("same", "nothing new"),
                            ("failed", "failed"),
                        ],
                        default="",
                        editable=False,
                        max_length=6,
                    ),
                ),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("error_code", models.CharField(blank=True, editable=False, max_length=40)),
                ("error", models.CharField(blank=True, editable=False, max_length=300)),
                ("alerted_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("trust__gte", 0), ("trust__lte", 1)),
                        name="trust_is_from_0_to_1",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("interval_minutes__gte", 5)),
                        name="a_source_is_left_alone_5_minutes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Story",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=120, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("new", "new"),
                            ("summarised", "summarised"),
                            ("needs_look", "needs a look"),
                            ("published", "published"),
                            ("hidden", "hidden"),
                        ],
                        default="new",
                        max_length=10,
                    ),
                ),
                ("state_reason", models.CharField(blank=True, max_length=300)),
                ("title", models.CharField(max_length=300)),
                ("summary", models.TextField(blank=True)),
                ("key_points", models.JSONField(default=list)),
                (
                    "category",
                    models.CharField(
                        choices=[
                            ("release", "Releases"),
                            ("model", "Models"),
                            ("tool", "Tools"),
                            ("pricing", "Prices and limits"),
                            ("incident", "Incidents"),
                            ("engineering", "Engineering"),
                            ("community", "Community"),
                        ],
                        max_length=12,
                    ),
                ),
                ("tool", models.CharField(blank=True, max_length=40)),
                ("version", models.CharField(blank=True, max_length=64)),
                ("entities", models.JSONField(default=list)),
                ("relevance", models.FloatField(default=0)),
                ("relevance_reasons", models.JSONField(default=list)),
                ("published_at", models.DateTimeField()),
                ("found_at", models.DateTimeField()),
                ("shown_at", models.DateTimeField(null=True)),
                ("featured_at", models.DateTimeField(null=True)),
                ("summarised_by", models.CharField(blank=True, max_length=80)),
                ("summarised_at", models.DateTimeField(null=True)),
                ("checked", models.BooleanField(default=False)),
                ("unsupported", models.JSONField(default=list)),
                ("kept_by_hand", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "verbose_name_plural": "stories",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["-published_at", "-id"],
                        name="published_stories_newest",
                    ),
                    models.Index(
                        condition=models.Q(("state", "published")),
                        fields=["category", "-published_at", "-id"],
                        name="published_by_category",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("state", "published"), models.Q(("tool", ""), _negated=True)
                        ),
                        fields=["tool", "-published_at"],
                        name="published_by_tool",
                    ),
                    models.Index(fields=["state", "-found_at"], name="stories_by_state"),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.search.SearchVector(
                            "title", "summary", config="english"
                        ),
                        name="stories_by_word",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("address", models.CharField(max_length=1100, unique=True)),
                ("url", models.URLField(max_length=1000)),
                ("title", models.CharField(max_length=300)),
                ("text", models.TextField(blank=True)),
                ("language", models.CharField(blank=True, max_length=8)),
                ("version", models.CharField(blank=True, max_length=64)),
                ("published_at", models.DateTimeField(null=True)),
                ("found_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("waiting", "waits to be read"),
                            ("read", "part of a story"),
                            ("irrelevant", "not about the tools"),
                            ("old", "older than news are"),
                            ("failed", "could not be read"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("content_digest", models.BinaryField(max_length=16, null=True)),
                ("signature", models.BinaryField(max_length=576, null=True)),
                (
                    "bands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list
                    ),
                ),
                ("relevance", models.FloatField(default=0)),
                ("relevance_reasons", models.JSONField(default=list)),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="documents",
                        to="news.source",
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="documents",
                        to="news.story",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["content_digest"], name="document_by_content"),
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["bands"], name="document_by_band"
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "waiting")),
                        fields=["found_at"],
                        name="documents_to_read",
                    ),
                    models.Index(fields=["story", "published_at"], name="documents_of_a_story"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SummaryCall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=ccgather.ops.ids.new_id,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "about to be made"),
                            ("sent", "sent in a batch"),
                            ("done", "answered"),
                            ("failed", "failed, nothing to pay"),
                            ("unknown", "no outcome; waits for a person"),
                        ],
                        default="reserved",
                        max_length=8,
                    ),
                ),
                ("model", models.CharField(max_length=80)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("is_batched", models.BooleanField(default=False)),
                ("batch_id", models.CharField(blank=True, db_index=True, max_length=80)),
                ("started_at", models.DateTimeField(db_index=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("reserved_microusd", models.BigIntegerField()),
                ("cost_microusd", models.BigIntegerField(null=True)),
                ("input_tokens", models.IntegerField(default=0)),
                ("output_tokens", models.IntegerField(default=0)),
                ("cache_read_tokens", models.IntegerField(default=0)),
                ("cache_write_tokens", models.IntegerField(default=0)),
                ("outcome", models.CharField(blank=True, max_length=40)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "story",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls",
                        to="news.story",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("reserved", "sent"))),
                        fields=["started_at"],
                        name="calls_without_an_outcome",
                    )
                ],
            },
        ),
    ]
