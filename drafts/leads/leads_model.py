"""What a child or a reporter told that leads to an account: sealed on entry, for the police alone."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import Platform
from cases.models import Case
from core.querysets import scoped_manager
from core.records import GuardedRecord
from handoffs.choices import LeadKind, LeadToldBy
from handoffs.models.handoff import Handoff
from handoffs.querysets import LeadQuerySet
from referrals.models import Referral
from vault.fields import EncryptedTextField


class LeadIdentifier(GuardedRecord):
    """One screen name, number, wallet or link.

    Write-only: the application may not even read the column (`lead_walls`). The database hands it
    out once more, to whoever sends a sealed handoff to the police; after its receipt it is gone,
    with the key of its own that it was sealed under.
    """

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Where it came in before there was a case; it goes along when the referral becomes one.
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=LeadKind)
    platform = models.CharField(max_length=20, choices=Platform, blank=True)
    told_by = models.CharField(max_length=10, choices=LeadToldBy)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    value = EncryptedTextField(owner="handoff", owner_field="id")
    released_in = models.ForeignKey(
        Handoff, on_delete=models.PROTECT, null=True, blank=True, related_name="leads"
    )
    purged_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(LeadQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=True, referral__isnull=False)
                | Q(case__isnull=False, referral__isnull=True),
                name="lead_is_of_a_case_or_a_referral",
            ),
            models.CheckConstraint(
                condition=Q(purged_at=None) | Q(value=b""), name="purged_lead_holds_nothing"
            ),
        ]

    def __str__(self) -> str:
        return "lead identifier"
