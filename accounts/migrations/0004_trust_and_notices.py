"""Who is trusted; what the site told people, and whether they want it by e-mail."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import ccgather.ops.ids


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_scheduled_reports_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="email_reviews",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddField(
            model_name="user",
            name="trusted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="Notice",
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
                ("code", models.CharField(max_length=40)),
                (
                    "tone",
                    models.CharField(
                        choices=[
                            ("review", "under review"),
                            ("refused", "not accepted"),
                            ("ours", "our mistake"),
                            ("good", "good news"),
                        ],
                        max_length=8,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                ("text", models.TextField()),
                ("link", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("wants_email", models.BooleanField(default=False)),
                ("emailed_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["user", "-created_at"], name="notices_of_a_person"),
                    models.Index(
                        condition=models.Q(("emailed_at__isnull", True), ("wants_email", True)),
                        fields=["created_at"],
                        name="notices_to_email",
                    ),
                ],
            },
        ),
    ]
