"""Chapters of a person's copy about the work done with them: plans, services, papers and the like.

Every text goes through `made.text`, which opens it and takes everybody else out.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import (
    Assessment,
    CaseFlag,
    CasePlan,
    CaseTask,
    ClosureAnswer,
    ContactAttempt,
    CrisisFlag,
    IdentityCorrection,
    LegalGround,
    Paper,
    PlanGoal,
    PlanReview,
    SupportService,
)
from cases.selectors.assessment import answers_in_words
from cases.selectors.copy_parts import Facts, Part
from cases.selectors.family import homes_of, ties_of
from cases.selectors.person import identity_facts
from core.ui.dates import spell

if TYPE_CHECKING:
    from cases.selectors.copies import Maker

Texts = list[tuple[date, str, str]]


def work_chapters(made: Maker) -> list[Part | None]:
    """All of them, in reading order; None where there is nothing to tell."""
    return [
        _family(made),
        _plan(made),
        _services(made),
        _assessments(made),
        _tasks(made),
        _flags(made),
        _contacts(made),
        _crises(made),
        _papers(made),
        _without_consent(made),
        _corrections(made),
    ]


def _day(moment: Any) -> date:
    return timezone.localdate(moment)


def _part(title: str, facts: Facts, texts: Texts) -> Part | None:
    told = [text for text in texts if text[2]]
    return Part(title, facts, told) if facts or told else None


def _family(made: Maker) -> Part | None:
    # The others stay without a code: who they are to the person is theirs to read.
    facts: Facts = [(_("Somebody in your case"), words) for _code, words in ties_of(*made.about)]
    for home in homes_of(*made.about):
        facts.append(
            (
                _("You lived in a household"),
                _("from %(since)s until %(until)s")
                % {
                    "since": str(home.since or _("not known")),
                    "until": str(home.until or (_("not known") if home.has_left else _("now"))),
                },
            )
        )
    return _part(_("Your family and households"), facts, [])


def _plan(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    for plan in made.mine(CasePlan):
        facts.append((_("Your plan"), plan.get_status_display()))
        facts.append((_("Your answer to it"), plan.get_answer_display()))
        texts.append(
            (
                _day(plan.created_at),
                _("Why it was looked at again"),
                made.text(plan, "why_returned"),
            )
        )
    for goal in made.mine(PlanGoal):
        day = _day(goal.created_at)
        texts.append((day, _("What you want"), made.text(goal, "words")))
        texts.append((day, _("What we do for it"), made.text(goal, "what_we_do")))
    for review in made.mine(PlanReview):
        texts.append((review.held_on, _("What changed"), made.text(review, "what_changed")))
    return _part(_("What we planned with you"), [fact for fact in facts if fact[1]], texts)


def _services(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    for service in made.mine(SupportService).select_related("provider"):
        gives = service.provider.name if service.provider else made.text(service, "provider_name")
        facts.append(
            (
                str(service.get_type_display()),
                ", ".join(filter(None, (gives, str(service.get_outcome_display())))),
            )
        )
        texts.append((service.requested_on, _("About it"), made.text(service, "remark")))
    return _part(_("Services for you"), facts, texts)


def _assessments(made: Maker) -> Part | None:
    texts: Texts = []
    for assessment in made.mine(Assessment):
        said = made.object(assessment, "answers")
        for question, answer in answers_in_words(assessment, dict(said.get("scores", {}))):
            texts.append((assessment.assessed_on, question, answer))
        conclusion = made.clean(str(said.get("conclusion", "")))
        texts.append((assessment.assessed_on, _("What we thought"), conclusion))
    return _part(_("How we thought you were"), [], texts)


def _tasks(made: Maker) -> Part | None:
    texts: Texts = []
    for task in made.mine(CaseTask):
        texts.append((task.due_on, _("What was to be done for you"), made.text(task, "what")))
        texts.append((task.due_on, _("What came of it"), made.text(task, "result")))
    return _part(_("What we set out to do"), [], texts)


def _flags(made: Maker) -> Part | None:
    texts: Texts = []
    for flag in made.mine(CaseFlag):
        texts.append((flag.review_on, _("What we were to mind"), made.text(flag, "why")))
        texts.append((flag.review_on, _("What came of it"), made.text(flag, "what_came")))
    return _part(_("What everybody was to mind"), [], texts)


def _contacts(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    for attempt in made.mine(ContactAttempt):
        day = _day(attempt.planned_for)
        facts.append(
            (
                spell(day),
                f"{attempt.get_channel_display()}: {attempt.get_outcome_display()}",
            )
        )
        why = made.text(attempt, "override_reason")
        texts.append((day, _("Why it was tried all the same"), why))
    return _part(_("When we tried to reach you"), facts, texts)


def _crises(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    for crisis in made.mine(CrisisFlag):
        day = _day(crisis.created_at)
        facts.append((spell(day), str(crisis.get_kind_display())))
        texts.append((day, _("What was done"), made.text(crisis, "what_was_done")))
    for answer in made.mine(ClosureAnswer):
        facts.append(
            (_("May we get in touch after the end?"), str(answer.get_contact_after_display()))
        )
    return _part(_("When something was urgent, and how it ended"), facts, texts)


def _papers(made: Maker) -> Part | None:
    facts: Facts = []
    for paper in made.mine(Paper):
        words = (
            spell(paper.dated_on) if paper.dated_on else "",
            *(made.text(paper, name) for name in ("reference", "signatories", "original_at")),
        )
        facts.append((str(paper.get_kind_display()), ", ".join(filter(None, words))))
    return _part(_("Papers about you, and where they lie"), facts, [])


def _without_consent(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    for ground in made.mine(LegalGround).select_related("recipient"):
        whom = ground.recipient.name if ground.recipient else _("figures without names")
        facts.append((str(ground.get_basis_display()), whom))
        for name in ("reason", "order_reference"):
            label = str(ground.get_basis_display())
            texts.append((ground.valid_from, label, made.text(ground, name)))
    return _part(_("What the law let us tell without asking you"), facts, texts)


def _corrections(made: Maker) -> Part | None:
    facts: Facts = []
    texts: Texts = []
    found = IdentityCorrection.objects.visible_to(made.actor).filter(person=made.place.person)
    for correction in found:
        day = _day(correction.created_at)
        before = made.object(correction, "before")
        for label, value in identity_facts(before):
            facts.append((_("It said before: %(what)s") % {"what": label}, made.clean(value)))
        texts.append((day, _("Why it was corrected"), made.text(correction, "reason")))
    return _part(_("What we corrected"), facts, texts)
