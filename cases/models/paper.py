"""Papers: what exists, who signed it and where the original lies. Without a file by default."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cases.choices import KEEPABLE, PaperKind
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import PaperQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField


class Paper(GuardedRecord):
    """A paper that exists somewhere. About one person alone: sealed under that person's key.

    Whatever rests on a paper (a consent, an order, a placement) points here.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="papers"
    )
    kind = models.CharField(max_length=20, choices=PaperKind)
    # The day it bears; papers without one exist.
    dated_on = models.DateField(null=True, blank=True)
    reference = EncryptedTextField(owner="person", otherwise="case")
    signatories = EncryptedTextField(owner="person", otherwise="case")
    original_at = EncryptedTextField(owner="person", otherwise="case")
    registered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = scoped_manager(PaperQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.kind} of {self.case_id}"

    @property
    def may_have_a_file(self) -> bool:
        return self.kind in KEEPABLE
