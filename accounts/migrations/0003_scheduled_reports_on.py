"""Scheduled reports are taken unless their owner switches them off for all machines."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_username_beginning")]
    operations = [
        migrations.AlterField(
            model_name="user",
            name="auto_sync_enabled",
            field=models.BooleanField(default=True),
        ),
    ]
