"""What the pusher still has to tell the ranking."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

# Rows live for milliseconds, and every reader looks for the oldest: what they leave behind must
# not pile up until a fifth of an always empty table has changed.
VACUUM_OFTEN = """
ALTER TABLE leaderboard_rankingchange SET
  (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)
"""


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0001_boards")]
    operations = [
        migrations.CreateModel(
            name="RankingChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("noted_at", models.DateTimeField()),
                ("urgent", models.BooleanField()),
                ("pushed", models.BooleanField(default=False)),
                ("first_submission_at", models.DateTimeField(null=True)),
                ("country_code", models.CharField(blank=True, max_length=2)),
            ],
            options={
                "indexes": (
                    models.Index(fields=("user_id",), name="ranking_change_by_person"),
                    models.Index(
                        condition=Q(pushed=False),
                        fields=("noted_at",),
                        name="ranking_change_waiting",
                    ),
                    models.Index(
                        condition=Q(pushed=False, urgent=True),
                        fields=("id",),
                        name="ranking_change_urgent",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="RankingGeneration",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("server", models.CharField(max_length=64)),
                ("serving", models.BooleanField(default=False)),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "constraints": (
                    models.UniqueConstraint(
                        condition=Q(serving=True),
                        fields=("serving",),
                        name="one_generation_serves",
                    ),
                ),
            },
        ),
        migrations.CreateModel(
            name="RankedWindow",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "generation",
                        "board",
                        "window_start",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("board", models.CharField(max_length=5)),
                ("window_start", models.DateField()),
                ("filling", models.BooleanField(default=True)),
                (
                    "generation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="windows",
                        to="leaderboard.rankinggeneration",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(VACUUM_OFTEN, migrations.RunSQL.noop),
    ]
