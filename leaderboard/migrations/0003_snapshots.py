"""Where everybody stood at the end of each UTC day."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0002_outbox")]
    operations = []
