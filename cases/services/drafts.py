"""Drafts of notes: kept on the server for their author alone, sealed, and dropped after a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.models import Case, CaseNote, CaseParticipant, NoteDraft
from cases.text_rules import MAX_NOTE, TOO_LONG, check_text
from core.actors import Actor
from core.errors import Conflict, DomainError

DAYS_KEPT = 14
MOST_ENTRIES = 100
SHORT = 100
# The answers of the form that a draft keeps; the texts may be long, the rest are codes and ids.
DRAFT_TEXTS = (
    "facts_reported",
    "facts_said_by",
    "observations",
    "professional_assessment",
    "actions",
)
DRAFT_CODES = (
    "kind",
    "occurred_at",
    "sensitivity",
    "person_id",
    "corrects",
    "interview_place",
    "interview_agency_id",
)
DRAFT_LISTS = ("reader_ids", "mention_ids")


def save_draft(
    *,
    actor: Actor,
    draft_id: UUID,
    case_id: UUID,
    values: Mapping[str, str | Sequence[str]],
    addendum_to_id: UUID | None = None,
    at: datetime | None = None,
) -> NoteDraft:
    """Keep what stands in the form of a note. The same draft again replaces what was kept.

    Args:
        draft_id: what the form was given; the note takes it when it is signed.
        values: the answers as typed, by field name; unknown names are left out.
        addendum_to_id: the note it adds to.

    Raises:
        Case.DoesNotExist, CaseNote.DoesNotExist: not visible to the actor.
        Conflict: the draft was signed meanwhile, or is somebody else's.
        DomainError: text that R-U3 refuses or that is too long; nothing is kept of it.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("cases.write_note", case)
        original = None
        if addendum_to_id is not None:
            original = CaseNote.objects.visible_to(actor).get(pk=addendum_to_id, case=case)
        if CaseNote.objects.visible_to(actor).filter(pk=draft_id).exists():
            raise Conflict(_("This note is signed already. Add to it instead."))
        content = _checked(values)
        draft = NoteDraft.objects.visible_to(actor).locked().filter(pk=draft_id).first()
        is_new = draft is None
        if draft is None:
            draft = NoteDraft(pk=draft_id, case=case, author_id=actor.pk, addendum_to=original)
        elif draft.case_id != case.pk:
            raise Conflict(_("This draft belongs to another case."))
        draft.person_id = _person(actor, case, content.get("person_id", ""))
        draft.content = content
        draft.saved_at, draft.expires_at = at, at + timedelta(days=DAYS_KEPT)
        try:
            with transaction.atomic():
                if is_new:
                    draft.save(force_insert=True)
                else:
                    draft.save(update_fields=["person", "content", "saved_at", "expires_at"])
        except IntegrityError:
            raise Conflict(_("This draft cannot be kept. Open the form anew.")) from None
        act.record("note.draft_saved", draft)
    return draft


def discard_draft(*, actor: Actor, draft_id: UUID) -> UUID:
    """Throw a draft away. Returns the id of its case.

    Raises:
        NoteDraft.DoesNotExist: not the actor's own.
    """
    with acting(actor) as act:
        draft = NoteDraft.objects.visible_to(actor).locked().get(pk=draft_id)
        act.authorise("cases.write_note", draft)
        act.record("note.draft_discarded", draft)
        case_id: UUID = draft.case_id
        draft.delete()
    return case_id


def drop_old_drafts(*, actor: Actor, most: int = 500) -> int:
    """Delete drafts nobody came back to in time. Returns how many; nobody opens them for it.

    Args:
        actor: the housekeeping service.
    """
    with acting(actor) as act:
        act.authorise("cases.drop_old_drafts")
        old = list(NoteDraft.objects.visible_to(actor).values_list("pk", flat=True)[:most])
        NoteDraft.objects.visible_to(actor).filter(pk__in=old).delete()
        act.record("note.drafts_expired", facts={"count": len(old)})
    return len(old)


def _checked(values: Mapping[str, str | Sequence[str]]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for name in DRAFT_TEXTS:
        content[name] = check_text(str(values.get(name, "")), field=name)
    if sum(map(len, content.values())) > MAX_NOTE:
        longest = max(content, key=lambda name: len(content[name]))
        raise DomainError(str(TOO_LONG % {"most": f"{MAX_NOTE:,}"}), code="too_long", field=longest)
    for name in DRAFT_CODES:
        content[name] = str(values.get(name, ""))[:SHORT]
    for name in DRAFT_LISTS:
        content[name] = [str(value)[:SHORT] for value in values.get(name, ())][:MOST_ENTRIES]
    return {name: value for name, value in content.items() if value}


def _person(actor: Actor, case: Case, asked: str) -> UUID | None:
    """The person the draft is about, if that is somebody of the case."""
    if not asked:
        return None
    try:
        person_id = UUID(asked)
    except ValueError:
        return None
    there = CaseParticipant.objects.visible_to(actor).filter(case=case, person_id=person_id)
    return person_id if there.exists() else None
