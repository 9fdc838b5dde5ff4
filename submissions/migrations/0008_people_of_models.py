"""How many people use a model that has no price."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("submissions", "0007_review_powers")]

    operations = [
        migrations.AddField(
            model_name="unpricedmodel",
            name="people",
            field=models.IntegerField(default=0, db_default=0),
        ),
    ]
