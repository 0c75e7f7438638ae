"""People by code, their sealed identities, and their place in a case."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.choices import Gender, LegalStatus, ParticipantRole
from cases.models.case import Case
from cases.querysets import IdentityQuerySet, ParticipantQuerySet, PersonQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from core.references import new_reference
from vault.fields import EncryptedJSONField


def survivor_code() -> str:
    return new_reference("S")


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
