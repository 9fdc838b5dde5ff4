"""What is held and decided: cases, the ledger of decisions, appeals, what people reported, the
releases that counted wrong, and what the population's usage looks like."""

from typing import ClassVar
from uuid import UUID

from django.db import models

from accounts.models import Device, User
from ccgather.ops.ids import new_id


class ReviewCase(models.Model):
    """One person's held slices, from the first hold until all of them are decided.

    `weight` is the heaviest of its holds, `held_tokens` what they would add if approved;
    `priority` orders the queue (weight times the size of what it would move). `version` goes up
    with each change: who decides names the version that they saw.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ASKED = "asked", "waiting for its owner's answer"
        CLOSED = "closed"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="review_cases")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    weight = models.FloatField(default=0)
    priority = models.FloatField(default=0)
    held_tokens = models.BigIntegerField(default=0)
    held_slices = models.IntegerField(default=0)
    version = models.IntegerField(default=1)
    claimed_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    claimed_until = models.DateTimeField(null=True)

    class Meta:
        permissions = (
            ("decide_cases", "Decide cases of review"),
            ("answer_appeals", "Answer appeals"),
            ("exclude_people", "Exclude people from the boards and restore them"),
            ("trust_people", "Trust people"),
            ("quarantine_collectors", "Quarantine releases of collectors"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("user",),
                condition=~models.Q(state="closed"),
                name="one_open_case_per_person",
            ),
        )
        indexes = (
            models.Index(
                fields=("-priority", "id"),
                condition=~models.Q(state="closed"),
                name="open_cases_by_priority",
            ),
            models.Index(fields=("user", "-opened_at"), name="cases_of_a_person"),
        )

    def __str__(self) -> str:
        return f"case of {self.user_id}"


class Decision(models.Model):
    """One line of the ledger: who did what to whom, and why. Never changed or deleted; a trigger
    refuses it. When somebody deletes their account only the references to them become empty.

    `subject` is a pseudonym of the person, the same in every line about them. `slices` lists what
    was decided: `{"day", "client", "device", "tokens", "before", "after"}`, states before and
    after. `before` and `after` are other facts that changed. `waiting_since` is when what was
    decided began to wait.
    """

    class Action(models.TextChoices):
        HOLD = "hold", "held by the rules"
        CLEAR = "clear", "cleared by a newer report"
        APPROVE = "approve", "approved"
        REJECT = "reject", "not accepted"
        ASK = "ask", "asked the owner"
        EXTEND = "extend", "took more time"
        ANSWER = "answer", "answered by the owner"
        APPEAL = "appeal", "appealed"
        UPHOLD = "uphold", "appeal heard, decision stands"
        REVERSE = "reverse", "decision reversed"
        EXCLUDE = "exclude", "excluded from the boards"
        RESTORE = "restore", "back on the boards"
        TRUST = "trust", "trusted"
        UNTRUST = "untrust", "no longer trusted"
        QUARANTINE = "quarantine", "collector release quarantined"
        LIFT = "lift", "quarantine lifted"

    class Role(models.TextChoices):
        SYSTEM = "system"
        OWNER = "owner"
        MODERATOR = "moderator"
        ADMIN = "admin"

    at = models.DateTimeField(db_index=True)
    case = models.ForeignKey(
        ReviewCase, null=True, on_delete=models.SET_NULL, related_name="decisions"
    )
    user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    subject = models.CharField(max_length=12)
    actor = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    role = models.CharField(max_length=9, choices=Role.choices)
    action = models.CharField(max_length=10, choices=Action.choices)
    reason_code = models.CharField(max_length=40)
    reason = models.TextField(blank=True)
    slices = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reverses = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    waiting_since = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes = (
            models.Index(fields=("-at", "-id"), name="ledger_newest_first"),
            models.Index(fields=("user", "-at"), name="decisions_about_a_person"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class Appeal(models.Model):
    """The owner's objection to a decision; `due_at` is shown to both sides."""

    class State(models.TextChoices):
        OPEN = "open"
        GRANTED = "granted"
        UPHELD = "upheld", "the decision stands"

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appeals")
    case = models.ForeignKey(ReviewCase, on_delete=models.CASCADE, related_name="appeals")
    decision = models.ForeignKey(
        Decision, null=True, on_delete=models.SET_NULL, related_name="appeals"
    )
    text = models.TextField()
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("decision",),
                condition=models.Q(decision__isnull=False),
                name="one_appeal_per_decision",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=models.Q(state="open"), name="open_appeals_by_due"
            ),
        )

    def __str__(self) -> str:
        return f"appeal of {self.user_id}, {self.state}"


