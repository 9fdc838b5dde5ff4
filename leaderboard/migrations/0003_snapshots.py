"""Where everybody stood at the end of each UTC day, and the ledger of changes in between."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SNAPSHOT = migrations.CreateModel(
    name="Snapshot",
    fields=[
        (
            "pk",
            models.CompositePrimaryKey(
                "day", "user", blank=True, editable=False, primary_key=True, serialize=False
            ),
        ),
        ("tokens", models.BigIntegerField()),
        ("cost_microusd", models.BigIntegerField()),
        (
            "user",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        ("day", models.DateField()),
        ("rank_world", models.IntegerField()),
        ("rank_country", models.IntegerField(null=True)),
        ("level", models.SmallIntegerField()),
        ("country_code", models.CharField(blank=True, max_length=2)),
    ],
    options={
        "indexes": [
            django.contrib.postgres.indexes.BrinIndex(
                fields=["day", "rank_world"], name="snapshot_by_rank", pages_per_range=16
            )
        ],
    },
)

# Columns from wide to narrow: 80 bytes a row with its header, and not one lost to alignment.
CREATE = """
CREATE TABLE leaderboard_snapshot (
  tokens bigint NOT NULL,
  cost_microusd bigint NOT NULL,
  user_id uuid NOT NULL,
  day date NOT NULL,
  rank_world integer NOT NULL,
  rank_country integer NULL,
  level smallint NOT NULL,
  country_code varchar(2) NOT NULL,
  PRIMARY KEY (day, user_id)
) PARTITION BY RANGE (day);
CREATE INDEX snapshot_by_rank ON leaderboard_snapshot
  USING brin (day, rank_world) WITH (pages_per_range = 16);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboard", "0002_outbox"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="SnapshotDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("taken_at", models.DateTimeField()),
                ("people", models.IntegerField()),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[SNAPSHOT],
            database_operations=[
                migrations.RunSQL(CREATE, reverse_sql="DROP TABLE leaderboard_snapshot")
            ],
        ),
        migrations.CreateModel(
            name="UsageChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("submission", "a report added usage"),
                            ("correction", "a report lowered usage that was counted"),
                            ("repricing", "costs were computed anew"),
                            ("review", "a moderator decided about held usage"),
                            ("deletion", "usage was deleted"),
                            ("rebuild", "sums were counted anew"),
                            ("hidden", "the person hid"),
                            ("shown", "the person came back"),
                            ("excluded", "the person was taken off the boards"),
                            ("readmitted", "the person was let back on the boards"),
                            ("country", "the person moved, or hid where they live"),
                        ],
                        max_length=10,
                    ),
                ),
                ("tokens_before", models.BigIntegerField()),
                ("tokens_after", models.BigIntegerField()),
                ("cost_before", models.BigIntegerField()),
                ("cost_after", models.BigIntegerField()),
                ("stood_before", models.BooleanField()),
                ("stood_after", models.BooleanField()),
                ("country_before", models.CharField(blank=True, max_length=2)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "at"], name="usage_change_by_user"),
                    models.Index(
                        condition=models.Q(("cause", "submission"), _negated=True),
                        fields=["user", "at"],
                        name="usage_change_that_explains",
                    ),
                    django.contrib.postgres.indexes.BrinIndex(
                        autosummarize=True, fields=["at"], name="usage_change_by_moment"
                    ),
                ],
            },
        ),
    ]
