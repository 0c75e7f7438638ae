"""What a partner's system submitted, known again by the key it sent along."""

from __future__ import annotations

from django.db import models

from accounts.models import PartnerSystem
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.models.referral import Referral
from referrals.querysets import PartnerSubmissionQuerySet


class PartnerSubmission(GuardedRecord):
    """One key of one system, and the referral made under it: the same key makes no second one.

    Holds digests alone (`referrals.services.submitting`); dropped after
    `LIWANAG_SUBMISSION_KEY_DAYS`.
    """

    system = models.ForeignKey(PartnerSystem, on_delete=models.PROTECT, related_name="submissions")
    key_digest = models.BinaryField()
    body_digest = models.BinaryField()
    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="submission")

    objects = scoped_manager(PartnerSubmissionQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["system", "key_digest"], name="one_referral_for_a_key_of_a_system"
            )
        ]

    def __str__(self) -> str:
        return f"submission of {self.system_id}"
