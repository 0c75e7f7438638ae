"""What a survivor went through, as codes: no narrative of acts stands here (R-U5)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from cases.choices import (
    FLAGS,
    PHASES,
    ContentOrigin,
    DecisionMaker,
    HarmType,
    MissingAnswer,
    Platform,
    SafeguardedHow,
    TraffickingStatus,
)
from cases.models.case import Case
from cases.models.person import CaseParticipant, Person
from cases.querysets import HarmRecordQuerySet, SurvivorContextQuerySet
from core.approx_dates import ApproxDateField
from core.choices import YesNoUnknown
from core.querysets import scoped_manager
from core.records import VersionedRecord
from vault.fields import EncryptedJSONField


def _answer() -> models.CharField[str, str]:
    return models.CharField(max_length=10, choices=YesNoUnknown, default=YesNoUnknown.NOT_ASKED)


# What a second recording may change; whose it is stays (cases/walls.py grants no more).
CONTEXT_ANSWERS = (
    "version",
    "trafficking_status",
    "decided_by",
    "decided_on",
    "age_when_first",
    "age_missing",
    "safeguarded_how",
    "first_abuse",
    "last_abuse",
    "lives_with_alleged_offender",
    "particulars",
)
HARM_ANSWERS = ("version", "content_origin", "since", "until", *FLAGS, *PHASES)


class SurvivorContext(VersionedRecord):
    """What is known about one survivor's exploitation and its end.

    What statistics count stands as codes; what would tell about this person alone is sealed.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    participant = models.OneToOneField(
        CaseParticipant, on_delete=models.PROTECT, related_name="context"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    trafficking_status = models.CharField(max_length=30, choices=TraffickingStatus, blank=True)
    decided_by = models.CharField(max_length=36, choices=DecisionMaker, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    age_when_first = models.PositiveSmallIntegerField(null=True, blank=True)
    age_missing = models.CharField(max_length=10, choices=MissingAnswer, blank=True)
    first_abuse = ApproxDateField()
    last_abuse = ApproxDateField()
    safeguarded_how = models.CharField(max_length=30, choices=SafeguardedHow, blank=True)
    lives_with_alleged_offender = _answer()
    # Keys: control, recruitment, exploitation, sex_exploitation (HTCDS codes), schooling.
    particulars = EncryptedJSONField(owner="person")

    objects = scoped_manager(SurvivorContextQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(age_when_first=None) | Q(age_missing=""),
                name="an_age_is_known_or_missing",
            )
        ]

    def __str__(self) -> str:
        return f"context of {self.person_id}"


class HarmRecord(VersionedRecord):
    """One kind of harm to one survivor; where the content came from is always asked."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(CaseParticipant, on_delete=models.PROTECT, related_name="harms")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    harm_type = models.CharField(max_length=30, choices=HarmType)
    content_origin = models.CharField(max_length=40, choices=ContentOrigin)
    since = ApproxDateField()
    until = ApproxDateField()
    paid = _answer()
    directed_remotely = _answer()
    in_person_facilitator = _answer()
    recorded = _answer()
    first_generation = _answer()
    known_to_circulate = _answer()
    private_channel = _answer()
    e2ee = _answer()
    recruitment_platforms = ArrayField(
        models.CharField(max_length=20, choices=Platform), default=list, blank=True
    )
    exploitation_platforms = ArrayField(
        models.CharField(max_length=20, choices=Platform), default=list, blank=True
    )
    payment_platforms = ArrayField(
        models.CharField(max_length=20, choices=Platform), default=list, blank=True
    )

    objects = scoped_manager(HarmRecordQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "harm_type"], name="each_harm_once_for_a_survivor"
            )
        ]

    def __str__(self) -> str:
        return f"{self.harm_type} of {self.person_id}"
