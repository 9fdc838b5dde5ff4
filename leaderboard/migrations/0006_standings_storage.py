"""What a million people need of storage: no index twice, early cleaning, no look at each person
for a table that is made anew every night."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A fifth of a board of millions is too many dead rows for its readers, who count index entries.
VACUUM_OFTEN = """
ALTER TABLE leaderboard_standing SET
  (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02,
   autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE leaderboard_boardtally SET
  (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)
"""
AS_USUAL = """
ALTER TABLE leaderboard_standing RESET
  (autovacuum_vacuum_scale_factor, autovacuum_vacuum_insert_scale_factor,
   autovacuum_analyze_scale_factor);
ALTER TABLE leaderboard_boardtally RESET
  (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold)
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("leaderboard", "0005_invariants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                # The primary key begins with the same column.
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY IF EXISTS leaderboard_standing_user_id_028f086a",
                    "CREATE INDEX CONCURRENTLY IF NOT EXISTS leaderboard_standing_user_id_028f086a "
                    "ON leaderboard_standing (user_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "standing",
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="standings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
        migrations.AlterField(
            "midnightrank",
            "user",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunSQL(VACUUM_OFTEN, AS_USUAL),
    ]
