"""What was told to another agency at once, since somebody's life was in danger."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from cases.models import Case
from core.querysets import scoped_manager
from core.records import GuardedRecord
from core.references import new_reference
from handoffs.choices import EmergencyWay, Section
from handoffs.querysets import EmergencyQuerySet
from vault.fields import EncryptedJSONField


def emergency_reference() -> str:
    return new_reference("E")


class EmergencyDisclosure(GuardedRecord):
    """A call by which the minimum for vital interests left; written once, reviewed in 24 hours."""

    reference = models.CharField(
        max_length=12, unique=True, default=emergency_reference, editable=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    told_at = models.DateTimeField()
    way = models.CharField(max_length=10, choices=EmergencyWay)
    categories = ArrayField(models.CharField(max_length=20, choices=Section))
    # officer, their_reference, said, why: under this record's own key.
    words = EncryptedJSONField(owner="handoff", owner_field="id")

    objects = scoped_manager(EmergencyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-told_at",)
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")), name="emergency_is_told_outside"
            )
        ]

    @property
    def log_purpose(self) -> str:
        return "vital_interests"

    def __str__(self) -> str:
        return self.reference
