"""What a person's copy tells of handoffs: to whom something was given, and when."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import CaseParticipant
from cases.selectors.copy_parts import Part
from core.actors import Actor
from core.ui.dates import spell
from handoffs.models import EmergencyDisclosure, Handoff


def given_to(actor: Actor, place: CaseParticipant) -> Part | None:
    """The organisations that were given something of the case."""
    sent = (
        Handoff.objects.visible_to(actor)
        .filter(case_id=place.case_id, sent_at__isnull=False)
        .select_related("to_agency")
        .order_by("sent_at")
    )
    facts = [
        (
            spell(timezone.localdate(handoff.sent_at)),
            f"{handoff.to_agency.name} ({handoff.get_legal_basis_display()})",
        )
        for handoff in sent
    ]
    told = (
        EmergencyDisclosure.objects.visible_to(actor)
        .filter(case_id=place.case_id)
        .select_related("to_agency")
    )
    facts += [
        (
            spell(timezone.localdate(one.told_at)),
            _("%(agency)s (told at once, to save a life)") % {"agency": one.to_agency.name},
        )
        for one in told
    ]
    return Part(_("To whom we gave something about your case"), facts) if facts else None
