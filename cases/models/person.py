"""People by code, their sealed identities, and their place in a case."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.choices import (
    ALLEGED_OFFENDERS,
    CLEARED,
    LEGAL_STEPS,
    Gender,
    LedCategory,
    LegalStatus,
    ParticipantRole,
    Source,
)
from cases.models.case import Case
from cases.querysets import (
    IdentityCorrectionQuerySet,
    IdentityQuerySet,
    LegalStatusChangeQuerySet,
    ParticipantQuerySet,
    PersonQuerySet,
)
from core.choices import YesNoUnknown
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from vault.fields import EncryptedJSONField, EncryptedTextField


def survivor_code() -> str:
    return new_reference("S")


class Person(VersionedRecord):
    """Somebody, by code. Who they are stands in `PersonIdentity`, sealed under their own key."""

    code = models.CharField(max_length=12, unique=True, default=survivor_code, editable=False)
    gender = models.CharField(max_length=24, choices=Gender, default=Gender.UNKNOWN)
    birth_year = models.PositiveSmallIntegerField(null=True, blank=True)
    citizenships = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    # ISO 639-2, as HTCDS has them.
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    interpreter_needed = models.CharField(
        max_length=10, choices=YesNoUnknown, default=YesNoUnknown.NOT_ASKED
    )
    disability = models.CharField(
        max_length=10, choices=YesNoUnknown, default=YesNoUnknown.NOT_ASKED
    )
    # Codes of `PersonNeed`: what helps them to understand and to be understood.
    needs = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    # The day they were erased: nothing is left of them but this row (R-D5).
    erased_on = models.DateField(null=True, blank=True)

    objects = scoped_manager(PersonQuerySet)

    def __str__(self) -> str:
        return self.code


class PersonIdentity(VersionedRecord):
    """Names, birth date and ways of contact of one person. Masked until shown.

    A mistake is corrected with a reason; what stood before is kept in `IdentityCorrection`.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="identity")
    # Keys: first_name, family_name, aliases, birthdate, phones, email, handles, street, city,
    # admin1, postal_code, school, identity_number … Never a picture (R-U6).
    details = EncryptedJSONField(owner="person")

    objects = scoped_manager(IdentityQuerySet)

    class Meta(VersionedRecord.Meta):
        verbose_name_plural = "person identities"

    def __str__(self) -> str:
        return "identity"


class IdentityCorrection(GuardedRecord):
    """What an identity said before it was corrected, and why: sealed like the identity itself."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="corrections")
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Names of the details, never what they said.
    fields = ArrayField(models.CharField(max_length=60))
    before = EncryptedJSONField(owner="person")
    reason = EncryptedTextField(owner="person")

    objects = scoped_manager(IdentityCorrectionQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"correction of {self.person_id}"


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
    def is_alleged_offender(self) -> bool:
        """In an alleged offender's role and not cleared."""
        return self.role in ALLEGED_OFFENDERS and not self.is_cleared

    @property
    def is_cleared(self) -> bool:
        return self.legal_status in CLEARED

    @property
    def led_category(self) -> str:
        """The category of Article 6 of the Law Enforcement Directive; it follows role and status.

        Whoever was cleared is no suspect any more.
        """
        if self.role in ALLEGED_OFFENDERS and not self.is_cleared:
            convicted = self.legal_status == LegalStatus.CONVICTED
            return LedCategory.CONVICTED if convicted else LedCategory.SUSPECT
        if self.role in (ParticipantRole.SURVIVOR, ParticipantRole.AT_RISK_CHILD):
            return LedCategory.VICTIM
        return LedCategory.OTHER

    def change_legal_status(self, to: str) -> None:
        """Take one allowed step of the law. Does not save.

        Raises:
            InvalidTransition: there is no such step from here.
        """
        if to not in LEGAL_STEPS.get(self.legal_status, ()):
            raise InvalidTransition(
                "The law does not lead there from where this person stands.", field="to"
            )
        self.legal_status = to

    @property
    def label(self) -> str:
        """The word shown: an alleged offender's follows their legal status."""
        if self.legal_status != LegalStatus.NOT_APPLICABLE:
            return str(self.get_legal_status_display())
        return str(self.get_role_display())


class LegalStatusChange(GuardedRecord):
    """One step of the law about an alleged offender: from, to, on which day, who says so."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        CaseParticipant, on_delete=models.PROTECT, related_name="legal_status_changes"
    )
    from_status = models.CharField(max_length=20, choices=LegalStatus)
    to_status = models.CharField(max_length=20, choices=LegalStatus)
    happened_on = models.DateField()
    source = models.CharField(max_length=20, choices=Source)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(LegalStatusChangeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-happened_on", "-created_at")

    def __str__(self) -> str:
        return f"{self.from_status} to {self.to_status}"
