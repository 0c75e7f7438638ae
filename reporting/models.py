"""Releases: numbers frozen with the definitions and the date they were true on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import ONLY_IN_ACT, VersionedRecord
from core.references import new_reference
from reporting.choices import Status
from reporting.querysets import ReleaseQuerySet

STEPS: dict[str, tuple[str, ...]] = {
    Status.REQUESTED: (Status.COMPUTING, Status.FAILED),
    Status.COMPUTING: (Status.IN_REVIEW, Status.FAILED),
    Status.IN_REVIEW: (Status.PUBLISHED, Status.WITHDRAWN),
    Status.PUBLISHED: (Status.WITHDRAWN,),
}


def release_reference() -> str:
    return new_reference("T")


class StatisticsRelease(VersionedRecord):
    """Tables of a period as known at `as_of`. Once computed, its payload never changes."""

    reference = models.CharField(
        max_length=12, unique=True, default=release_reference, editable=False
    )
    title = models.CharField(max_length=160)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="releases")
    measures = ArrayField(models.CharField(max_length=12))
    period_start = models.DateField()
    # The last day that counts.
    period_end = models.DateField()
    as_of = models.DateTimeField(null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(default=10)
    status = models.CharField(max_length=20, choices=Status, default=Status.REQUESTED)
    # RFC 8785 bytes, so that asking again gives the same bytes.
    payload = models.BinaryField(null=True, blank=True)
    digest = models.BinaryField(null=True, blank=True)
    cells_hidden = models.PositiveIntegerField(default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = scoped_manager(ReleaseQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        triggers = [
            ONLY_IN_ACT,
            pgtrigger.Trigger(
                name="payload_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__payload__isnull=False)
                & (
                    pgtrigger.Q(old__payload__df=pgtrigger.F("new__payload"))
                    | pgtrigger.Q(old__digest__df=pgtrigger.F("new__digest"))
                    | pgtrigger.Q(old__as_of__df=pgtrigger.F("new__as_of"))
                ),
                func="RAISE EXCEPTION 'a computed release is frozen' "
                "USING ERRCODE = 'insufficient_privilege';",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="period_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("in_review", "published"))
                | Q(payload__isnull=False, digest__isnull=False, as_of__isnull=False),
                name="reviewed_release_is_computed",
            ),
            models.CheckConstraint(
                condition=~Q(status="published")
                | (Q(approved_by__isnull=False) & ~Q(approved_by=F("requested_by"))),
                name="author_does_not_approve",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def _step(self, to: str) -> None:
        if to not in STEPS.get(self.status, ()):
            raise InvalidTransition(
                f"This release is “{self.get_status_display()}”; it cannot become "
                f"“{Status(to).label}” now.",
                field="status",
            )
        self.status = to
        self.version += 1

    def start(self) -> None:
        """Does not save. Raises InvalidTransition."""
        self._step(Status.COMPUTING)

    def fail(self) -> None:
        """Does not save. Raises InvalidTransition."""
        self._step(Status.FAILED)

    def freeze(self, *, payload: bytes, digest: bytes, cells_hidden: int, as_of: datetime) -> None:
        """Take the computed tables, once and for all. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_REVIEW)
        self.payload, self.digest, self.as_of = payload, digest, as_of
        self.cells_hidden = cells_hidden

    def publish(self, *, by: Any, at: datetime) -> None:
        """Let others read it. Does not save. Raises InvalidTransition."""
        self._step(Status.PUBLISHED)
        self.approved_by, self.published_at = by, at

    def withdraw(self, *, reason: str) -> None:
        """Take it back, with the reason readers get. Does not save. Raises InvalidTransition."""
        self._step(Status.WITHDRAWN)
        self.withdrawn_reason = reason
