"""What the nightly proof of the sums found."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("leaderboard", "0004_badges")]
    operations = []
