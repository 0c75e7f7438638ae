"""The referrals' step of an erasure: what the source told of the person."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.erasing import Erasing, ErasureStep, register_erasure
from referrals.models import Referral


def erase_referrals(erasing: Erasing) -> int:
    """Empty the referrals that became this person, and end their keys: old copies held the name."""
    found = list(Referral.objects.filter(subject_person=erasing.person))
    for referral in found:
        referral.subject, referral.summary, referral.source_reference = {}, "", ""
        referral.save(update_fields=["subject", "summary", "source_reference"])
        erasing.keys.add(("referral", referral.pk))
    return len(found)


def register() -> None:
    register_erasure(
        ErasureStep(
            "referrals", _("Referrals about the person"), ("referrals.Referral",), erase_referrals
        )
    )
