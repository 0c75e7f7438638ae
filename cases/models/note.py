"""What was learned, and who may read it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from cases.choices import NoteKind
from cases.models.case import Case
from cases.querysets import NoteQuerySet, NoteReaderQuerySet
from core.choices import Sensitivity
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField


class CaseNote(GuardedRecord):
    """What was learned on a day. Append-only: a correction is an addendum (R-N5)."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    kind = models.CharField(max_length=20, choices=NoteKind, default=NoteKind.CONTACT)
    sensitivity = models.PositiveSmallIntegerField(
        choices=Sensitivity, default=Sensitivity.CONFIDENTIAL
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notes_written"
    )
    occurred_at = models.DateTimeField()
    addendum_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="addenda"
    )
    # Facts, observation and assessment stand apart (R-N1).
    facts_reported = EncryptedTextField(owner="case")
    observations = EncryptedTextField(owner="case")
    professional_assessment = EncryptedTextField(owner="case")
    actions = EncryptedTextField(owner="case")

    objects = scoped_manager(NoteQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-occurred_at", "-created_at")
        indexes = [models.Index(fields=["case", "-occurred_at"], name="note_of_case")]

    def __str__(self) -> str:
        return f"{self.kind} note"

    @property
    def parts(self) -> list[tuple[str, Any]]:
        """(field name, text) of the parts that were filled in, in reading order."""
        names = ("facts_reported", "observations", "professional_assessment", "actions")
        return [(name, text) for name in names if (text := getattr(self, name))]


class NoteReader(GuardedRecord):
    """Somebody named to read one note above their level (L4)."""

    note = models.ForeignKey(CaseNote, on_delete=models.CASCADE, related_name="readers")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    objects = scoped_manager(NoteReaderQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="reader_once_for_a_note")
        ]

    def __str__(self) -> str:
        return f"reader of {self.note_id}"
