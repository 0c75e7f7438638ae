"""Releases: numbers frozen with the definitions and the date they were true on."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Agency
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import ONLY_IN_ACT, GuardedRecord, VersionedRecord
from core.references import new_reference
from reporting.choices import FailureReason, Status, Tier
from reporting.measures import Period
from reporting.querysets import ChargeQuerySet, PublicReportQuerySet, ReleaseQuerySet

STEPS: dict[str, tuple[str, ...]] = {
    Status.REQUESTED: (Status.COMPUTING, Status.WITHDRAWN),
    # A worker that died leaves it computing; the next one starts it again.
    Status.COMPUTING: (Status.COMPUTING, Status.IN_REVIEW, Status.FAILED, Status.WITHDRAWN),
    Status.IN_REVIEW: (Status.PUBLISHED, Status.WITHDRAWN),
    Status.PUBLISHED: (Status.WITHDRAWN,),
}


def release_reference() -> str:
    return new_reference("T")


def _change_of(*fields: str) -> pgtrigger.Q:
    changes = (pgtrigger.Q(**{f"old__{f}__df": pgtrigger.F(f"new__{f}")}) for f in fields)
    return reduce(or_, changes)


def _fixed(name: str, condition: pgtrigger.Q) -> pgtrigger.Trigger:
    """A trigger that refuses the change, whoever asks."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=condition,
        func="RAISE EXCEPTION 'what a release says is fixed' "
        "USING ERRCODE = 'insufficient_privilege';",
    )


class StatisticsRelease(VersionedRecord):
    """Tables of a period as known at `as_of`. Once computed, its payload never changes."""

    reference = models.CharField(
        max_length=12, unique=True, default=release_reference, editable=False
    )
    title = models.CharField(max_length=160)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="releases")
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.PARTNER)
    measures = ArrayField(models.CharField(max_length=12))
    period_start = models.DateField()
    # The last day that counts.
    period_end = models.DateField()
    as_of = models.DateTimeField(null=True, blank=True)
    threshold = models.PositiveSmallIntegerField(default=10)
    status = models.CharField(max_length=20, choices=Status, default=Status.REQUESTED)
    failed_because = models.CharField(max_length=20, choices=FailureReason, blank=True)
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
    # What the public may read is looked over by a survivor advisor first (R-S2).
    advised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    advised_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = scoped_manager(ReleaseQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        triggers = [
            ONLY_IN_ACT,
            pgtrigger.FSM(
                name="steps_in_order",
                field="status",
                transitions=[(start, end) for start, ends in STEPS.items() for end in ends],
            ),
            _fixed(
                "request_is_fixed",
                _change_of(
                    "reference",
                    "title",
                    "agency",
                    "tier",
                    "measures",
                    "period_start",
                    "period_end",
                    "threshold",
                    "requested_by",
                ),
            ),
            _fixed(
                "payload_is_frozen",
                pgtrigger.Q(old__payload__isnull=False)
                & _change_of("payload", "digest", "as_of", "cells_hidden"),
            ),
            _fixed(
                "approval_is_fixed",
                pgtrigger.Q(old__approved_by__isnull=False)
                & _change_of("approved_by", "published_at"),
            ),
            _fixed(
                "advice_is_fixed",
                pgtrigger.Q(old__advised_by__isnull=False) & _change_of("advised_by", "advised_at"),
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
                | Q(approved_by__isnull=False, published_at__isnull=False),
                name="published_release_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("requested_by")),
                name="author_does_not_approve",
            ),
            models.CheckConstraint(
                condition=Q(advised_by__isnull=True, advised_at__isnull=True)
                | (
                    Q(advised_by__isnull=False, advised_at__isnull=False)
                    & ~Q(advised_by=F("requested_by"))
                ),
                name="author_does_not_advise",
            ),
            models.CheckConstraint(
                condition=~Q(status="published", tier="public")
                | (Q(advised_by__isnull=False) & ~Q(advised_by=F("approved_by"))),
                name="public_release_is_advised",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
                name="withdrawn_release_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="failed") | (Q(payload__isnull=True) & ~Q(failed_because="")),
                name="failed_release_says_why_and_holds_nothing",
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

    @property
    def period(self) -> Period:
        """The days that count, cut into quarters or half-years."""
        return Period.covering(self.period_start, self.period_end)

    @property
    def has_figures(self) -> bool:
        """Whether there is something to look at: computed and not taken back."""
        return self.status in (Status.IN_REVIEW, Status.PUBLISHED)

    @property
    def is_under_way(self) -> bool:
        return self.status in (Status.REQUESTED, Status.COMPUTING)

    def start(self) -> None:
        """Begin, or begin again after a crash. Does not save. Raises InvalidTransition."""
        self._step(Status.COMPUTING)

    def fail(self, *, because: FailureReason) -> None:
        """Does not save. Raises InvalidTransition."""
        self._step(Status.FAILED)
        self.failed_because = because

    def freeze(self, *, payload: bytes, digest: bytes, cells_hidden: int, as_of: datetime) -> None:
        """Take the computed tables, once and for all. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_REVIEW)
        self.payload, self.digest, self.as_of = payload, digest, as_of
        self.cells_hidden = cells_hidden

    def publish(self, *, by: Any, at: datetime) -> None:
        """Let others read it. Does not save. Raises InvalidTransition."""
        self._step(Status.PUBLISHED)
        self.approved_by, self.published_at = by, at

    def advise(self, *, by: Any, at: datetime) -> None:
        """Take the survivor advisor's word that the public may read it. Does not save.

        Raises InvalidTransition: nobody waits for it.
        """
        if self.status != Status.IN_REVIEW or self.tier != Tier.PUBLIC or self.advised_by_id:
            raise InvalidTransition(
                _("This report does not wait for a survivor advisor now."), field="status"
            )
        self.advised_by, self.advised_at = by, at
        self.version += 1

    def withdraw(self, *, reason: str, at: datetime) -> None:
        """Take it back, with the reason readers get. Does not save. Raises InvalidTransition."""
        self._step(Status.WITHDRAWN)
        self.withdrawn_reason, self.withdrawn_at = reason, at


class PrivacyCharge(GuardedRecord):
    """What a public release may cost the people it counts; written before any noise is drawn.

    Never changed, never given back, not even when the release fails or is withdrawn: somebody may
    have seen it. `rho` adds up; it is kept in whole billionths so that no sum rounds it away.
    """

    release = models.OneToOneField(
        StatisticsRelease, on_delete=models.PROTECT, related_name="charge"
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # A person falls in one period of a population (`reporting.populations`), by its own date.
    population = models.CharField(max_length=12)
    period_start = models.DateField()
    period_end = models.DateField()
    rho_billionths = models.PositiveBigIntegerField()

    objects = scoped_manager(ChargeQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(rho_billionths__gt=0), name="a_charge_costs_something"
            ),
            models.CheckConstraint(
                condition=Q(period_end__gte=F("period_start")), name="charged_period_ends_last"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.population} {self.period_start} {self.period_end}"


class PublicReport(GuardedRecord):
    """What the public reads: a copy of the published document, in a table that holds nothing else.

    The pages without sign-in read this table alone, so that no mistake of theirs can show a report
    that is not published.
    """

    release = models.OneToOneField(
        StatisticsRelease, on_delete=models.PROTECT, related_name="public_report"
    )
    reference = models.CharField(max_length=12, unique=True)
    document = models.BinaryField()
    digest = models.BinaryField()
    published_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = scoped_manager(PublicReportQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-published_at",)
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_reason=""),
                name="withdrawn_report_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
