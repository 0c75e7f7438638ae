"""The files that referrals came in."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models import Team
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import ImportFormat, ImportState, IncidentType, Platform, TipAnnotation
from referrals.querysets import (
    BroughtFileQuerySet,
    ImportBatchQuerySet,
    ImportedRowQuerySet,
    OfReferralQuerySet,
    SavedMappingQuerySet,
)
from vault.fields import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from vault.system import SYSTEM_OWNER

# A job that was not done by then is not done any more, and what it would have read is dropped.
GIVEN_UP_AFTER = timedelta(days=1)
# For whatever tells of single entries: what was not taken, and why.
REJECTS_KEPT_FOR = timedelta(days=7)


class SealedForTheSystem:
    """Whose sealed fields stand under the system's own key: what is in them belongs to nobody yet
    and is gone within days."""

    @property
    def system_id(self) -> uuid.UUID:
        return SYSTEM_OWNER[1]


class ImportBatch(SealedForTheSystem, GuardedRecord):
    """One import: what was asked, how far it is, and how many entries were kept, known or refused.

    The files are not kept. `findings` holds what its page tells whoever brought it, by name: faults
    without what stood there, repeated and changed entries, columns left out; before that, what was
    asked in words of the sheet itself: its columns, the number of a report. After a week the counts
    alone stay.
    """

    format = models.CharField(max_length=20, choices=ImportFormat)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=ImportState)
    dry_run = models.BooleanField(default=False)
    options = models.JSONField(default=dict)
    file_digest = models.BinaryField()
    rows_in_all = models.PositiveIntegerField(default=0)
    rows_kept = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    rows_refused = models.PositiveIntegerField(default=0)
    # Filled fields that were left out on purpose, of all entries taken.
    fields_left_out = models.PositiveIntegerField(default=0)
    findings = EncryptedJSONField(owner="system", blank=True)
    findings_dropped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = scoped_manager(ImportBatchQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "import batches"
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.format} import"

    def is_waiting(self, at: datetime) -> bool:
        """Whether the job is still to be done."""
        return self.finished_at is None and not self.is_given_up(at)

    def is_given_up(self, at: datetime) -> bool:
        """Whether the job was never done, and what it would have read is gone."""
        return self.finished_at is None and at > self.created_at + GIVEN_UP_AFTER


class ImportWaiting(SealedForTheSystem, GuardedRecord):
    """A file as it was brought, sealed, until the job has read it; then this row is gone."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="waiting")
    number = models.PositiveIntegerField()
    name = EncryptedTextField(owner="system")
    content = EncryptedBytesField(owner="system")

    objects = scoped_manager(BroughtFileQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("number",)
        verbose_name_plural = "files waiting"
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="file_once_in_an_import")
        ]

    def __str__(self) -> str:
        return "a file that waits"


class ImportRejects(SealedForTheSystem, GuardedRecord):
    """What was not taken, as a table to correct, for whoever brought it; gone after a week."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.PROTECT, related_name="rejects")
    content = EncryptedBytesField(owner="system")

    objects = scoped_manager(BroughtFileQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "import rejects"

    def __str__(self) -> str:
        return "rejects of an import"


class SavedMapping(SealedForTheSystem, GuardedRecord):
    """What the columns of a team's own sheet hold, kept for the next time under a name.

    Written once; the newest of a name counts. Headings may be anybody's words, so they are sealed.
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = EncryptedTextField(owner="system")
    columns = EncryptedJSONField(owner="system")

    objects = scoped_manager(SavedMappingQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return "kept columns"


class ImportedRow(GuardedRecord):
    """The keyed digest of a row taken in, so that a second import of the sheet adds nothing."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField()
    batch = models.ForeignKey(ImportBatch, on_delete=models.PROTECT, related_name="rows")
    referral = models.OneToOneField(
        "referrals.Referral", on_delete=models.CASCADE, related_name="imported_row"
    )

    objects = scoped_manager(ImportedRowQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["team", "digest"], name="row_once_for_a_team")
        ]

    def __str__(self) -> str:
        return f"row of {self.batch_id}"


class CyberTip(GuardedRecord):
    """What a report of the CyberTipline said, in codes; everything else of it was left out."""

    referral = models.OneToOneField(
        "referrals.Referral", on_delete=models.PROTECT, related_name="tip"
    )
    incident_type = models.CharField(max_length=30, choices=IncidentType)
    annotations = ArrayField(models.CharField(max_length=30, choices=TipAnnotation), default=list)
    incident_at = models.DateTimeField()
    platform = models.CharField(max_length=20, choices=Platform, blank=True)
    # What the report calls a platform that is none of ours: it may be anybody's name.
    platform_words = EncryptedTextField(owner="referral", owner_field="referral_id", blank=True)
    reported_countries = ArrayField(models.CharField(max_length=2), default=list)
    recipient_countries = ArrayField(models.CharField(max_length=2), default=list)
    victim_countries = ArrayField(models.CharField(max_length=2), default=list)
    escalated = models.BooleanField()
    left_out = models.PositiveIntegerField()

    objects = scoped_manager(OfReferralQuerySet)

    class Meta(GuardedRecord.Meta):
        pass

    def __str__(self) -> str:
        return "CyberTip"
