"""Suspected abuse material: what was done about it, step by step. Never the material itself."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from accounts.models import Agency
from cases.choices import FoundWhere, MaterialStep
from cases.models.case import Case
from cases.querysets import MaterialQuerySet, MaterialStepQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedTextField
from vault.system import SYSTEM_OWNER


class MaterialFound(GuardedRecord):
    """Somebody came upon what may be abuse material, in a case or outside any."""

    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    where = models.CharField(max_length=10, choices=FoundWhere)
    is_closed = models.BooleanField(default=False)

    objects = scoped_manager(MaterialQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        verbose_name_plural = "material found"

    def __str__(self) -> str:
        return "suspected material"


class MaterialStepTaken(GuardedRecord):
    """One step of the protocol, when and by whom, with the receipt of whoever took it over."""

    material = models.ForeignKey(MaterialFound, on_delete=models.PROTECT, related_name="steps")
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=24, choices=MaterialStep)
    happened_at = models.DateTimeField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Who took it, and the number of their receipt: outside any case, so the system's key seals it.
    authority = EncryptedTextField(owner="system", owner_field="system_owner")
    receipt = EncryptedTextField(owner="system", owner_field="system_owner")

    objects = scoped_manager(MaterialStepQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [models.UniqueConstraint(fields=["material", "step"], name="each_step_once")]

    def __str__(self) -> str:
        return self.step

    @property
    def system_owner(self) -> uuid.UUID:
        return SYSTEM_OWNER[1]
