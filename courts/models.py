"""What the courts did: a proceeding for each accused, its charges and their verdicts."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.models import Case, CaseParticipant
from core.choices import Side
from core.errors import DomainError, InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from courts.choices import ChargeStatus, Stage, VerdictResult
from courts.querysets import ChargeQuerySet, ProceedingQuerySet, VerdictQuerySet
from vault.fields import EncryptedTextField

STEPS: dict[str, tuple[str, ...]] = {
    Stage.PRE_CHARGE: (Stage.CHARGED, Stage.DISCONTINUED),
    Stage.CHARGED: (Stage.PRE_TRIAL, Stage.TRIAL, Stage.VERDICT, Stage.DISCONTINUED),
    Stage.PRE_TRIAL: (Stage.TRIAL, Stage.VERDICT, Stage.DISCONTINUED),
    Stage.TRIAL: (Stage.VERDICT, Stage.DISCONTINUED),
    Stage.VERDICT: (Stage.FINAL,),
}


def proceeding_reference() -> str:
    return new_reference("P")


@keeps_history("case", "stage", "jurisdiction", "side", "version")
class Proceeding(VersionedRecord):
    """One accused before the courts of one country."""

    reference = models.CharField(
        max_length=12, unique=True, default=proceeding_reference, editable=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proceedings")
    accused = models.ForeignKey(
        CaseParticipant, on_delete=models.PROTECT, related_name="proceedings"
    )
    jurisdiction = models.CharField(max_length=2)
    side = models.CharField(max_length=10, choices=Side)
    court = models.CharField(max_length=120, blank=True)
    docket_number = EncryptedTextField(owner="case")
    opened_on = models.DateField()
    stage = models.CharField(max_length=20, choices=Stage, default=Stage.PRE_CHARGE)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(ProceedingQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-opened_on",)

    def __str__(self) -> str:
        return self.reference

    def advance(self, to: str) -> None:
        """Take one allowed step. Does not save.

        Raises:
            InvalidTransition: there is no such step from here.
        """
        if to not in STEPS.get(self.stage, ()):
            raise InvalidTransition(
                f"A proceeding cannot go from “{self.get_stage_display()}” to “{Stage(to).label}”.",
                field="stage",
            )
        self.stage = to
        self.version += 1


class Charge(GuardedRecord):
    """One offence the accused is charged with."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="charges")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    statute = models.CharField(max_length=120)
    section = models.CharField(max_length=60, blank=True)
    counts = models.PositiveSmallIntegerField(default=1)
    filed_on = models.DateField()
    status = models.CharField(max_length=20, choices=ChargeStatus, default=ChargeStatus.FILED)

    objects = scoped_manager(ChargeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("filed_on", "created_at")
        constraints = [
            models.CheckConstraint(condition=Q(counts__gte=1), name="charge_has_a_count")
        ]

    def __str__(self) -> str:
        return f"{self.statute} {self.section}".strip()

    def decide(self, *, result: str, on: date) -> None:
        """Set what the verdict makes of the charge. Does not save.

        Raises:
            DomainError: it was decided before, or the verdict lies before the charge.
        """
        if self.status != ChargeStatus.FILED:
            raise DomainError("This charge was decided before.", code="already_decided")
        if on < self.filed_on:
            raise DomainError(
                "The verdict cannot be earlier than the charge. Check both dates.",
                code="verdict_before_charge",
                field="decided_on",
            )
        self.status = ChargeStatus(result)


class Verdict(GuardedRecord):
    """What the court decided on one charge, on a day."""

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="verdict")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=20, choices=VerdictResult)
    decided_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(VerdictQuerySet)

    def __str__(self) -> str:
        return f"{self.result} on {self.decided_on}"
