"""What everybody who opens a case is to mind until a day on which it is looked at again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.choices.flag import FlagKind
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import FlagQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import VersionedRecord
from vault.fields import EncryptedTextField

USER = settings.AUTH_USER_MODEL


class CaseFlag(VersionedRecord):
    """Raised with a day on which it is looked at again, and lowered with what came of it.

    A crisis is no flag of this kind: it opens the safety plan first (`CrisisFlag`).
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="flags")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="flags"
    )
    kind = models.CharField(max_length=10, choices=FlagKind)
    why = EncryptedTextField(owner="person", otherwise="case")
    review_on = models.DateField()
    raised_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    lowered_by = models.ForeignKey(
        USER, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    lowered_at = models.DateTimeField(null=True, blank=True)
    what_came = EncryptedTextField(owner="person", otherwise="case")

    objects = scoped_manager(FlagQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("review_on", "created_at")
        indexes = [
            models.Index(
                fields=["case", "review_on"], condition=Q(lowered_at=None), name="flags_raised"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(lowered_at__isnull=True, lowered_by__isnull=True)
                | Q(lowered_at__isnull=False, lowered_by__isnull=False),
                name="lowered_flag_says_by_whom",
            )
        ]

    def __str__(self) -> str:
        return f"flag: {self.kind}"

    def is_due(self, on: date) -> bool:
        return self.lowered_at is None and self.review_on <= on

    def look_again(self, on: date) -> None:
        """It stays, until a later day. Does not save. Raises InvalidTransition."""
        self._must_be_raised()
        self.review_on = on
        self.version += 1

    def lower(self, *, by: Any, at: datetime) -> None:
        """It is seen to. Does not save. Raises InvalidTransition."""
        self._must_be_raised()
        self.lowered_by_id, self.lowered_at = by.pk, at
        self.version += 1

    def _must_be_raised(self) -> None:
        if self.lowered_at is not None:
            raise InvalidTransition(_("This flag was lowered before."))
