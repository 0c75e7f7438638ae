"""Operations: what is planned, known to a named team alone, and what came of it for each person."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from cases.models import Case, CaseParticipant
from core.choices import YesNoUnknown
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from courts.choices import (
    NgoSupport,
    OperationResult,
    OperationType,
    PlanStatus,
    ReclassifyReason,
)
from courts.querysets import (
    OperationQuerySet,
    OutcomeQuerySet,
    PlannedMemberQuerySet,
    PlannedOperationQuerySet,
)
from courts.triggers import RECLASSIFIED_IN_ORDER
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


def operation_reference() -> str:
    return new_reference("O")


class PlannedOperation(VersionedRecord):
    """An operation ahead: sealed (L4). For everybody outside its named team it does not exist.

    It points to its case as `about`, so that no event of it stands in the case's own log.
    """

    about = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    type = models.CharField(max_length=24, choices=OperationType)
    planned_for = models.DateField(null=True, blank=True)
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    plan = EncryptedTextField(owner="case", owner_field="about_id")
    status = models.CharField(max_length=12, choices=PlanStatus, default=PlanStatus.PLANNED)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(PlannedOperationQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("planned_for", "created_at")

    def __str__(self) -> str:
        return "planned operation"

    @property
    def opens_case_id(self) -> UUID:
        """The case that whoever opens this says why they open (`cases.purpose_gate`)."""
        case_id: UUID = self.about_id
        return case_id

    def end(self, to: str) -> None:
        """It was conducted or called off. Does not save. Raises InvalidTransition."""
        if self.status != PlanStatus.PLANNED:
            raise InvalidTransition("This operation is planned no longer.", field="status")
        self.status = to
        self.version += 1


class PlannedOperationMember(GuardedRecord):
    """Somebody named to know of a planned operation, beside whoever planned it."""

    operation = models.ForeignKey(
        PlannedOperation, on_delete=models.PROTECT, related_name="members"
    )
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(PlannedMemberQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["operation", "user"], name="named_once_to_know")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} knows"


@keeps_history(
    "case",
    "type",
    "happened_on",
    "country",
    "admin1",
    "lead_agency",
    "supporting_agencies",
    "coalition",
    "ngo_support",
    "social_worker_present",
    "devices_seized",
    "version",
)
class Operation(VersionedRecord):
    """An operation that was conducted: a rescue, a search, an arrest."""

    reference = models.CharField(
        max_length=12, unique=True, default=operation_reference, editable=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="operations")
    type = models.CharField(max_length=24, choices=OperationType)
    happened_on = models.DateField()
    country = models.CharField(max_length=2)
    # A region or province, nothing nearer (R-P8).
    admin1 = models.CharField(max_length=80, blank=True)
    lead_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    supporting_agencies = ArrayField(models.UUIDField(), default=list, blank=True)
    coalition = models.CharField(max_length=80, blank=True)
    ngo_support = ArrayField(
        models.CharField(max_length=24, choices=NgoSupport), default=list, blank=True
    )
    social_worker_present = models.CharField(
        max_length=10, choices=YesNoUnknown, default=YesNoUnknown.UNKNOWN
    )
    devices_seized = models.PositiveSmallIntegerField(null=True, blank=True)
    planned = models.OneToOneField(
        PlannedOperation, on_delete=models.PROTECT, null=True, blank=True, related_name="conducted"
    )
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(OperationQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-happened_on", "-created_at")

    def __str__(self) -> str:
        return self.reference


class OperationOutcome(GuardedRecord):
    """What an operation was for one person, since a day. Another value later is another row:
    both are kept, and figures of before stay what they were."""

    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="outcomes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    participant = models.ForeignKey(
        CaseParticipant, on_delete=models.PROTECT, related_name="operation_outcomes"
    )
    outcome = models.CharField(max_length=24, choices=OperationResult)
    decided_on = models.DateField()
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    reason = models.CharField(max_length=12, choices=ReclassifyReason, blank=True)
    recorded_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects = scoped_manager(OutcomeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("decided_on", "created_at")
        constraints = [
            models.UniqueConstraint(
                fields=["operation", "participant"],
                condition=Q(replaces=None),
                name="one_first_outcome_a_person",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None, reason="")
                | (Q(replaces__isnull=False) & ~Q(reason="") & ~Q(replaces=F("id"))),
                name="reclassified_for_a_reason",
            ),
        ]
        triggers = [*GuardedRecord.Meta.triggers, RECLASSIFIED_IN_ORDER]

    def __str__(self) -> str:
        return str(self.outcome)
