"""An asking to close a case, in words, and what waits for a supervisor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases.choices import ConsentStatus, ContactAfter, Scope
from cases.models import Case, CaseClosure, CaseReopening, ClosureAnswer, Consent
from core.actors import Actor
from core.ui.dates import spell
from vault.opening import opened

Facts = list[tuple[str, str]]
CONTACT = Scope.POST_CLOSURE_CONTACT


@dataclass(frozen=True)
class ShownClosure:
    """The facts of one asking; `unreadable` names sealed parts that did not open."""

    facts: Facts
    unreadable: list[str]


def closure_page(actor: Actor, closure: CaseClosure) -> ShownClosure:
    """What the page of a visible closure says."""
    summary, returned = opened(closure, "summary"), opened(closure, "why_returned")
    answers = ClosureAnswer.objects.visible_to(actor).filter(closure=closure)
    facts: Facts = [
        (_("Why the case ends"), str(closure.get_reason_display())),
        (_("What was achieved, and what the survivor knows"), str(summary.value)),
        *(
            (
                _("Contact with %(code)s later") % {"code": answer.person.code},
                str(answer.get_contact_after_display()),
            )
            for answer in answers.select_related("person").order_by("person__code")
        ),
        (
            _("The file is kept"),
            _("%(kind)s, until %(day)s")
            % {"kind": closure.get_retention_display(), "day": spell(closure.keep_until)},
        ),
        (
            _("Asked by"),
            _("%(name)s on %(day)s")
            % {"name": closure.asked_by.name, "day": spell(closure.created_at)},
        ),
    ]
    if closure.decided_by and closure.decided_at:
        facts.append(
            (
                str(closure.get_status_display()),
                _("%(name)s on %(day)s")
                % {"name": closure.decided_by.name, "day": spell(closure.decided_at)},
            )
        )
    if returned.value:
        facts.append((_("What is still to do"), str(returned.value)))
    parts = (("summary", summary), ("why_returned", returned))
    return ShownClosure(facts, [name for name, part in parts if not part.readable])


def consent_to_contact(actor: Actor, case: Case) -> dict[UUID, str]:
    """What survivors said before about contact after closing, by person: yes or no (R-T1)."""
    said: dict[UUID, str] = {}
    for consent in (
        Consent.objects.visible_to(actor)
        .filter(case=case, status__in=(ConsentStatus.ACTIVE, ConsentStatus.REFUSED))
        .only("person_id", "scopes", "refused_scopes", "status")
        .order_by("created_at")
    ):
        agreed = consent.status == ConsentStatus.ACTIVE and CONTACT in consent.scopes
        if agreed or CONTACT in consent.refused_scopes:
            said[consent.person_id] = ContactAfter.YES if agreed else ContactAfter.NO
    return said


@dataclass(frozen=True)
class LastClosure:
    """What the overview of a case says of closing it: a sentence and where to read more."""

    pk: UUID
    sentence: str
    waits: bool


def last_closure(actor: Actor, case: Case) -> LastClosure | None:
    """The newest asking that matters now: one that waits, was returned, or closed the case."""
    newest = (
        CaseClosure.objects.visible_to(actor)
        .filter(case=case)
        .exclude(status="withdrawn")
        .select_related("asked_by", "decided_by")
        .defer("summary", "why_returned")
        .first()
    )
    if newest is None or (newest.status == "closed" and case.is_open):
        return None
    words = {
        "asked": _("%(who)s asks to close this case. Reason: %(why)s."),
        "returned": _("Closing was returned by %(who)s. Read what is still to do."),
        "closed": _("Closed by %(who)s. Reason: %(why)s."),
    }
    who = newest.asked_by if newest.status == "asked" else newest.decided_by
    sentence = words[newest.status] % {
        "who": who.name if who else "",
        "why": newest.get_reason_display(),
    }
    return LastClosure(newest.pk, sentence, newest.status == "asked")


def closures_to_decide(actor: Actor) -> QuerySet[Any]:
    """What waits for a second person, for one who may decide; oldest first."""
    waiting = CaseClosure.objects.visible_to(actor).waiting()
    if not actor.works_in_small_agency:
        waiting = waiting.exclude(asked_by_id=actor.pk)
    found: QuerySet[Any] = waiting.select_related("case", "asked_by")
    return found.defer("summary", "why_returned").order_by("created_at")


def closing_moments(actor: Actor, case: Case) -> list[tuple[Any, str, str, str]]:
    """(at, sentence, who, detail) of each asking and each reopening."""
    told = []
    for closure in (
        CaseClosure.objects.visible_to(actor)
        .filter(case=case)
        .select_related("asked_by", "decided_by")
        .defer("summary", "why_returned")
    ):
        why = str(closure.get_reason_display())
        told.append((closure.created_at, _("Closing was asked for."), closure.asked_by.name, why))
        if closure.decided_at and closure.decided_by:
            words = {
                "closed": _("The case was closed."),
                "returned": _("Closing was returned."),
                "withdrawn": _("Closing was taken back."),
            }
            told.append((closure.decided_at, words[closure.status], closure.decided_by.name, why))
    for again in (
        CaseReopening.objects.visible_to(actor)
        .filter(case=case)
        .select_related("reopened_by")
        .defer("words")
    ):
        told.append(
            (
                again.created_at,
                _("The case was opened again."),
                again.reopened_by.name,
                str(again.get_reason_display()),
            )
        )
    return told
