"""By what whom a referral is about can be compared: keyed digests, nothing without the key."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.models.referral import Referral
from referrals.querysets import ReferralTokensQuerySet


class ReferralTokens(GuardedRecord):
    """Whom a referral is about, as digests of name words, of their sounds and of identifiers.

    One row a referral. Gone when the subject becomes a person of a case, who has tokens of their
    own, and with the referral's words.
    """

    referral = models.OneToOneField(Referral, on_delete=models.CASCADE, related_name="tokens")
    names = ArrayField(models.BinaryField(), default=list)
    sounds = ArrayField(models.BinaryField(), default=list)
    identifiers = ArrayField(models.BinaryField(), default=list)

    objects = scoped_manager(ReferralTokensQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "referral tokens"
        indexes = [
            GinIndex(fields=["sounds"], name="referral_sounds"),
            GinIndex(fields=["identifiers"], name="referral_identifiers"),
        ]

    def __str__(self) -> str:
        return "tokens of a referral"
