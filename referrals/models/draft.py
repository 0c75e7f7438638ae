"""A referral that is not logged yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.models.imports import SealedForTheSystem
from referrals.querysets import ReferralDraftQuerySet
from vault.fields import EncryptedJSONField


class ReferralDraft(SealedForTheSystem, GuardedRecord):
    """What stands in somebody's form: theirs alone, one each, sealed, gone after two weeks."""

    author = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    # The answers as typed, by field name.
    content = EncryptedJSONField(owner="system")
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    objects = scoped_manager(ReferralDraftQuerySet)

    class Meta(GuardedRecord.Meta):
        pass

    def __str__(self) -> str:
        return "draft of a referral"
