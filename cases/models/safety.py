"""How to reach somebody without harming them, and what keeps them safe."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from cases.choices import (
    AttemptOutcome,
    ContactChannel,
    CrisisKind,
    PlanStatus,
    Weekday,
)
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import (
    ContactAttemptQuerySet,
    ContactReadingQuerySet,
    CrisisFlagQuerySet,
    SafeContactQuerySet,
    SafetyPlanQuerySet,
)
from core.choices import YesNoUnknown
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from vault.fields import EncryptedJSONField, EncryptedTextField


class SafeContact(VersionedRecord):
    """How, when and through whom somebody may be reached. The newest counts; it runs out.

    Everything that may leave a trace is off unless it was allowed outright (R-C3). `version`
    counts a person's instructions in one case, so that nobody replaces what they have not seen.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="safe_contacts")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    do_not_contact = models.BooleanField(default=False)
    survivor_initiates_only = models.BooleanField(default=False)
    channel = models.CharField(max_length=20, choices=ContactChannel, blank=True)
    voicemail_allowed = models.BooleanField(default=False)
    text_allowed = models.BooleanField(default=False)
    email_allowed = models.BooleanField(default=False)
    days = ArrayField(models.CharField(max_length=3, choices=Weekday), default=list, blank=True)
    from_hour = models.TimeField(null=True, blank=True)
    until_hour = models.TimeField(null=True, blank=True)
    # Both must be people who may speak for the survivor (R-C5).
    answered_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    interpreter = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Keys: phrase, never_speak_to, remarks. Read before the number is.
    instructions = EncryptedJSONField(owner="person")
    number = EncryptedTextField(owner="person")

    objects = scoped_manager(SafeContactQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["person", "-created_at"], name="safe_contact_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "version"], name="safe_contact_replaces_one"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("confirmed_at")), name="safe_contact_runs_out"
            ),
        ]

    def __str__(self) -> str:
        return f"safe contact of {self.person_id}"


class ContactReading(GuardedRecord):
    """Somebody read the instructions in one session of theirs, and said so (R-C1)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    safe_contact = models.ForeignKey(
        SafeContact, on_delete=models.CASCADE, related_name="acknowledgements"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    # A digest of the session's key, which is gone when the session is.
    session_mark = models.CharField(max_length=64)

    objects = scoped_manager(ContactReadingQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["safe_contact", "user", "session_mark"], name="acknowledged_once_a_session"
            )
        ]

    def __str__(self) -> str:
        return f"acknowledgement of {self.safe_contact_id}"


class ContactAttempt(GuardedRecord):
    """Contact planned or tried, and whether the instructions allowed it (R-C2, R-C4)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contact_attempts")
    safe_contact = models.ForeignKey(
        SafeContact, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=20, choices=ContactChannel)
    planned_for = models.DateTimeField()
    permitted = models.BooleanField()
    outside_hours = models.BooleanField(default=False)
    # Against the instructions, with a supervisor's reason.
    override_reason = EncryptedTextField(owner="person")
    outcome = models.CharField(
        max_length=16, choices=AttemptOutcome, default=AttemptOutcome.PLANNED
    )
    instructions_followed = models.CharField(
        max_length=10, choices=YesNoUnknown, default=YesNoUnknown.NOT_ASKED
    )
    reconfirmed = models.CharField(
        max_length=10, choices=YesNoUnknown, default=YesNoUnknown.NOT_ASKED
    )
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(ContactAttemptQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-planned_for",)
        indexes = [models.Index(fields=["person", "-planned_for"], name="attempt_of_person")]

    def __str__(self) -> str:
        return f"{self.channel} attempt"


class SafetyPlan(VersionedRecord):
    """What keeps one person safe. A changed plan is a new one; the newest is in force.

    `version` counts a person's plans in one case.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="safety_plans")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(max_length=12, choices=PlanStatus, default=PlanStatus.ACTIVE)
    review_on = models.DateField()
    # Somebody of the case who may speak for the survivor (R-C5).
    emergency_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Keys: risks (codes), measures, warning_signs, other_contacts.
    plan = EncryptedJSONField(owner="person")

    objects = scoped_manager(SafetyPlanQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person", "version"], name="safety_plan_replaces_one"
            ),
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(status="active"),
                name="one_safety_plan_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"safety plan of {self.person_id}"


class CrisisFlag(GuardedRecord):
    """Somebody is in a crisis now: the safety plan opens first (R-T7)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="crises")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="crises")
    kind = models.CharField(max_length=20, choices=CrisisKind)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lowered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lowered_at = models.DateTimeField(null=True, blank=True)
    what_was_done = EncryptedTextField(owner="person")

    objects = scoped_manager(CrisisFlagQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(lowered_at=None),
                name="one_crisis_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"crisis of {self.person_id}"
