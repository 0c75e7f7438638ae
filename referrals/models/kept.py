"""Lists of the queue that somebody keeps, and how often they want to hear of them."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from core.querysets import scoped_manager
from core.records import GuardedRecord
from referrals.choices import Digest, SourceCategory
from referrals.querysets import KeptListQuerySet


class KeptList(GuardedRecord):
    """What somebody asks the queue for again and again. Codes only; theirs alone."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    show = models.CharField(max_length=20)
    source_category = models.CharField(max_length=30, choices=SourceCategory, blank=True)
    country = models.CharField(max_length=2, blank=True)
    digest = models.CharField(max_length=10, choices=Digest, default=Digest.NEVER)
    # The day of the last digest, where the house stands.
    told_on = models.DateField(null=True, blank=True)

    objects = scoped_manager(KeptListQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "show", "source_category", "country"], name="a_list_is_kept_once"
            ),
        ]

    def __str__(self) -> str:
        return f"kept list {self.show}"
