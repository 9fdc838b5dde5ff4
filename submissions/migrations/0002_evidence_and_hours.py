"""Evidence sketches and the hours of a day, one of each a slice at most; the salt of the site."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("submissions", "0001_reports"),
    ]

    operations = [
        migrations.CreateModel(
            name="EvidenceSalt",
            fields=[
                ("id", models.CharField(max_length=8, primary_key=True, serialize=False)),
                ("salt", models.BinaryField(max_length=32)),
                ("number", models.IntegerField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=150)),
            ],
        ),
        migrations.CreateModel(
            name="EvidenceSketch",
            fields=[
                (
                    "slice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="sketch",
                        serialize=False,
                        to="submissions.slice",
                    ),
                ),
                ("salt_id", models.CharField(max_length=8)),
                ("messages", models.BigIntegerField()),
                ("hashes", models.BinaryField(max_length=512)),
                (
                    "keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=8
                    ),
                ),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fastupdate=False, fields=["keys"], name="evidence_by_key"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("messages__gt", 0)),
                        name="a_sketch_is_drawn_from_messages",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SliceHours",
            fields=[
                (
                    "slice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="hours",
                        serialize=False,
                        to="submissions.slice",
                    ),
                ),
                (
                    "counts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), size=24
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("counts__len", 24)), name="a_day_has_twenty_four_hours"
                    )
                ],
            },
        ),
    ]
