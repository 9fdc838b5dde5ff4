"""What people have earned."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0003_snapshots")]
    operations = []
