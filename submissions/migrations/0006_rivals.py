"""Who lands just above whom: whether a report did, and an index that finds the people around.

Concurrently, for everybody who submits has a row there.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("submissions", "0005_ledger_stays")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="landed_narrowly",
            field=models.BooleanField(default=False, db_default=False),
        ),
        AddIndexConcurrently(
            model_name="usageaccount",
            index=models.Index(fields=["total_tokens"], name="account_by_total_tokens"),
        ),
    ]
