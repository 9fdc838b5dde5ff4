"""An index for finding people by the beginning of their name, built without locking the table."""

from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("accounts", "0001_people")]
    operations = [
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                OpClass(Lower("username"), name="varchar_pattern_ops"), name="username_beginning"
            ),
        ),
    ]
