"""The sheets that referrals came in."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from accounts.models import Team
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import ImportFormat
from referrals.querysets import ImportBatchQuerySet, ImportedRowQuerySet


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
