"""What a person's copy tells of referrals: what a source told us about them."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from cases.models import CaseParticipant
from cases.selectors.copy_parts import Facts, Part
from core.actors import Actor
from core.ui.dates import spell
from referrals.models import Referral
from referrals.policies import can_read_summary
from referrals.selectors.page import subject_facts
from vault.opening import told


def told_by_sources(actor: Actor, place: CaseParticipant) -> Part | None:
    """What reached us about the person, on which day; the words for those who may read them."""
    facts: Facts = []
    texts = []
    found = Referral.objects.visible_to(actor).filter(
        case_id=place.case_id, subject_person_id=place.person_id
    )
    for referral in found.order_by("received_at"):
        day = timezone.localdate(referral.received_at)
        facts.append((spell(day), str(referral.get_source_category_display())))
        if not can_read_summary(actor):
            continue
        subject = told(referral, "subject")
        # Where it does not open, the words that say so.
        facts += (
            subject_facts(subject) if isinstance(subject, dict) else [(_("About you"), subject)]
        )
        texts.append((day, _("What they told us"), str(told(referral, "summary"))))
    if not facts:
        return None
    return Part(_("What others told us about you"), facts, [text for text in texts if text[2]])