class ProfileReport(models.Model):
    """Somebody says that a profile is not right. It weighs little, and opens no hold by itself."""

    class Code(models.TextChoices):
        FALSE_USAGE = "false_usage", "The usage looks made up"
        COPIED = "copied", "The usage is somebody else's"
        IMPERSONATION = "impersonation", "It pretends to be somebody else"
        OFFENSIVE = "offensive", "Name or picture are offensive"
        OTHER = "other", "Something else"

    reporter = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports_made")
    subject = models.ForeignKey(User, on_delete=models.CASCADE, related_name="reports_received")
    code = models.CharField(max_length=16, choices=Code.choices)
    text = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField()
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("reporter", "subject"),
                condition=models.Q(dismissed_at__isnull=True),
                name="one_standing_report_per_reporter_and_profile",
            ),
        )
        indexes = (
            models.Index(
                fields=("subject", "-created_at"),
                condition=models.Q(dismissed_at__isnull=True),
                name="standing_reports_of_a_profile",
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} {self.created_at:%Y-%m-%d %H:%M}"


class CollectorQuarantine(models.Model):
    """Releases of a collector that are known to count wrong; what they read does not count.

    `first_version` and `last_version` are both included; empty means open to that side. `client`
    limits it to one tool's logs; empty means all of them. `remedy` tells owners how to send anew.
    `passed_at` is when stored slices were last gone through since it was made or lifted, `people`
    and `slices` how many that changed.
    """

    id = models.UUIDField[UUID, UUID](primary_key=True, default=new_id, editable=False)
    collector = models.CharField(max_length=64)
    first_version = models.CharField(max_length=64, blank=True)
    last_version = models.CharField(max_length=64, blank=True)
    client = models.CharField(max_length=96, blank=True)
    reason = models.TextField()
    remedy = models.TextField(blank=True)
    made_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    passed_at = models.DateTimeField(null=True)
    people = models.IntegerField(default=0, db_default=0)
    slices = models.IntegerField(default=0, db_default=0)

    def __str__(self) -> str:
        return f"{self.collector} {self.first_version or '…'} to {self.last_version or '…'}"


class SharedUsage(models.Model):
    """One person's slice that another account's report repeated: the same messages by their
    sketches, the same counts, or the same in proportion.

    `user` is who sent it later; `other` who had it first. Written with the report that showed it;
    `settled_at` is when the other side was looked at as well.
    """

    class Kind(models.TextChoices):
        MESSAGES = "messages", "the same messages"
        COUNTS = "counts", "the same counts"
        SHAPE = "shape", "the same counts in proportion"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shared_usage")
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="+")
    client = models.CharField(max_length=96)
    day = models.DateField()
    other = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    other_slice = models.BigIntegerField()
    other_day = models.DateField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    part = models.FloatField()
    found_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "device", "client", "day", "other_slice"),
                name="shared_usage_is_named_once",
            ),
        )
        indexes = (
            models.Index(
                fields=("found_at",),
                condition=models.Q(settled_at__isnull=True),
                name="shared_usage_to_settle",
            ),
            models.Index(fields=("other", "-found_at"), name="usage_shared_from"),
        )

    def __str__(self) -> str:
        return f"{self.client} {self.day}: {self.kind}"


class CohortFigure(models.Model):
    """What one measure of a day's usage looks like over everybody who uses that tool and family
    of models: on a natural logarithmic scale, by people and not by days.

    `centre` is the median of the people's medians, `spread` 1.4826 times the median distance from
    it, `within` the same inside one person; `high` is the 99.9th percentile of days.
    """

    client = models.CharField(max_length=96)
    family = models.CharField(max_length=64)
    measure = models.CharField(max_length=32)
    centre = models.FloatField()
    spread = models.FloatField()
    within = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    people = models.IntegerField()
    days = models.IntegerField()
    measured_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("client", "family", "measure"), name="one_figure_per_cohort_and_measure"
            ),
        )

    def __str__(self) -> str:
        return f"{self.client} {self.family} {self.measure}"


class SignalRate(models.Model):
    """How often a signal speaks about people whose usage stands: what calibrates its weight."""

    code = models.CharField(max_length=40, primary_key=True)
    people = models.IntegerField(default=0)
    fired = models.IntegerField(default=0)
    measured_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.code}: {self.fired} of {self.people}"
