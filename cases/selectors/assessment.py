"""Assessments of one survivor as their page shows them, and what is due on My work."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.assessment_chart import Answers, Drawing, draw
from cases.instruments import EVER, INSTRUMENTS, NOT_KNOWN, Instrument, retired
from cases.models import Assessment, Case, CaseParticipant
from core.actors import Actor
from core.ui.dates import spell
from vault.keys import load_keys
from vault.opening import opened


@dataclass(frozen=True)
class ShownAssessment:
    """One assessment in words; `answers` where its questions are not those of the table."""

    assessment: Assessment
    conclusion: str
    answers: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class ShownInstrument:
    """One instrument with all its assessments of one survivor, newest first.

    Attributes:
        columns, table: the same as the drawing, as words; the newest day first.
        older: assessments by a version that asked otherwise, each with its own questions; never
            drawn together.
        asked: whether it is still in use.
        unreadable: assessments that did not open; whoever shows the page writes each down.
    """

    instrument: Instrument
    asked: bool = True
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
    return [
        _shown(INSTRUMENTS.get(code) or retired(code), by_code[code], on, asked=code in INSTRUMENTS)
        for code in by_code
    ]


def _shown(
    instrument: Instrument, found: list[Assessment], on: date, *, asked: bool
) -> ShownInstrument:
    shown = ShownInstrument(instrument, asked=asked)
    if found and asked:
        shown.due = found[0].next_due
        shown.late = found[0].next_due <= on
    answers: list[Answers] = []
    for one in found:
        part = opened(one, "answers")
        if not part.readable:
            shown.unreadable.append(one)
            shown.shown.append(ShownAssessment(one, str(part.value)))
            continue
        said, scores = str(part.value.get("conclusion", "")), dict(part.value.get("scores", {}))
        if one.instrument_version != instrument.version:
            shown.older.append(ShownAssessment(one, said, answers_in_words(one, scores)))
            continue
        shown.shown.append(ShownAssessment(one, said))
        answers.append(Answers(one.assessed_on, scores))
    shown.drawing = draw(instrument, answers)
    shown.columns = [_("Question"), *(spell(one.on) for one in answers)]
    shown.table = [
        [
            str(question),
            *(str(instrument.scale[one.scores.get(code, NOT_KNOWN)]) for one in answers),
        ]
        for code, question in instrument.domains.items()
    ]
    return shown


def answers_in_words(assessment: Assessment, scores: dict[str, int]) -> list[tuple[str, str]]:
    """(question, answer) of an assessment by the version it was made with.

    Where that version's words are not here any more, its codes and numbers: never nothing.
    """
    asked = EVER.get((assessment.instrument, assessment.instrument_version))
    if asked is None:
        return [(code, str(answer)) for code, answer in scores.items()]
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
