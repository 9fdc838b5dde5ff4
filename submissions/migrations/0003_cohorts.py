"""What the usage of everybody looks like, and how often each signal speaks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0002_evidence_and_hours")]

    operations = [
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
            name="SignalRate",
            fields=[
                ("code", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("people", models.IntegerField(default=0)),
                ("fired", models.IntegerField(default=0)),
                ("measured_at", models.DateTimeField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="cohortfigure",
            constraint=models.UniqueConstraint(
                fields=("client", "family", "measure"), name="one_figure_per_cohort_and_measure"
            ),
        ),
    ]
