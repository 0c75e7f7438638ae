"""A file of many cases: asked for by one, looked at by another where it is large, gone by a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord
from core.references import new_reference
from handoffs.choices import (
    ExportFormat,
    ExportGone,
    ExportPurpose,
    ExportState,
    Section,
    WhoSaidNo,
)
from handoffs.querysets import CaseExportQuerySet, ExportFileQuerySet
from vault.fields import EncryptedBytesField, EncryptedTextField

# More than this takes a second person (the founding text; small agencies too).
ALONE_UP_TO = 50
# From → to. `walls` hold the same.
EXPORT_STEPS: dict[str, tuple[str, ...]] = {
    ExportState.ASKED: (ExportState.BUILDING, ExportState.REFUSED, ExportState.STOPPED),
    ExportState.BUILDING: (ExportState.READY, ExportState.STOPPED),
    ExportState.READY: (ExportState.GONE,),
}


def export_reference() -> str:
    return new_reference("X")


class CaseExport(GuardedRecord):
    """One export: who asked, for whom, what for, of whom, and what became of it.

    Its reference is the mark in every row of its file. Who is in it is settled when it is asked
    for; whoever took a consent back or was erased since is left out when it is made.
    """

    reference = models.CharField(
        max_length=12, unique=True, default=export_reference, editable=False
    )
    format = models.CharField(max_length=12, choices=ExportFormat)
    purpose = models.CharField(max_length=16, choices=ExportPurpose)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Why, in words, for whoever decides and whoever looks afterwards. No names.
    reason = EncryptedTextField(owner="handoff", owner_field="id")
    sections = ArrayField(models.CharField(max_length=20, choices=Section))
    who_said_no = models.CharField(max_length=12, choices=WhoSaidNo)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Places of survivors in cases, and those cases. Once made, the places of those in the file.
    place_ids = ArrayField(models.UUIDField())
    case_ids = ArrayField(models.UUIDField())
    records = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ExportState)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # What the file holds: kinds of data, rows, and how many of those asked for stayed out.
    held = ArrayField(models.CharField(max_length=20, choices=Section), default=list, blank=True)
    rows = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    gone_because = models.CharField(max_length=12, choices=ExportGone, blank=True)

    objects = scoped_manager(CaseExportQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="export_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(records__lte=ALONE_UP_TO)
                | Q(state__in=("asked", "refused", "stopped"))
                | Q(decided_by__isnull=False),
                name="large_export_was_decided_on",
            ),
            models.CheckConstraint(
                condition=Q(purpose="own_use", recipient=None)
                | (~Q(purpose="own_use") & Q(recipient__isnull=False)),
                name="export_says_who_gets_it",
            ),
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(ready_at__isnull=False, expires_at__gt=F("ready_at")),
                name="ready_export_ends",
            ),
        ]

    @property
    def log_purpose(self) -> str:
        return str(self.purpose)

    def __str__(self) -> str:
        return self.reference

    def move(self, to: str) -> None:
        """Take one step. Does not save. Raises InvalidTransition."""
        if to not in EXPORT_STEPS.get(self.state, ()):
            raise InvalidTransition("This export is past that.")
        self.state = to

    def decide(self, to: str, *, by: Any, at: datetime) -> None:
        """Let it be made, or not. Does not save. Raises InvalidTransition."""
        self.move(to)
        self.decided_by_id, self.decided_at = by.pk, at

    def is_open(self, at: datetime) -> bool:
        """Whether its file may still be there."""
        return self.state == ExportState.READY and (
            self.expires_at is not None and at < self.expires_at
        )


class ExportFile(GuardedRecord):
    """The file itself, under the export's own key; the row goes when it expires."""

    export = models.OneToOneField(CaseExport, on_delete=models.PROTECT, related_name="file")
    content = EncryptedBytesField(owner="handoff", owner_field="export_id")
    digest = models.BinaryField()

    objects = scoped_manager(ExportFileQuerySet)

    class Meta(GuardedRecord.Meta):
        pass

    def __str__(self) -> str:
        return f"file of {self.export_id}"
