"""That a referral of one team may be about somebody whom another team knows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Team
from cases.models import Case, Person
from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import MatchAnswer, MatchReason
from referrals.models.referral import Referral
from referrals.querysets import HiddenMatchQuerySet


class HiddenMatch(GuardedRecord):
    """Told to the team that has the other record, and to nobody else until it asks to talk.

    Written by the database alone (`referrals.hidden_walls`), which looks where nobody may.
    """

    # What was told anew; its code and team stand here too, since whoever answers does not see it.
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="hidden_matches")
    reference = models.CharField(max_length=12)
    told_by = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # What was there before: a referral, or a person of a case; and whose it is.
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    ours = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    why = models.CharField(max_length=20, choices=MatchReason)
    answer = models.CharField(max_length=20, choices=MatchAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(HiddenMatchQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "hidden matches"
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "ours"], name="a_hidden_match_is_told_of_once"
            ),
            models.UniqueConstraint(
                fields=["referral", "case", "person"], name="a_hidden_person_is_told_of_once"
            ),
            models.CheckConstraint(
                condition=Q(ours__isnull=False, case__isnull=True, person__isnull=True)
                | Q(ours__isnull=True, case__isnull=False, person__isnull=False),
                name="hidden_match_is_a_referral_or_a_person",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, answered_by__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False, answered_by__isnull=False)),
                name="answered_match_says_by_whom",
            ),
        ]

    def __str__(self) -> str:
        return f"hidden match of {self.reference}"
