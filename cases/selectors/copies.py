"""What a person gets to read of what is kept about them: plain words, and nobody else in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.models import (
    CaseNote,
    CaseParticipant,
    Consent,
    Custody,
    HarmRecord,
    PersonIdentity,
    Placement,
    SafeContact,
)
from cases.models.note import key_owner
from cases.redacting import Others, own_marks, redact
from cases.selectors.care import context_facts, context_of
from cases.selectors.copy_chapters import work_chapters
from cases.selectors.copy_parts import Facts, Part
from cases.selectors.note import PART_LABELS
from cases.selectors.person import identity_facts, person_facts
from cases.selectors.safety import plan_of, show_contact, show_plan
from cases.third_parties import names_in, names_of
from core.actors import Actor
from core.choices import Sensitivity
from core.ui.dates import spell
from vault.fields import EncryptedJSONField
from vault.keys import load_keys
from vault.opening import opened


@dataclass(frozen=True)
class PersonalCopy:
    """The whole copy.

    Attributes:
        taken_out: names, codes and numbers of others that were taken out.
        held_back: sealed notes that are talked about with the person instead.
        unreadable: texts that do not open; whoever shows the copy records them.
    """

    code: str
    parts: list[Part]
    taken_out: int
    held_back: int
    unreadable: list[tuple[Any, str]]


# The papers of a placement, by their names in its sealed object.
PAPERS = {
    "order": gettext_lazy("The order for it"),
    "receipt": gettext_lazy("The receipt when you moved"),
    "received_by": gettext_lazy("Signed by"),
}
# What a higher app adds: (actor, place) → a chapter, or None where there is nothing to tell.
Chapter = Callable[[Actor, CaseParticipant], Part | None]
CHAPTERS: list[Chapter] = []


def register_chapter(chapter: Chapter) -> None:
    """Add a chapter. Called once by a higher app's `apps.py`."""
    if chapter not in CHAPTERS:
        CHAPTERS.append(chapter)


class Maker:
    """Collects chapters, with everybody else taken out of every text."""

    def __init__(self, actor: Actor, place: CaseParticipant) -> None:
        self.actor, self.place = actor, place
        self.taken_out = 0
        self.unreadable: list[tuple[Any, str]] = []
        identity = PersonIdentity.objects.visible_to(actor).filter(person=place.person).first()
        self.details: dict[str, Any] = self.open(identity, "details") if identity else {}
        people = CaseParticipant.objects.visible_to(actor).filter(case_id=place.case_id)
        others = set(people.values_list("person_id", flat=True)) - {place.person_id}
        self.others = Others(
            names=frozenset(names_of(others) - set(names_in(self.details))),
            own=own_marks(place.person.code, self.details),
        )

    def open(self, record: Any, name: str) -> Any:
        said = opened(record, name)
        if not said.readable:
            self.unreadable.append((record, name))
            return {} if isinstance(field_of(record, name), EncryptedJSONField) else str(said.value)
        return said.value

    @property
    def about(self) -> tuple[Actor, CaseParticipant]:
        return self.actor, self.place

    def mine(self, model: Any) -> Any:
        """The rows of a model about the person in this case, oldest first."""
        rows = model.objects.visible_to(self.actor)
        rows = rows.filter(case_id=self.place.case_id, person_id=self.place.person_id)
        return rows.order_by("created_at")

    def text(self, record: Any, name: str) -> str:
        """A sealed text, opened and without anybody else."""
        return str(self.clean(str(self.open(record, name))))

    def object(self, record: Any, name: str) -> dict[str, Any]:
        """A sealed object; empty where it does not open, which is recorded."""
        said = self.open(record, name)
        return dict(said) if isinstance(said, dict) else {}

    def clean(self, value: Any) -> Any:
        if isinstance(value, date):
            return spell(value)
        if not isinstance(value, str | Promise):
            return value
        text, taken = redact(str(value), self.others)
        self.taken_out += taken
        return text

    def part(self, title: str, facts: Facts) -> Part | None:
        kept = [(label, self.clean(value)) for label, value in facts if value not in ("", None)]
        return Part(title, kept) if kept else None


def field_of(record: Any, name: str) -> Any:
    return record._meta.get_field(name)


