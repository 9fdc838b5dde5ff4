"""Cases, the ledger, appeals, profile reports, quarantines; what a slice version waits for."""

from django.conf import settings
from django.db import migrations, models

import ccgather.ops.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_trust_and_notices"),
        ("submissions", "0003_cohorts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
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
                ("text", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("granted", "Granted"),
                            ("upheld", "the decision stands"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="CollectorQuarantine",
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
                ("collector", models.CharField(max_length=64)),
                ("first_version", models.CharField(blank=True, max_length=64)),
                ("last_version", models.CharField(blank=True, max_length=64)),
                ("client", models.CharField(blank=True, max_length=96)),
                ("reason", models.TextField()),
                ("remedy", models.TextField(blank=True)),
                ("made_at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Decision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                ("subject", models.CharField(max_length=12)),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("system", "System"),
                            ("owner", "Owner"),
                            ("moderator", "Moderator"),
                            ("admin", "Admin"),
                        ],
                        max_length=9,
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("hold", "held by the rules"),
                            ("clear", "cleared by a newer report"),
                            ("approve", "approved"),
                            ("reject", "not accepted"),
                            ("ask", "asked the owner"),
                            ("extend", "took more time"),
                            ("answer", "answered by the owner"),
                            ("appeal", "appealed"),
                            ("uphold", "appeal heard, decision stands"),
                            ("reverse", "decision reversed"),
                            ("exclude", "excluded from the boards"),
                            ("restore", "back on the boards"),
                            ("trust", "trusted"),
                            ("untrust", "no longer trusted"),
                            ("quarantine", "collector release quarantined"),
                            ("lift", "quarantine lifted"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason_code", models.CharField(max_length=40)),
                ("reason", models.TextField(blank=True)),
                ("slices", models.JSONField(default=list)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                ("waiting_since", models.DateTimeField(null=True)),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ProfileReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("false_usage", "The usage looks made up"),
                            ("copied", "The usage is somebody else's"),
                            ("impersonation", "It pretends to be somebody else"),
                            ("offensive", "Name or picture are offensive"),
                            ("other", "Something else"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=1000)),
                ("created_at", models.DateTimeField()),
                ("dismissed_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ReviewCase",
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
                            ("open", "Open"),
                            ("asked", "waiting for its owner's answer"),
                            ("closed", "Closed"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField()),
                ("weight", models.FloatField(default=0)),
                ("priority", models.FloatField(default=0)),
                ("held_tokens", models.BigIntegerField(default=0)),
                ("held_slices", models.IntegerField(default=0)),
                ("version", models.IntegerField(default=1)),
                ("claimed_until", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="SharedUsage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client", models.CharField(max_length=96)),
                ("day", models.DateField()),
                ("other_slice", models.BigIntegerField()),
                ("other_day", models.DateField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("messages", "the same messages"),
                            ("counts", "the same counts"),
                            ("shape", "the same counts in proportion"),
                        ],
                        max_length=8,
                    ),
                ),
                ("part", models.FloatField()),
                ("found_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="slice",
            name="approved_tokens",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="slice",
            name="exact_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="slice",
            name="hold_weight",
            field=models.FloatField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="slice",
            name="shape_key",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AlterField(
            model_name="slice",
            name="not_counted",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "counts"),
                    ("same_device", "the same slice counts on another device"),
                    ("covered", "another collector's slices cover this day"),
                    ("quarantine", "the release that read these logs counted wrong"),
                ],
                default="",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="slice",
            name="state",
            field=models.CharField(
                choices=[
                    ("accepted", "Accepted"),
                    ("pending", "Pending"),
                    ("rejected", "Rejected"),
                ],
                default="accepted",
                max_length=8,
            ),
        ),
    ]
