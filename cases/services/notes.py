"""Writing down what was learned. Notes are never changed: a correction is an addendum (R-N5)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from audit.acting import Act, acting
from cases.choices import InterviewPlace, NoteKind
from cases.models import (
    Case,
    CaseNote,
    CaseParticipant,
    NoteDraft,
    NoteMention,
    NoteReader,
    key_owner,
)
from cases.policies import default_sensitivity, may_read_note
from cases.selectors.sight import sight_of
from cases.text_rules import MAX_NOTE, TOO_LONG, check_text
from cases.wording import has_quotation
from core.actors import Actor
from core.choices import Sensitivity
from core.errors import DomainError
from vault.commitments import commit

PARTS = ("facts_reported", "observations", "professional_assessment", "actions")
LONGEST_SOURCE = 200


def write_note(
    *,
    actor: Actor,
    case_id: UUID,
    kind: str,
    occurred_at: datetime,
    facts_reported: str = "",
    facts_said_by: str = "",
    observations: str = "",
    professional_assessment: str = "",
    actions: str = "",
    sensitivity: int | None = None,
    person_id: UUID | None = None,
    addendum_to_id: UUID | None = None,
    corrects: bool = False,
    reader_ids: Sequence[UUID] = (),
    mention_ids: Sequence[UUID] = (),
    interview_place: str = "",
    interview_agency_id: UUID | None = None,
    note_id: UUID | None = None,
) -> CaseNote:
    """Write and sign a note in its parts (R-N1): at least one of them says something.

    Args:
        occurred_at: when it happened, not when it is written.
        facts_said_by: who told the facts; asked for wherever there are facts.
        sensitivity: the level; by default that of the kind (R-N4), and never below the note an
            addendum belongs to.
        person_id: whom of the case it is about, if one person alone: it is then sealed under that
            person's key. An addendum follows its note.
        addendum_to_id: the note this one corrects or adds to; that one stays as it is.
        corrects: the addendum says what was wrong; the note is then shown as superseded.
        reader_ids: people named to read it whatever their own level.
        mention_ids: colleagues asked to read it, each of whom may.
        interview_place, interview_agency_id: all that a forensic interview has (R-N2).
        note_id: the draft's id. Signing the same draft again returns the note it became.

    Raises:
        Case.DoesNotExist, CaseNote.DoesNotExist: not visible to the actor.
        Denied: the actor may not write notes, or not lower the level of this one.
        DomainError: nothing written, too long, in the future, text that R-U3 refuses, a rule of the
            kind broken, or a reader who cannot see the case.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.write_note", case)
        if note_id is not None and (signed := _already_signed(act, case, note_id)):
            return signed
        if kind not in NoteKind.values:
            raise DomainError(_("Choose what kind of note this is."), field="kind")
        if occurred_at > timezone.now():
            raise DomainError(
                _("This moment is in the future. Say when it happened."), field="occurred_at"
            )
        parts = _checked_parts(
            kind,
            {
                "facts_reported": facts_reported,
                "observations": observations,
                "professional_assessment": professional_assessment,
                "actions": actions,
            },
            said_by=facts_said_by,
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
            person_id=original.person_id if original else _person_of(actor, case, person_id),
            kind=kind,
            sensitivity=level,
            author_id=actor.pk,
            occurred_at=occurred_at,
            addendum_to=original,
            corrects=corrects and original is not None,
            **_checked_interview(actor, kind, interview_place, interview_agency_id),
            **parts,
        )
        if note_id is not None:
            note.pk = note_id
        try:
            with transaction.atomic():
                note.save(force_insert=True)
        except IntegrityError:
            # The same draft, sent twice at the same moment: the other one was first.
            if note_id is not None and (signed := _already_signed(act, case, note_id)):
                return signed
            raise DomainError(_("This draft cannot be signed. Open the form anew.")) from None
        readers = _named_readers(actor, case, reader_ids)
        NoteReader.objects.bulk_create(
            [NoteReader(note=note, case=case, user=reader) for reader in readers]
        )
        mentioned = _mentioned(actor, note, mention_ids, {reader.pk for reader in readers})
        NoteMention.objects.bulk_create(
            [NoteMention(note=note, case=case, user=person) for person in mentioned]
        )
        if note_id is not None:
            NoteDraft.objects.visible_to(actor).filter(pk=note_id).delete()
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
            commitment=commit(act.id, "cases.casenote", note.pk, parts, key_owner(note)),
        )
        for person in mentioned:
            act.after_commit("cases.tell", str(person.pk))
    return note


def change_level(*, actor: Actor, note_id: UUID, level: int) -> CaseNote:
    """Give a signed note another level. Its author or a supervisor raises it; lowering it is a
    supervisor's (R-N4). Whoever raises it to L4 stays one of its readers.

    Raises:
        CaseNote.DoesNotExist: not visible to the actor.
        Denied: not theirs to change in this direction.
        DomainError: no such level, or the one it has.
    """
    with acting(actor) as act:
        note = CaseNote.objects.visible_to(actor).locked().get(pk=note_id)
        if level not in Sensitivity.values or level == note.sensitivity:
            raise DomainError(_("Choose another level than it has now."), field="level")
        supervises = actor.may("cases.lower_sensitivity")
        if level < note.sensitivity:
            act.authorise("cases.lower_sensitivity", note)
        else:
            act.authorise(
                "cases.write_note", note, verdict=supervises or note.author_id == actor.pk
            )
        came_from, note.sensitivity = note.sensitivity, level
        if level == Sensitivity.SEALED and note.author_id != actor.pk:
            NoteReader.objects.get_or_create(
                note=note, user_id=actor.pk, defaults={"case_id": note.case_id}
            )
        note.save(update_fields=["sensitivity"])
        act.record(
            "note.level_changed",
            note,
            fields=["sensitivity"],
            facts={"from": int(came_from), "to": int(level)},
        )
    return note


