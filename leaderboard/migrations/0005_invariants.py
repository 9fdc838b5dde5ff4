"""What the nightly proof of the sums found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0004_badges")]
    operations = [
        migrations.CreateModel(
            name="IntegrityRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("held", "Held"),
                            ("broken", "Broken"),
                            ("failed", "Failed"),
                        ],
                        default="running",
                        max_length=7,
                    ),
                ),
                ("figures", models.JSONField(default=list)),
                ("disagreements", models.JSONField(default=dict)),
            ],
            options={
                "ordering": ["-at", "-id"],
                "indexes": [
                    models.Index(fields=["-at", "-id"], name="integrity_runs_newest_first")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("outcome", "running")),
                            models.Q(
                                models.Q(("outcome", "running"), _negated=True),
                                ("ended_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="an_integrity_run_has_an_end_unless_it_runs",
                    )
                ],
            },
        ),
    ]
