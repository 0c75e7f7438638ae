"""Writing down what was learned. Notes are never changed: a correction is an addendum (R-N5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import NoteKind
from cases.models import Case, CaseNote, NoteReader
from cases.policies import default_sensitivity, may_read_notes_of
from cases.text_rules import MAX_NOTE, TOO_LONG, check_text
from core.actors import Actor
from core.choices import Sensitivity
from core.errors import DomainError
from vault.commitments import commit

PARTS = ("facts_reported", "observations", "professional_assessment", "actions")


def write_note(
    *,
    actor: Actor,
    case_id: UUID,
    kind: str,
    occurred_at: datetime,
    facts_reported: str = "",
    observations: str = "",
    professional_assessment: str = "",
    actions: str = "",
    sensitivity: int | None = None,
    addendum_to_id: UUID | None = None,
    reader_ids: Sequence[UUID] = (),
) -> CaseNote:
    """Write a note in its four parts (R-N1): at least one of them says something.

    Args:
        occurred_at: when it happened, not when it is written.
        sensitivity: the level; by default that of the kind (R-N4), and never below the note an
            addendum belongs to.
        addendum_to_id: the note this one corrects or adds to; that one stays as it is.
        reader_ids: people named to read it whatever their own level.

    Raises:
        Case.DoesNotExist, CaseNote.DoesNotExist: not visible to the actor.
        Denied: the actor may not write notes, or not lower the level of this one.
        DomainError: nothing written, too long, in the future, text that R-U3 refuses, or a reader
            who cannot see the case.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.write_note", case)
        if kind not in NoteKind.values:
            raise DomainError(_("Choose what kind of note this is."), field="kind")
        if occurred_at > timezone.now():
            raise DomainError(
                _("This moment is in the future. Say when it happened."), field="occurred_at"
            )
        parts = _checked_parts(
            {
                "facts_reported": facts_reported,
                "observations": observations,
                "professional_assessment": professional_assessment,
                "actions": actions,
            }
        )
        original = _original(actor, case, addendum_to_id)
        lowest = max(default_sensitivity(kind), original.sensitivity if original else 0)
        level = lowest if sensitivity is None else sensitivity
        if level not in Sensitivity.values:
            raise DomainError(_("Choose one of the levels."), field="sensitivity")
        if level < lowest:
            act.authorise("cases.lower_sensitivity", case)
        note = CaseNote(
            case=case,
            kind=kind,
            sensitivity=level,
            author_id=actor.pk,
            occurred_at=occurred_at,
            addendum_to=original,
            **parts,
        )
        note.save(force_insert=True)
        readers = _named_readers(actor, case, reader_ids)
        NoteReader.objects.bulk_create(
            [NoteReader(note=note, case=case, user=reader) for reader in readers]
        )
        act.record(
            "note.written",
            note,
            fields=[name for name, text in parts.items() if text],
            facts={
                "kind": str(kind),
                "level": int(level),
                "lowered": level < lowest,
                "addendum": original is not None,
                "readers": len(readers),
            },
            commitment=commit(act.id, "cases.casenote", note.pk, parts, ("case", case.pk)),
        )
    return note


def _checked_parts(parts: dict[str, str]) -> dict[str, str]:
    checked = {name: check_text(text, field=name) for name, text in parts.items()}
    if not any(checked.values()):
        raise DomainError(
            _("Write at least one part: what was said, seen, concluded or done."),
            code="empty",
            field=PARTS[0],
        )
    if sum(map(len, checked.values())) > MAX_NOTE:
        longest = max(checked, key=lambda name: len(checked[name]))
        raise DomainError(str(TOO_LONG % {"most": f"{MAX_NOTE:,}"}), code="too_long", field=longest)
    return checked


def _original(actor: Actor, case: Case, note_id: UUID | None) -> CaseNote | None:
    if note_id is None:
        return None
    note: CaseNote = CaseNote.objects.visible_to(actor).get(pk=note_id, case=case)
    if note.addendum_to_id is not None:
        raise DomainError(_("Add to the first note, not to an addendum."), field="addendum_to_id")
    return note


def _named_readers(actor: Actor, case: Case, reader_ids: Sequence[UUID]) -> list[User]:
    wanted = set(reader_ids)
    people = User.objects.visible_to(actor).people().filter(pk__in=wanted, is_active=True)
    readers = [person for person in people if may_read_notes_of(person, case)]
    if len(readers) != len(wanted):
        raise DomainError(
            _("Name only colleagues who work on this case and read notes."), field="reader_ids"
        )
    return readers
