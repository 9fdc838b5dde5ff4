"""What people have earned."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leaderboard", "0003_snapshots"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BadgeClock",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("awarded_day", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_badge_clock"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EarnedBadge",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("badge", models.CharField(max_length=32)),
                ("earned_at", models.DateTimeField()),
                ("basis", models.BigIntegerField(default=0)),
                ("country_code", models.CharField(blank=True, max_length=2)),
                ("place", models.SmallIntegerField(null=True)),
                ("on_boards", models.BooleanField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="badges",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "badge"), name="one_row_per_person_and_badge"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("place__isnull", False)),
                        fields=("user", "place"),
                        name="one_badge_per_displayed_place",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("place__isnull", True), ("place__range", (1, 5)), _connector="OR"
                        ),
                        name="a_displayed_badge_has_one_of_the_places",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BadgeEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("badge", models.CharField(max_length=32)),
                (
                    "what",
                    models.CharField(
                        choices=[("earned", "earned"), ("withdrawn", "withdrawn")], max_length=9
                    ),
                ),
                ("at", models.DateTimeField()),
                ("why", models.CharField(blank=True, max_length=200)),
                ("seen_at", models.DateTimeField(null=True)),
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
                    models.Index(fields=["user", "-at"], name="badge_event_by_user_newest"),
                    models.Index(
                        condition=models.Q(("seen_at__isnull", True)),
                        fields=["user"],
                        name="badge_event_unseen",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BadgeTally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("badge", models.CharField(db_index=True, max_length=32)),
                ("holders", models.IntegerField()),
            ],
        ),
    ]
