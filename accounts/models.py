"""Who people are, and what speaks for them: tokens, devices, sign-in requests, sessions."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.contrib.postgres.indexes import OpClass
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from accounts.managers import UserManager, UserQuerySet
from ccgather.ops.ids import new_id


class User(AbstractBaseUser, PermissionsMixin):
    """A person. The numeric GitHub id is the identity; `username` may change hands.

    Every change of what a person sent, decided or hides takes this row's lock first
    (`accounts.locking.locked_account`).
    """

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=39)
    github_id = models.BigIntegerField(null=True, blank=True, unique=True)
    display_name = models.CharField(max_length=100, blank=True)
    avatar_url = models.URLField(max_length=300, blank=True)
    email = models.EmailField(blank=True)

    country_code = models.CharField(max_length=2, blank=True)
    country_changed_at = models.DateTimeField(null=True, blank=True)
    timezone = models.CharField(max_length=64, default="UTC")

    profile_visible = models.BooleanField(default=True)
    hide_cost = models.BooleanField(default=False)
    hide_country = models.BooleanField(default=False)
    show_ranges = models.BooleanField(default=False)
    auto_sync_enabled = models.BooleanField(default=True)

    onboarded_at = models.DateTimeField(null=True, blank=True)
    excluded_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    trusted_at = models.DateTimeField(null=True, blank=True)
    email_reviews = models.BooleanField(default=True, db_default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager.from_queryset(UserQuerySet)()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.UniqueConstraint(Lower("username"), name="one_person_per_username"),
            models.CheckConstraint(
                condition=models.Q(country_code="") | models.Q(country_code__regex="^[A-Z]{2}$"),
                name="country_is_two_capitals",
            ),
        )
        indexes = (
            # For names that begin so: the constraint's own index serves equality only.
            models.Index(
                OpClass(Lower("username"), name="varchar_pattern_ops"), name="username_beginning"
            ),
        )

    def __str__(self) -> str:
        return self.username

    @property
    def shown_name(self) -> str:
        """What pages call this person."""
        return self.display_name or self.username

    @property
    def shown_country(self) -> str:
        """The country others see; empty when hidden or unknown."""
        return "" if self.hide_country else self.country_code

    @property
    def stands_on_boards(self) -> bool:
        """Whether this person may be ranked at all (usage aside)."""
        return self.is_active and self.profile_visible and self.excluded_at is None


class Device(models.Model):
    """A machine somebody sends reports from. It outlives its tokens."""

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    last_report_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("user", Lower("name"), name="one_device_per_user_and_name"),
        )

    def __str__(self) -> str:
        return self.name


class DeviceKey(models.Model):
    """The id by which one collector names a device; several collectors run on one machine."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="keys")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="device_keys")
    collector = models.CharField(max_length=64)
    key = models.CharField(max_length=96)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "collector", "key"), name="one_device_per_user_collector_and_key"
            ),
        )
        indexes = (models.Index(fields=("key",), name="device_by_key"),)

    def __str__(self) -> str:
        return f"{self.collector}:{self.key}"


class ApiToken(models.Model):
    """A bearer token, bound to a device. Only its SHA-256 is stored (32 bytes)."""

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="tokens")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=100)
    token_hash = models.BinaryField(max_length=32, unique=True)
    token_hint = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint("user", Lower("name"), name="one_token_per_user_and_name"),
        )

    def __str__(self) -> str:
        return self.name

    def is_valid(self, *, at: datetime) -> bool:
        """Whether the token still speaks for its person at that moment."""
        return self.expires_at is None or at < self.expires_at


class DeviceLogin(models.Model):
    """One request of a command-line program to be let in (the device flow).

    The device code is stored as SHA-256. The API token is made when the program collects it,
    so that no plain token is ever stored.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        DENIED = "denied"
        USED = "used"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    device_code_hash = models.BinaryField(max_length=32, unique=True)
    user_code = models.CharField(max_length=9, unique=True)
    device_name = models.CharField(max_length=100)
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    last_polled_at = models.DateTimeField(null=True)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(state="approved") | models.Q(user__isnull=False),
                name="an_approved_device_login_names_its_person",
            ),
        )

    def __str__(self) -> str:
        return self.user_code


class Notice(models.Model):
    """Something the site told a person: on its pages, and by e-mail where they want it.

    `tone` says how it is shown. `text` is plain text; `link` an address on this site.
    """

    class Tone(models.TextChoices):
        REVIEW = "review", "under review"
        REFUSED = "refused", "not accepted"
        OURS = "ours", "our mistake"
        GOOD = "good", "good news"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    code = models.CharField(max_length=40)
    tone = models.CharField(max_length=8, choices=Tone.choices)
    title = models.CharField(max_length=200)
    text = models.TextField()
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    wants_email = models.BooleanField(default=False)
    emailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("user", "-created_at"), name="notices_of_a_person"),
            models.Index(
                fields=("created_at",),
                condition=models.Q(wants_email=True, emailed_at__isnull=True),
                name="notices_to_email",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.created_at:%Y-%m-%d %H:%M}"


class Session(AbstractBaseSession):
    """A browser session that knows whose it is, so that it can be listed and ended."""

    id = models.UUIDField[UUID, UUID](default=new_id, unique=True, editable=False)
    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sessions")
    user_agent = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(null=True)
    last_seen_at = models.DateTimeField(null=True)

    class Meta(AbstractBaseSession.Meta):
        abstract = False

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        """The engine that reads and writes these rows."""
        # Imported here because Django's session engine imports this model while it loads.
        from accounts.sessions import SessionStore  # noqa: PLC0415

        return SessionStore