def answer_mention(*, actor: Actor, note_id: UUID) -> CaseNote:
    """Say that one has read a note one was asked to read; it then no longer waits.

    Raises:
        CaseNote.DoesNotExist, NoteMention.DoesNotExist: not visible, or nobody asked.
    """
    with acting(actor) as act:
        note = CaseNote.objects.visible_to(actor).get(pk=note_id)
        act.authorise("cases.read_note", note)
        mention = NoteMention.objects.visible_to(actor).waiting(actor).locked().get(note=note)
        mention.read_at = timezone.now()
        mention.save(update_fields=["read_at"])
        act.record("note.mention_answered", note)
    return note


def _already_signed(act: Act, case: Case, note_id: UUID) -> CaseNote | None:
    """The note that a draft became, when its author sends it again."""
    note = CaseNote.objects.filter(pk=note_id, case=case, author_id=act.actor.pk).first()
    if note is not None:
        act.record("note.sent_again", note)
    return note


def _checked_parts(kind: str, parts: dict[str, str], *, said_by: str) -> dict[str, str]:
    checked = {name: check_text(text, field=name) for name, text in parts.items()}
    source = check_text(said_by, field="facts_said_by", most=LONGEST_SOURCE)
    if kind == NoteKind.FORENSIC_INTERVIEW:
        filled = next((name for name, text in checked.items() if text), "")
        if filled or source:
            raise DomainError(
                _(
                    "Nothing of what was said in a forensic interview is kept here. Leave the "
                    "texts empty: the interviewing agency holds the record."
                ),
                field=filled or "facts_said_by",
            )
        return {**checked, "facts_said_by": ""}
    if not any(checked.values()):
        raise DomainError(
            _("Write at least one part: what was said, seen, concluded or done."),
            code="empty",
            field=PARTS[0],
        )
    if sum(map(len, checked.values())) > MAX_NOTE:
        longest = max(checked, key=lambda name: len(checked[name]))
        raise DomainError(str(TOO_LONG % {"most": f"{MAX_NOTE:,}"}), code="too_long", field=longest)
    if kind == NoteKind.SURVIVOR_OWN_WORDS:
        _check_own_words(checked)
    elif checked["facts_reported"] and not source:
        raise DomainError(
            _("Say who told you these facts: a code, a role or an agency."), field="facts_said_by"
        )
    return {**checked, "facts_said_by": source}


def _check_own_words(parts: dict[str, str]) -> None:
    """R-N2: their words as they were said, and no conclusion drawn from them here."""
    if not has_quotation(parts["facts_reported"]):
        raise DomainError(
            _("Put the survivor’s own words in quotation marks, as they were said."),
            field="facts_reported",
        )
    if parts["professional_assessment"]:
        raise DomainError(
            _("Leave your conclusions out of this note. Write them in an assessment."),
            field="professional_assessment",
        )


def _checked_interview(
    actor: Actor, kind: str, place: str, agency_id: UUID | None
) -> dict[str, str | Agency | None]:
    if kind != NoteKind.FORENSIC_INTERVIEW:
        return {"interview_place": "", "interview_agency": None}
    if place not in InterviewPlace.values:
        raise DomainError(_("Choose what kind of place it was."), field="interview_place")
    agency = Agency.objects.visible_to(actor).filter(pk=agency_id).first() if agency_id else None
    if agency is None:
        raise DomainError(_("Choose the agency that interviewed."), field="interview_agency_id")
    return {"interview_place": place, "interview_agency": agency}


def _person_of(actor: Actor, case: Case, person_id: UUID | None) -> UUID | None:
    if person_id is None:
        return None
    places = CaseParticipant.objects.visible_to(actor).filter(case=case, person_id=person_id)
    if not places.exists():
        raise DomainError(_("Choose one of the people of this case."), field="person_id")
    return person_id


def _original(actor: Actor, case: Case, note_id: UUID | None) -> CaseNote | None:
    if note_id is None:
        return None
    note: CaseNote = CaseNote.objects.visible_to(actor).get(pk=note_id, case=case)
    if note.addendum_to_id is not None:
        raise DomainError(_("Add to the first note, not to an addendum."), field="addendum_to_id")
    return note


def _readers_on(actor: Actor, case: Case) -> list[User]:
    """Colleagues of the actor's agency who work on the case and read notes."""
    able = sight_of(actor, case).working("cases.read_note")
    return [person for person in able if person.agency_id == actor.agency_id]


def _named_readers(actor: Actor, case: Case, reader_ids: Sequence[UUID]) -> list[User]:
    wanted = set(reader_ids)
    able = _readers_on(actor, case) if wanted else []
    readers = [person for person in able if person.pk in wanted]
    if len(readers) != len(wanted):
        raise DomainError(
            _("Name only colleagues who work on this case and read notes."), field="reader_ids"
        )
    return readers


def _mentioned(
    actor: Actor, note: CaseNote, mention_ids: Sequence[UUID], reader_ids: set[UUID]
) -> list[User]:
    """Those asked to read the note: each may, by role, level and kind or by being named."""
    wanted = set(mention_ids)
    able = [
        person
        for person in (_readers_on(actor, note.case) if wanted else ())
        if person.pk in wanted
        and (person.pk in reader_ids or may_read_note(person, note.kind, note.sensitivity))
    ]
    if len(able) != len(wanted):
        raise DomainError(
            _("Ask only colleagues who may read this note, or name them as its readers first."),
            field="mention_ids",
        )
    return able
