"""Cases, the ledger, appeals, profile reports, quarantines; what a slice version waits for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ccgather.ops.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_trust_and_notices"),
        ("submissions", "0002_evidence_and_hours"),
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
            name="CohortFigure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("client", models.CharField(max_length=96)),
                ("family", models.CharField(max_length=64)),
                ("measure", models.CharField(max_length=32)),
                ("centre", models.FloatField()),
                ("spread", models.FloatField()),
                ("within", models.FloatField()),
                ("low", models.FloatField()),
                ("high", models.FloatField()),
                ("people", models.IntegerField()),
                ("days", models.IntegerField()),
                ("measured_at", models.DateTimeField()),
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
        migrations.CreateModel(
            name="SignalRate",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("people", models.IntegerField(default=0)),
                ("fired", models.IntegerField(default=0)),
                ("measured_at", models.DateTimeField()),
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
        migrations.AddField(
            model_name="appeal",
            name="answered_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="cohortfigure",
            constraint=models.UniqueConstraint(
                fields=("client", "family", "measure"), name="one_figure_per_cohort_and_measure"
            ),
        ),
        migrations.AddField(
            model_name="collectorquarantine",
            name="lifted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="collectorquarantine",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="actor",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="reverses",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="submissions.decision",
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="decision",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="appeals",
                to="submissions.decision",
            ),
        ),
        migrations.AddField(
            model_name="profilereport",
            name="reporter",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports_made",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="profilereport",
            name="subject",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reports_received",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewcase",
            name="claimed_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reviewcase",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="review_cases",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="decision",
            name="case",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="decisions",
                to="submissions.reviewcase",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="appeals",
                to="submissions.reviewcase",
            ),
        ),
        migrations.AddField(
            model_name="sharedusage",
            name="device",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="accounts.device",
            ),
        ),
        migrations.AddField(
            model_name="sharedusage",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="sharedusage",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="shared_usage",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="profilereport",
            index=models.Index(
                condition=models.Q(("dismissed_at__isnull", True)),
                fields=["subject", "-created_at"],
                name="standing_reports_of_a_profile",
            ),
        ),
        migrations.AddConstraint(
            model_name="profilereport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("dismissed_at__isnull", True)),
                fields=("reporter", "subject"),
                name="one_standing_report_per_reporter_and_profile",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewcase",
            index=models.Index(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=["-priority", "id"],
                name="open_cases_by_priority",
            ),
        ),
        migrations.AddIndex(
            model_name="reviewcase",
            index=models.Index(fields=["user", "-opened_at"], name="cases_of_a_person"),
        ),
        migrations.AddConstraint(
            model_name="reviewcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("user",),
                name="one_open_case_per_person",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["-at", "-id"], name="ledger_newest_first"),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(fields=["user", "-at"], name="decisions_about_a_person"),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["due_at"], name="open_appeals_by_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision__isnull", False)),
                fields=("decision",),
                name="one_appeal_per_decision",
            ),
        ),
        migrations.AddIndex(
            model_name="sharedusage",
            index=models.Index(
                condition=models.Q(("settled_at__isnull", True)),
                fields=["found_at"],
                name="shared_usage_to_settle",
            ),
        ),
        migrations.AddIndex(
            model_name="sharedusage",
            index=models.Index(fields=["other", "-found_at"], name="usage_shared_from"),
        ),
        migrations.AddConstraint(
            model_name="sharedusage",
            constraint=models.UniqueConstraint(
                fields=("user", "device", "client", "day", "other_slice"),
                name="shared_usage_is_named_once",
            ),
        ),
    ]
