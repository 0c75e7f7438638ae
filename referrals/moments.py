"""What a case's timeline tells about the referrals that led to it."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from cases.timeline import Moment
from core.actors import Actor
from referrals.models import Referral
from referrals.selectors import SEALED


def moments_of_case(actor: Actor, case: Case) -> list[Moment]:
    """When each referral of a visible case reached us and when it was accepted."""
    found = (
        Referral.objects.visible_to(actor)
        .filter(case=case)
        .select_related("decided_by")
        .defer(*SEALED)
    )
    told: list[Moment] = []
    for referral in found:
        names = {
            "reference": referral.reference,
            "source": referral.get_source_category_display().lower(),
        }
        url = reverse("referrals:referral", args=[referral.pk])
        told.append(
            Moment(
                at=referral.received_at,
                sentence=_("Referral %(reference)s reached us from: %(source)s.") % names,
                kind="referrals",
                icon="inbox",
                url=url,
            )
        )
        if referral.decided_at:
            told.append(
                Moment(
                    at=referral.decided_at,
                    sentence=_("Referral %(reference)s was accepted into this case.") % names,
                    kind="referrals",
                    icon="accept",
                    who=referral.decided_by.name if referral.decided_by else "",
                    url=url,
                )
            )
    return told


def duty_origin(actor: Actor, referral_id: UUID) -> tuple[str, str] | None:
    """(words, address) of the referral that a duty to report began with, where it is seen."""
    found = Referral.objects.visible_to(actor).filter(pk=referral_id).only("reference").first()
    if found is None:
        return None
    return found.reference, reverse("referrals:referral", args=[found.pk])
