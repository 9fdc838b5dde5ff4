"""What the staff may do, as permissions; how far a quarantine has come."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0006_rivals")]

    operations = [
        migrations.AlterModelOptions(
            name="reviewcase",
            options={
                "permissions": (
                    ("decide_cases", "Decide cases of review"),
                    ("answer_appeals", "Answer appeals"),
                    ("exclude_people", "Exclude people from the boards and restore them"),
                    ("trust_people", "Trust people"),
                    ("quarantine_collectors", "Quarantine releases of collectors"),
                )
            },
        ),
        migrations.AddField(
            model_name="collectorquarantine",
            name="passed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="collectorquarantine",
            name="people",
            field=models.IntegerField(default=0, db_default=0),
        ),
        migrations.AddField(
            model_name="collectorquarantine",
            name="slices",
            field=models.IntegerField(default=0, db_default=0),
        ),
    ]
