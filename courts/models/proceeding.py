"""A proceeding against one accused in one country, and every step it took."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Agency
from cases.models import Case, CaseParticipant
from core.choices import Side
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from courts.choices import OVER, Stage, StopReason
from courts.models.law import ProcedureStep
from courts.querysets import ProceedingQuerySet, StageChangeQuerySet
from courts.triggers import BEGINS_LAWFULLY, FOLLOWS_AN_EDGE, STEP_IS_RECORDED
from vault.fields import EncryptedTextField


def proceeding_reference() -> str:
    return new_reference("P")


@keeps_history("case", "stage", "jurisdiction", "side", "court", "prosecutor", "version")
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
    prosecutor = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    opened_on = models.DateField()
    # Where it stands in the words of its courts; `stage` is what that counts as.
    step = models.ForeignKey(ProcedureStep, on_delete=models.PROTECT, related_name="+")
    stage = models.CharField(max_length=20, choices=Stage)
    reached_on = models.DateField()
    # It came to us with later steps only, such as a judgment.
    earlier_unknown = models.BooleanField(default=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(ProceedingQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-opened_on",)
        triggers = [*VersionedRecord.Meta.triggers, BEGINS_LAWFULLY, STEP_IS_RECORDED]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_over(self) -> bool:
        return self.stage in OVER

    def stand_at(self, step: ProcedureStep, *, on: date) -> None:
        """Be at a step since a day. Whether it may be is `services.steps`' to say. Does not
        save."""
        self.step, self.stage, self.reached_on = step, step.stage, on
        self.version += 1


class StageChange(GuardedRecord):
    """One step a proceeding took: on which day, by which document, who wrote it down."""

    proceeding = models.ForeignKey(Proceeding, on_delete=models.PROTECT, related_name="changes")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    # The version of the proceeding that stands there.
    number = models.PositiveIntegerField()
    from_step = models.ForeignKey(
        ProcedureStep, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_step = models.ForeignKey(ProcedureStep, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    # Which order, resolution or judgment says so.
    document = EncryptedTextField(owner="case")
    reason = models.CharField(max_length=20, choices=StopReason, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(StageChangeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "number"], name="one_step_a_version"),
            models.CheckConstraint(
                condition=Q(from_step=None) | Q(number__gt=1), name="only_the_first_comes_from_none"
            ),
        ]
        triggers = [*GuardedRecord.Meta.triggers, FOLLOWS_AN_EDGE]

    def __str__(self) -> str:
        return f"step {self.number}"
