"""What reaches the organisation: referrals, and the sheets they came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency, Team
from cases.choices import LegalBasis
from cases.models import Case, Person
from core.choices import Side, YesNoUnknown
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from referrals.choices import (
    ContentOrigin,
    DeclineReason,
    DetectionMethod,
    HarmType,
    ImportFormat,
    SourceCategory,
    Status,
)
from referrals.querysets import (
    TRIAGE_WITHIN,
    TRIAGE_WITHIN_IN_DANGER,
    ImportBatchQuerySet,
    ImportedRowQuerySet,
    ReferralQuerySet,
)
from vault.fields import EncryptedJSONField, EncryptedTextField

# The part of domain.md 3.2 that has pages today: from → to.
STEPS: dict[str, tuple[str, ...]] = {
    Status.DRAFT: (Status.RECEIVED,),
    Status.RECEIVED: (Status.IN_TRIAGE,),
    Status.IN_TRIAGE: (Status.ACCEPTED, Status.DECLINED),
    Status.ACCEPTED: (Status.LINKED_TO_CASE,),
}


def referral_reference() -> str:
    return new_reference("R")


class ImportBatch(GuardedRecord):
    """One file taken in: how many rows were kept, known or refused. The file is not kept."""

    format = models.CharField(max_length=20, choices=ImportFormat)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    file_digest = models.BinaryField()
    rows_kept = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = scoped_manager(ImportBatchQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.format} import"


@keeps_history(
    "status", "team", "assigned_to", "content_origin", "immediate_danger", "case", "version"
)
class Referral(VersionedRecord):
    """Something that reached us about a child at risk; what leaves us is a handoff."""

    reference = models.CharField(
        max_length=12, unique=True, default=referral_reference, editable=False
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="referrals")
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    source_category = models.CharField(max_length=30, choices=SourceCategory)
    source_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_name = models.CharField(max_length=200, blank=True)
    source_reference = EncryptedTextField(owner="referral", owner_field="id")
    originating_country = models.CharField(max_length=2, blank=True)
    side = models.CharField(max_length=10, choices=Side, default=Side.SOURCE)
    detection_method = models.CharField(
        max_length=30, choices=DetectionMethod, default=DetectionMethod.UNKNOWN
    )
    harm_types = ArrayField(models.CharField(max_length=30, choices=HarmType), default=list)
    content_origin = models.CharField(max_length=40, choices=ContentOrigin)
    children_estimate = models.PositiveSmallIntegerField(null=True, blank=True)
    immediate_danger = models.CharField(max_length=12, choices=YesNoUnknown)
    country = models.CharField(max_length=2, blank=True)
    admin1 = models.CharField(max_length=80, blank=True)
    legal_basis = models.CharField(max_length=20, choices=LegalBasis)
    # L3: the least that lets the desk decide.
    summary = EncryptedTextField(owner="referral", owner_field="id")
    # Who it is about, as far as the source said; HTCDS names → values. Moves to the vault's
    # person key when the referral becomes a case.
    subject = EncryptedJSONField(owner="referral", owner_field="id")
    # Who the subject became, so that an erasure of theirs reaches this referral too.
    subject_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    triaged_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decline_reason = models.CharField(max_length=30, choices=DeclineReason, blank=True)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    import_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )

    objects = scoped_manager(ReferralQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-received_at",)
        indexes = [
            models.Index(fields=["team", "status", "-received_at"], name="referral_queue"),
            models.Index(fields=["case"], name="referral_of_case", condition=Q(case__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="linked_to_case") | Q(case__isnull=False),
                name="linked_referral_has_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""),
                name="declined_referral_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def in_danger(self) -> bool:
        return self.immediate_danger == YesNoUnknown.YES

    @property
    def clock_started_at(self) -> datetime:
        """When our time began: at receipt; for a row of a sheet, whose date may be years old, when
        the sheet was taken in."""
        return self.created_at if self.import_batch_id else self.received_at

    @property
    def triage_due(self) -> datetime:
        """When triage should have begun: an hour after the clock started in danger, else three
        days."""
        within = TRIAGE_WITHIN_IN_DANGER if self.in_danger else TRIAGE_WITHIN
        return self.clock_started_at + within

    @property
    def is_waiting(self) -> bool:
        return self.status in (Status.RECEIVED, Status.IN_TRIAGE)

    def is_overdue(self, at: datetime) -> bool:
        return self.status == Status.RECEIVED and at > self.triage_due

    def _step(self, to: str) -> None:
        if to not in STEPS.get(self.status, ()):
            raise InvalidTransition(
                _("This referral is “%(status)s” by now. Look at it again before you go on.")
                % {"status": self.get_status_display()},
                field="status",
            )
        self.status = to
        self.version += 1

    def start_triage(self, *, by: Any, at: datetime) -> None:
        """Take it off the queue. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_TRIAGE)
        self.assigned_to = by
        self.triaged_at = at
        self.acknowledged_at = self.acknowledged_at or at

    def accept(self, *, by: Any, at: datetime) -> None:
        """Decide that it is ours. Does not save. Raises InvalidTransition."""
        self._step(Status.ACCEPTED)
        self.decided_by, self.decided_at = by, at

    def link_to(self, case: Case) -> None:
        """Tie the accepted referral to its case. Does not save. Raises InvalidTransition."""
        self._step(Status.LINKED_TO_CASE)
        self.case = case

    def decline(self, *, by: Any, at: datetime, reason: str) -> None:
        """Decide that it is not ours. Does not save. Raises InvalidTransition."""
        self._step(Status.DECLINED)
        self.decided_by, self.decided_at, self.decline_reason = by, at, reason


class ImportedRow(GuardedRecord):
    """The keyed digest of a row taken in, so that a second import of the sheet adds nothing."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="imported_row")

    objects = scoped_manager(ImportedRowQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["team", "digest"], name="row_once_for_a_team")
        ]

    def __str__(self) -> str:
        return f"row of {self.batch_id}"
