"""Finding a machine under another account. Concurrently: each report may name a device."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0004_trust_and_notices")]

    operations = [
        AddIndexConcurrently(
            model_name="devicekey",
            index=models.Index(fields=["key"], name="device_by_key"),
        ),
    ]
