"""What goes into a package: the case as far as the verdict lets it out."""

from __future__ import annotations

from typing import Any

from accounts.models import DataSharingAgreement, User
from cases.disclosure import Verdict
from cases.models import CaseParticipant, Person
from cases.selectors import was_acknowledged
from handoffs.case_read import read_case, terms_of
from handoffs.choices import Section
from handoffs.disclosing import what_leaves
from handoffs.models import Handoff
from handoffs.package import build_package
from handoffs.reaching import contacts_of


def package_of(
    actor: User,
    handoff: Handoff,
    agreement: DataSharingAgreement | None,
    verdict: Verdict,
    *,
    sent_at: Any,
) -> dict[str, Any]:
    """What the verdict lets out; a kind of data of which nothing may leave is not in it at all."""
    handoff.sections = what_leaves(handoff, verdict)
    terms = terms_of(
        handoff,
        agreement=agreement.reference if agreement else None,
        withheld=[str(one.category) for one in verdict.withheld],
        sent_at=sent_at,
    )
    return build_package(terms, read_case(actor, handoff.case_id, handoff.sections, verdict))


def participants_with(
    actor: User, handoff: Handoff, *, codes: dict[str, Any]
) -> list[CaseParticipant]:
    """One participation of each person whose code is given."""
    found = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case_id=handoff.case_id, person__code__in=codes)
        .select_related("person")
        .order_by("person__code", "role")
    )
    return list({participant.person_id: participant for participant in found}.values())


def instructions_read(actor: User, package: dict[str, Any], session_mark: str) -> set[str]:
    """Codes of those in a package whose safe-contact instructions the actor acknowledged (R-C1)."""
    codes = [one["code"] for one in package["content"].get(Section.IDENTITIES, ())]
    known = dict(Person.objects.visible_to(actor).filter(code__in=codes).values_list("pk", "code"))
    return {
        known[person_id]
        for person_id, contact in contacts_of(actor, known).items()
        if was_acknowledged(actor, contact, session_mark)
    }
