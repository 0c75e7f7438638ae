"""Assessments of one survivor as their page shows them, and what is due on My work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.assessment_chart import Answers, Drawing, draw
from cases.instruments import EVER, INSTRUMENTS, NOT_KNOWN, Instrument
from cases.models import Assessment, Case, CaseParticipant
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

MOST = 24


@dataclass(frozen=True)
class ShownAssessment:
    """One assessment in words."""

    assessment: Assessment
    conclusion: str


@dataclass
class ShownInstrument:
    """One instrument with all its assessments of one survivor, newest first.

    Attributes:
        columns, table: the same as the drawing, as words; the newest day first.
        older: assessments by a version that asked otherwise; told apart, never drawn together.
        unreadable: assessments that did not open; whoever shows the page writes each down.
    """

    instrument: Instrument
    due: date | None = None
    late: bool = False
    drawing: Drawing | None = None
    columns: list[str] = field(default_factory=list)
    table: list[list[str]] = field(default_factory=list)
    shown: list[ShownAssessment] = field(default_factory=list)
    older: list[ShownAssessment] = field(default_factory=list)
    unreadable: list[Assessment] = field(default_factory=list)


def assessments_of(actor: Actor, place: CaseParticipant, on: date) -> list[ShownInstrument]:
    """Every instrument with what it showed of a visible survivor. Opens sealed answers."""
    load_keys([("person", place.person_id)])
    found = (
        Assessment.objects.visible_to(actor)
        .filter(case_id=place.case_id, person_id=place.person_id)
        .select_related("assessor")
    )
    by_code: dict[str, list[Assessment]] = {code: [] for code in INSTRUMENTS}
    for one in found:
        by_code.setdefault(one.instrument, []).append(one)
    return [_shown(INSTRUMENTS[code], by_code[code][:MOST], on) for code in INSTRUMENTS]


def _shown(instrument: Instrument, found: list[Assessment], on: date) -> ShownInstrument:
    shown = ShownInstrument(instrument)
    if found:
        shown.due = found[0].next_due
        shown.late = found[0].next_due <= on
    answers: list[Answers] = []
    for one in found:
        part = opened(one, "answers")
        if not part.readable:
            shown.unreadable.append(one)
            shown.shown.append(ShownAssessment(one, str(part.value)))
            continue
        told = ShownAssessment(one, str(part.value.get("conclusion", "")))
        if one.instrument_version != instrument.version:
            shown.older.append(told)
            continue
        shown.shown.append(told)
        answers.append(Answers(one.assessed_on, dict(part.value.get("scores", {}))))
    shown.drawing = draw(instrument, answers)
    shown.columns = [_("Question"), *(f"{one.on:%-d %b %Y}" for one in answers)]
    shown.table = [
        [
            str(question),
            *(str(instrument.scale[one.scores.get(code, NOT_KNOWN)]) for one in answers),
        ]
        for code, question in instrument.domains.items()
    ]
    return shown


def answers_in_words(assessment: Assessment, scores: dict[str, int]) -> list[tuple[str, str]]:
    """(question, answer) of an assessment by the version it was made with."""
    asked = EVER[(assessment.instrument, assessment.instrument_version)]
    return [
        (str(question), str(asked.scale[scores.get(code, NOT_KNOWN)]))
        for code, question in asked.domains.items()
    ]


def due_assessments(actor: Actor, until: date) -> QuerySet[Assessment]:
    """The newest of each survivor and instrument in open cases, where it is the actor's and due."""
    newest = (
        Assessment.objects.visible_to(actor)
        .filter(case__in=Case.objects.visible_to(actor).open())
        .order_by("case_id", "person_id", "instrument", "-assessed_on", "-created_at")
        .distinct("case_id", "person_id", "instrument")
        .values("pk")
    )
    found: QuerySet[Assessment] = (
        Assessment.objects.visible_to(actor)
        .filter(pk__in=newest, next_due__lte=until, assessor_id=actor.pk)
        .select_related("case", "person")
        .defer("answers")
        .order_by("next_due")
    )
    return found
