"""What may be in an export today: asked when it is made, and each time its file is taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import Agency
from cases.choices import LegalBasis
from cases.models import CaseParticipant
from cases.selectors.disclosure import facts_of_cases
from core.actors import Actor
from handoffs.choices import Section
from handoffs.exporting.carried import Carried, Terms, most_for, what_is_carried
from handoffs.grounds import NoGround, ground_of
from handoffs.models import CaseExport


def check_agreed(sender: Agency, recipient: Agency, sections: Sequence[str], at: datetime) -> None:
    try:
        ground_of(
            from_agency_id=sender.pk,
            to_agency_id=recipient.pk,
            legal_basis=LegalBasis.CONSENT,
            sections=sections,
            on=timezone.localdate(at),
        )
    except NoGround as missing:
        if missing.field == "to_agency":
            missing.field = "recipient"
        raise


def carried_now(actor: Actor, export: CaseExport, at: datetime) -> tuple[Carried, Terms]:
    terms = Terms(
        purpose=export.purpose,
        sections=frozenset(export.sections) & most_for(export.purpose, export.recipient),
        who_said_no=export.who_said_no,
        sender=export.agency,
        recipient=export.recipient,
    )
    nobody = Carried(frozenset(), ())
    if terms.recipient is not None:
        try:
            check_agreed(terms.sender, terms.recipient, export.sections, at)
        except NoGround:
            return nobody, terms
        if not terms.recipient.is_active:
            return nobody, terms
    if Section.IDENTITIES in terms.sections and not actor.may("cases.show_identity"):
        return nobody, terms
    seen = {
        place_id: (case_id, person_id)
        for place_id, case_id, person_id in CaseParticipant.objects.visible_to(actor)
        .filter(pk__in=export.place_ids, person__erased_on=None)
        .values_list("pk", "case_id", "person_id")
    }
    facts = facts_of_cases({case_id for case_id, _person in seen.values()})
    return what_is_carried(terms, seen, facts, timezone.localdate(at)), terms


def facts_of(export: CaseExport) -> dict[str, Any]:
    """What the log says of an export: its mark, who gets what, numbers. Nobody's data."""
    return {
        "export": export.reference,
        "form": str(export.format),
        "to_agency": str(export.recipient_id or ""),
        "sections": list(export.held or export.sections),
        "records": export.records,
        "rows": export.rows,
    }
