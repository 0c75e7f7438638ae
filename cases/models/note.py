"""What was learned, and who may read it."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Agency
from cases.choices import InterviewPlace, NoteKind
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import (
    NoteDraftQuerySet,
    NoteMentionQuerySet,
    NoteQuerySet,
    NoteReaderQuerySet,
)
from core.choices import Sensitivity
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedJSONField, EncryptedTextField
from vault.keys import Owner


def key_owner(record: Any) -> Owner:
    """Under whose key a note or draft is sealed: the person it is about, else its case."""
    if record.person_id is not None:
        return ("person", record.person_id)
    return ("case", record.case_id)


# Below Python: only a supervisor opens a note to more people than its author chose (R-N4).
LOWERED_BY_A_SUPERVISOR = pgtrigger.Trigger(
    name="lowered_by_a_supervisor",
    level=pgtrigger.Row,
    when=pgtrigger.Before,
    operation=pgtrigger.UpdateOf("sensitivity"),
    condition=pgtrigger.Q(new__sensitivity__lt=pgtrigger.F("old__sensitivity")),
    func=(
        "IF NOT liwanag_may_lower_levels() THEN "
        "RAISE EXCEPTION 'only a supervisor lowers the level of a note' "
        "USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NEW;"
    ),
)


class CaseNote(GuardedRecord):
    """What was learned on a day, signed by its author. Append-only: a correction is an addendum.

    The database takes new rows and a change of level, nothing else (R-N5, `cases.walls`). Its id
    was its draft's: sending the same draft twice makes one note.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    # About one person alone: sealed under that person's key, so that it can be erased alone.
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="notes"
    )
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
    # The addendum says what was wrong: the note it belongs to is shown as superseded.
    corrects = models.BooleanField(default=False)
    # Facts, who said them, observation and assessment stand apart (R-N1).
    facts_reported = EncryptedTextField(owner="person", otherwise="case")
    facts_said_by = EncryptedTextField(owner="person", otherwise="case", blank=True)
    observations = EncryptedTextField(owner="person", otherwise="case")
    professional_assessment = EncryptedTextField(owner="person", otherwise="case")
    actions = EncryptedTextField(owner="person", otherwise="case")
    # All that is kept of a forensic interview, besides its day (R-N2).
    interview_place = models.CharField(max_length=24, choices=InterviewPlace, blank=True)
    interview_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(NoteQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-occurred_at", "-created_at")
        indexes = [models.Index(fields=["case", "-occurred_at"], name="note_of_case")]
        triggers = [*GuardedRecord.Meta.triggers, LOWERED_BY_A_SUPERVISOR]
        constraints = [
            models.CheckConstraint(
                condition=Q(corrects=False) | Q(addendum_to__isnull=False),
                name="only_an_addendum_corrects",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="forensic_interview",
                    interview_agency__isnull=False,
                )
                & ~Q(interview_place="")
                | ~Q(kind="forensic_interview")
                & Q(interview_agency__isnull=True, interview_place=""),
                name="only_a_forensic_interview_has_a_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} note"

    @property
    def parts(self) -> list[tuple[str, Any]]:
        """(field name, text) of the parts that were filled in, in reading order."""
        names = ("facts_reported", "observations", "professional_assessment", "actions")
        return [(name, text) for name in names if (text := getattr(self, name))]


class NoteDraft(GuardedRecord):
    """A note not signed yet: its author's alone, sealed, gone after a while.

    The id is given to the form before the first key is pressed; the note takes it when signed.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="note_drafts"
    )
    addendum_to = models.ForeignKey(
        CaseNote, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    # The answers as they stand in the form, by field name.
    content = EncryptedJSONField(owner="person", otherwise="case")
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = scoped_manager(NoteDraftQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-saved_at",)
        indexes = [models.Index(fields=["author", "-saved_at"], name="draft_of_author")]

    def __str__(self) -> str:
        return "draft of a note"


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


class NoteMention(GuardedRecord):
    """A colleague asked to read one note, which they may read anyway. Waits on their My work."""

    note = models.ForeignKey(CaseNote, on_delete=models.CASCADE, related_name="mentions")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(NoteMentionQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="mentioned_once_in_a_note")
        ]

    def __str__(self) -> str:
        return f"mention in {self.note_id}"
