"""What shows the same log twice."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from submissions.models.usage import Slice
from submissions.querysets import EvidenceSketchQuerySet


class EvidenceSalt(models.Model):
    """What message ids are hashed with before they are sent here; the newest is in use.

    Public, made once, at random. It lets no two sites compare what they hold. An older one stays
    only to say what the sketches were made with that name it.
    """

    id = models.CharField(max_length=8, primary_key=True)
    salt = models.BinaryField(max_length=32)
    number = models.IntegerField(unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return self.id


class EvidenceSketch(models.Model):
    """The smallest hashes of a slice's message ids: enough to see the same log twice.

    `hashes` are at most 64 values of 8 bytes, big-endian, ascending, one after the other;
    `messages` is how many ids they were drawn from. Sketches compare under one `salt_id` only.
    `keys` find other sketches of the day: see `submissions.rules.evidence.keys_of`.
    """

    slice = models.OneToOneField(
        Slice, on_delete=models.CASCADE, primary_key=True, related_name="sketch"
    )
    salt_id = models.CharField(max_length=8)
    messages = models.BigIntegerField()
    hashes = models.BinaryField(max_length=512)
    keys = ArrayField(models.BigIntegerField(), size=8)

    objects = EvidenceSketchQuerySet.as_manager()

    class Meta:
        indexes = (GinIndex(fields=("keys",), name="evidence_by_key", fastupdate=False),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(messages__gt=0), name="a_sketch_is_drawn_from_messages"
            ),
        )

    def __str__(self) -> str:
        return f"sketch of slice {self.slice_id}"
