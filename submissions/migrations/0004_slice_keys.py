"""Finding the same usage elsewhere. Concurrently: slices are the largest table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("submissions", "0003_review_links")]

    operations = [
        AddIndexConcurrently(
            model_name="slice",
            index=models.Index(
                condition=models.Q(("exact_key__isnull", False)),
                fields=["exact_key"],
                name="slice_by_exact_key",
            ),
        ),
        AddIndexConcurrently(
            model_name="slice",
            index=models.Index(
                condition=models.Q(("shape_key__isnull", False)),
                fields=["shape_key"],
                name="slice_by_shape_key",
            ),
        ),
    ]
