"""What people have earned, what they are told of it, and how many hold each badge."""

from django.db import models
from django.db.models import Q

from accounts.models import User
from leaderboard.rules.badges.catalogue import MOST_DISPLAYED


class EarnedBadge(models.Model):
    """A badge that a person holds. `badge` is an id of the catalogue.

    `basis` is what its rule rested on when it was earned, `country_code` the country that a rank
    or a place in one was earned in, `place` where the person shows it beside their name (1 is
    first, None nowhere). `on_boards` repeats a fact of the person, so that holders are counted
    without reading people.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="badges")
    badge = models.CharField(max_length=32)
    earned_at = models.DateTimeField()
    basis = models.BigIntegerField(default=0)
    country_code = models.CharField(max_length=2, blank=True)
    place = models.SmallIntegerField(null=True)
    on_boards = models.BooleanField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "badge"), name="one_row_per_person_and_badge"),
            models.UniqueConstraint(
                fields=("user", "place"),
                condition=Q(place__isnull=False),
                name="one_badge_per_displayed_place",
            ),
            models.CheckConstraint(
                condition=Q(place__isnull=True) | Q(place__range=(1, MOST_DISPLAYED)),
                name="a_displayed_badge_has_one_of_the_places",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.badge}"


class BadgeClock(models.Model):
    """The last day whose snapshot has been looked at for badges: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    awarded_day = models.DateField()

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="there_is_one_badge_clock"),)

    def __str__(self) -> str:
        return f"{self.awarded_day}"


class BadgeEvent(models.Model):
    """A badge came or went: what its person is told until they have seen it."""

    class What(models.TextChoices):
        """What happened."""

        EARNED = "earned", "earned"
        WITHDRAWN = "withdrawn", "withdrawn"

    user = models.ForeignKey(User, on_delete=models.CASCADE, db_index=False, related_name="+")
    badge = models.CharField(max_length=32)
    what = models.CharField(max_length=9, choices=What.choices)
    at = models.DateTimeField()
    why = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-at"), name="badge_event_by_user_newest"),
            models.Index(
                fields=("user",), name="badge_event_unseen", condition=Q(seen_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.badge} {self.what}"


class BadgeTally(models.Model):
    """A part of how many people of the boards hold a badge: appended, folded by a job.

    One shared row a badge, which everybody who earns it updates, would make them all wait.
    """

    badge = models.CharField(max_length=32, db_index=True)
    holders = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.badge} {self.holders:+d}"