def copy_for(actor: Actor, place: CaseParticipant, at: datetime) -> PersonalCopy:
    """Everything kept about one person in one case, as far as the actor sees it.

    Opens sealed text: the caller records it.
    """
    made = Maker(actor, place)
    parts = [
        made.part(_("Who you are in our files"), _who(made)),
        made.part(_("How we may reach you"), _contact(made, at)),
        made.part(_("What keeps you safe"), _safety(made, at)),
        made.part(_("Where you lived, and who had custody"), _care(made)),
        made.part(_("What was recorded about what happened to you"), _happened(made)),
        made.part(_("What you agreed to"), _consents(made)),
    ]
    notes, held_back = _notes(made)
    chapters = [chapter(actor, place) for chapter in CHAPTERS]
    for chapter in chapters:
        if chapter is not None:
            chapter.facts = [(label, made.clean(value)) for label, value in chapter.facts]
            chapter.texts = [(day, label, made.clean(text)) for day, label, text in chapter.texts]
    return PersonalCopy(
        code=place.person.code,
        parts=[
            part for part in (*parts, *work_chapters(made), notes, *chapters) if part is not None
        ],
        taken_out=made.taken_out,
        held_back=held_back,
        unreadable=made.unreadable,
    )


def _who(made: Maker) -> Facts:
    return [*identity_facts(made.details), *person_facts(made.place)]


def _contact(made: Maker, at: datetime) -> Facts:
    contact = SafeContact.objects.visible_to(made.actor).newest_of(made.place.person_id)
    if contact is None:
        return []
    shown = show_contact(contact, acknowledged=True, at=at)
    made.unreadable.extend((contact, name) for name in shown.unreadable)
    return [(_("Way"), shown.how), (_("When"), shown.when), *shown.rules]


def _safety(made: Maker, at: datetime) -> Facts:
    plan = plan_of(made.actor, made.place.person_id, made.place.case_id)
    if plan is None:
        return []
    shown = show_plan(plan, at=at)
    if not shown.readable:
        made.unreadable.append((plan, "plan"))
    return [(_("Dangers we thought of"), ", ".join(shown.risks)), *shown.facts]


def _care(made: Maker) -> Facts:
    facts: Facts = []
    mine = {"case_id": made.place.case_id, "person_id": made.place.person_id}
    # Where a placement is stays out: on paper it would lead to whoever lives there.
    for placement in Placement.objects.visible_to(made.actor).filter(**mine):
        label = str(placement.get_kind_display())
        facts.append((label, _between(placement)))
        papers = made.object(placement, "papers")
        facts.extend(
            (str(PAPERS.get(name, label)), value) for name, value in papers.items() if value
        )
    for custody in Custody.objects.visible_to(made.actor).filter(**mine):
        label = _("Custody: %(kind)s") % {"kind": custody.get_kind_display()}
        words = (
            _between(custody),
            *(made.text(custody, n) for n in ("authority", "order_reference")),
        )
        facts.append((label, ", ".join(filter(None, words))))
    return facts


def _happened(made: Maker) -> Facts:
    facts: Facts = []
    context = context_of(made.actor, made.place)
    if context is not None:
        known, readable = context_facts(context)
        facts.extend(known)
        if not readable:
            made.unreadable.append((context, "particulars"))
    harms = HarmRecord.objects.visible_to(made.actor).filter(participant=made.place)
    facts.extend((_("Harm"), str(harm.get_harm_type_display())) for harm in harms)
    return facts


def _consents(made: Maker) -> Facts:
    labels = dict(Consent._meta.get_field("scopes").base_field.flatchoices)
    facts: Facts = []
    for consent in made.mine(Consent):
        day = spell(timezone.localdate(consent.created_at))
        scopes = ", ".join(str(labels.get(code, code)) for code in consent.scopes)
        said = _("%(status)s: %(scopes)s")
        facts.append((day, said % {"status": consent.get_status_display(), "scopes": scopes}))
        facts.append((_("When you took it back"), made.text(consent, "withdrawal_words")))
    return facts


def _notes(made: Maker) -> tuple[Part | None, int]:
    """Notes about the person and about everybody; sealed ones are counted, not told."""
    about = Q(person=None) | Q(person_id=made.place.person_id)
    notes = list(CaseNote.objects.visible_to(made.actor).filter(about, case_id=made.place.case_id))
    load_keys({key_owner(note) for note in notes})
    open_notes = [note for note in notes if note.sensitivity < Sensitivity.SEALED]
    texts = []
    for note in sorted(open_notes, key=lambda note: note.occurred_at):
        for name, label in PART_LABELS.items():
            text = made.open(note, name)
            if text:
                texts.append((timezone.localdate(note.occurred_at), str(label), made.clean(text)))
    held_back = len(notes) - len(open_notes)
    return (Part(_("What was written about you"), texts=texts) if texts else None), held_back


def _between(record: Any) -> str:
    until = spell(record.until) if record.until else _("now")
    return _("from %(since)s until %(until)s") % {
        "since": spell(record.since),
        "until": until,
    }
