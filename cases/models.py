"""The case file: a case, the people in it, and what was written down."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Agency
from cases.choices import (
    Gender,
    JusticeStage,
    LegalStatus,
    NoteKind,
    ParticipantRole,
    ProtectionStage,
    Risk,
)
from cases.querysets import (
    CaseQuerySet,
    GrantQuerySet,
    IdentityQuerySet,
    NoteQuerySet,
    NoteReaderQuerySet,
    ParticipantQuerySet,
    PersonQuerySet,
)
from core.choices import Sensitivity
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from vault.fields import EncryptedJSONField, EncryptedTextField

# Protection track (domain.md 3.2): from → to. `on_hold` returns to where it came from.
OPEN_STAGES = (
    ProtectionStage.REGISTERED,
    ProtectionStage.ASSESSMENT,
    ProtectionStage.PLANNING,
    ProtectionStage.IMPLEMENTATION,
    ProtectionStage.FOLLOW_UP,
)
STAGE_STEPS: dict[str, tuple[str, ...]] = {
    ProtectionStage.REGISTERED: (ProtectionStage.ASSESSMENT,),
    ProtectionStage.ASSESSMENT: (ProtectionStage.PLANNING,),
    ProtectionStage.PLANNING: (ProtectionStage.IMPLEMENTATION, ProtectionStage.ASSESSMENT),
    ProtectionStage.IMPLEMENTATION: (ProtectionStage.FOLLOW_UP, ProtectionStage.PLANNING),
    ProtectionStage.FOLLOW_UP: (ProtectionStage.IMPLEMENTATION,),
    ProtectionStage.REOPENED: (ProtectionStage.ASSESSMENT,),
}


def case_reference() -> str:
    return new_reference("C")


def survivor_code() -> str:
    return new_reference("S")


@keeps_history(
    "lead_agency", "protection_stage", "justice_stage", "risk", "country", "admin1", "version"
)
class Case(VersionedRecord):
    """One exploitation situation. What is about one person hangs on the participant, not here."""

    reference = models.CharField(max_length=12, unique=True, default=case_reference, editable=False)
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="led_cases")
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opened_on = models.DateField()
    protection_stage = models.CharField(
        max_length=20, choices=ProtectionStage, default=ProtectionStage.REGISTERED
    )
    justice_stage = models.CharField(max_length=24, choices=JusticeStage, default=JusticeStage.NONE)
    risk = models.CharField(max_length=14, choices=Risk, default=Risk.NOT_ASSESSED)
    country = models.CharField(max_length=2, blank=True)
    admin1 = models.CharField(max_length=80, blank=True)

    objects = scoped_manager(CaseQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-opened_on", "reference")
        permissions: ClassVar[list[Any]] = []

    def __str__(self) -> str:
        return self.reference

    @property
    def is_open(self) -> bool:
        return self.protection_stage not in (ProtectionStage.CLOSED, ProtectionStage.TRANSFERRED)

    def change_stage(self, to: str) -> None:
        """Take one allowed step of the protection track. Does not save.

        Raises:
            InvalidTransition: there is no such step from here.
        """
        if to not in STAGE_STEPS.get(self.protection_stage, ()):
            raise InvalidTransition("A case cannot go there from where it stands.", field="to")
        self.protection_stage = to
        self.version += 1


class Grant(models.Model):
    """What guardian's grant lacks: an id of our own making, an end and a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=40)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class CaseUserObjectPermission(Grant, UserObjectPermissionBase):
    """Sight of one case for one person. Written by services only."""

    content_object = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="user_grants", db_column="case_id"
    )
    objects = scoped_manager(GrantQuerySet)  # type: ignore[misc, assignment]

    class Meta(GuardedRecord.Meta, UserObjectPermissionBase.Meta):
        abstract = False
        indexes = [models.Index(fields=["user", "content_object"], name="user_grant_case")]


class CaseGroupObjectPermission(Grant, GroupObjectPermissionBase):
    """Sight of one case for one team, by the group it owns. Written by services only."""

    content_object = models.ForeignKey(
        Case, on_delete=models.CASCADE, related_name="group_grants", db_column="case_id"
    )
    objects = scoped_manager(GrantQuerySet)  # type: ignore[misc, assignment]

    class Meta(GuardedRecord.Meta, GroupObjectPermissionBase.Meta):
        abstract = False
        indexes = [models.Index(fields=["group", "content_object"], name="group_grant_case")]


class Person(GuardedRecord):
    """Somebody, by code. Who they are stands in `PersonIdentity`, sealed under their own key."""

    code = models.CharField(max_length=12, unique=True, default=survivor_code, editable=False)
    gender = models.CharField(max_length=24, choices=Gender, default=Gender.UNKNOWN)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    citizenships = ArrayField(models.CharField(max_length=2), default=list, blank=True)

    objects = scoped_manager(PersonQuerySet)

    def __str__(self) -> str:
        return self.code


class PersonIdentity(GuardedRecord):
    """Names, birth date and ways of contact of one person. Masked until shown."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="identity")
    # Keys: first_name, family_name, birthdate, phones, email, street, city, admin1, postal_code …
    details = EncryptedJSONField(owner="person")

    objects = scoped_manager(IdentityQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "person identities"

    def __str__(self) -> str:
        return "identity"


class CaseParticipant(GuardedRecord):
    """A person in a case, in one role."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="participations")
    role = models.CharField(max_length=30, choices=ParticipantRole)
    legal_status = models.CharField(
        max_length=20, choices=LegalStatus, default=LegalStatus.NOT_APPLICABLE
    )
    safeguarded_on = models.DateField(null=True, blank=True)

    objects = scoped_manager(ParticipantQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["case", "person", "role"], name="person_once_in_role"),
            models.CheckConstraint(
                condition=~Q(role__startswith="alleged_offender")
                | ~Q(legal_status="not_applicable"),
                name="alleged_offender_has_a_legal_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} as {self.role}"

    @property
    def label(self) -> str:
        """The word shown: an alleged offender's follows their legal status."""
        if self.legal_status != LegalStatus.NOT_APPLICABLE:
            return str(self.get_legal_status_display())
        return str(self.get_role_display())


class CaseNote(GuardedRecord):
    """What was learned on a day. Append-only: a correction is an addendum (R-N5)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, choices=NoteKind, default=NoteKind.CONTACT)
    sensitivity = models.PositiveSmallIntegerField(
        choices=Sensitivity, default=Sensitivity.CONFIDENTIAL
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes_written"
    )
    occurred_at = models.DateTimeField()
    addendum_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="addenda"
    )
    # Facts, observation and assessment stand apart (R-N1).
    facts_reported = EncryptedTextField(owner="case")
    observations = EncryptedTextField(owner="case")
    professional_assessment = EncryptedTextField(owner="case")
    actions = EncryptedTextField(owner="case")

    objects = scoped_manager(NoteQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-occurred_at", "-created_at")
        indexes = [models.Index(fields=["case", "-occurred_at"], name="note_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} note"

    @property
    def parts(self) -> list[tuple[str, Any]]:
        """(field name, text) of the parts that were filled in, in reading order."""
        names = ("facts_reported", "observations", "professional_assessment", "actions")
        return [(name, text) for name in names if (text := getattr(self, name))]


class NoteReader(GuardedRecord):
    """Somebody named to read one note above their level (L4)."""

    note = models.ForeignKey(CaseNote, on_delete=models.CASCADE, related_name="readers")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = scoped_manager(NoteReaderQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="reader_once_for_a_note")
        ]

    def __str__(self) -> str:
        return f"reader of {self.note_id}"
