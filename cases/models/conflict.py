"""Who must not work on a case, because they are close to somebody in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import ConflictRelation
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import ConflictBlockQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField


class ConflictBlock(GuardedRecord):
    """Hides a case from somebody, whatever grants they hold (R-A4).

    With a person, it hides every case that person is in, those they join later too.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conflicts"
    )
    relation = models.CharField(max_length=20, choices=ConflictRelation)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    why_lifted = EncryptedTextField(owner="case")

    objects = scoped_manager(ConflictBlockQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["user"], condition=Q(lifted_at=None), name="conflicts_in_force")
        ]

    def __str__(self) -> str:
        return f"conflict of {self.user_id}"
