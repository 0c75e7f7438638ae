"""The case itself, and who was given sight of it."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from accounts.models import Agency
from cases.choices import JUSTICE_STEPS, JusticeReason, JusticeStage, ProtectionStage, Risk
from cases.querysets import CaseQuerySet, GrantQuerySet, UserGrantQuerySet
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference

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
    # Why the justice track rests, or ended without a court; empty otherwise.
    justice_reason = models.CharField(max_length=20, choices=JusticeReason, blank=True)
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

    def move_justice(self, to: str, *, reason: str = "") -> None:
        """Take one allowed step of the justice track. Does not save.

        Raises:
            InvalidTransition: there is no such step from here.
        """
        if to not in JUSTICE_STEPS.get(self.justice_stage, ()):
            raise InvalidTransition("The justice track has no such step from here.", field="to")
        self.justice_stage, self.justice_reason = to, reason
        self.version += 1

    def ask_closure(self) -> None:
        """Wait for a supervisor to close it. Does not save. Raises InvalidTransition."""
        if self.protection_stage not in (*OPEN_STAGES, ProtectionStage.REOPENED):
            raise InvalidTransition("This case is closed already, or its closing was asked for.")
        self.protection_stage = ProtectionStage.CLOSURE_REQUESTED
        self.version += 1

    def end_closure(self, to: str) -> None:
        """Close it, or go back to where it was. Does not save. Raises InvalidTransition."""
        if self.protection_stage != ProtectionStage.CLOSURE_REQUESTED:
            raise InvalidTransition("Nobody asks to close this case.")
        self.protection_stage = to
        self.version += 1

    def reopen(self) -> None:
        """Open it again; a new assessment follows. Does not save. Raises InvalidTransition."""
        if self.is_open:
            raise InvalidTransition("This case is open.")
        self.protection_stage = ProtectionStage.REOPENED
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
    objects = scoped_manager(UserGrantQuerySet)  # type: ignore[misc, assignment]

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
