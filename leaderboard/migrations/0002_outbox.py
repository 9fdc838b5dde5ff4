"""What the pusher still has to tell the ranking."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0001_boards")]
    operations = []
