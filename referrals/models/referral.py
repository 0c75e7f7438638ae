"""What reaches the organisation, and how it is decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Agency, Team
from cases.choices import LegalBasis
from cases.models import Case, Person
from core.choices import Side, YesNoUnknown
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import VersionedRecord
from core.references import new_reference
from referrals import clocks
from referrals.choices import (
    Channel,
    ContentOrigin,
    DeclineReason,
    DetectionMethod,
    HarmType,
    Outcome,
    OverrideReason,
    SourceCategory,
    Status,
)
from referrals.models.imports import ImportBatch
from referrals.models.routing import RoutingRule
from referrals.querysets import ReferralQuerySet
from vault.fields import EncryptedJSONField, EncryptedTextField

# domain.md 3.2: from → to. A reopened referral that has a case goes on in its case, since nobody
# can be taken out of it by deciding anew.
STEPS: dict[str, tuple[str, ...]] = {
    Status.RECEIVED: (Status.IN_TRIAGE, Status.WITHDRAWN),
    Status.IN_TRIAGE: (
        Status.NEEDS_INFORMATION,
        Status.ACCEPTED,
        Status.DECLINED,
        Status.REDIRECTED,
        Status.DUPLICATE,
    ),
    Status.NEEDS_INFORMATION: (Status.IN_TRIAGE, Status.DECLINED, Status.WITHDRAWN),
    Status.ACCEPTED: (Status.LINKED_TO_CASE,),
    Status.LINKED_TO_CASE: (Status.CLOSED,),
    Status.DECLINED: (Status.CLOSED,),
    Status.REDIRECTED: (Status.CLOSED,),
    # Back in triage where it was not the same after all.
    Status.DUPLICATE: (Status.CLOSED, Status.IN_TRIAGE),
    Status.CLOSED: (Status.IN_TRIAGE, Status.LINKED_TO_CASE),
}
OPEN = (Status.RECEIVED, Status.IN_TRIAGE, Status.NEEDS_INFORMATION)
DECIDED = (Status.LINKED_TO_CASE, Status.DECLINED, Status.REDIRECTED, Status.DUPLICATE)


def referral_reference() -> str:
    return new_reference("R")


@keeps_history(
    "status", "team", "assigned_to", "content_origin", "immediate_danger", "case", "version"
)
class Referral(VersionedRecord):
    """Something that reached us about a child at risk; what leaves us is a handoff."""

    reference = models.CharField(
        max_length=12, unique=True, default=referral_reference, editable=False
    )
    status = models.CharField(max_length=20, choices=Status, default=Status.RECEIVED)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="referrals")
    # The rule that said which team takes it, and why somebody chose otherwise.
    routed_by = models.ForeignKey(
        RoutingRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    override_reason = models.CharField(max_length=20, choices=OverrideReason, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()
    source_category = models.CharField(max_length=30, choices=SourceCategory)
    source_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_name = models.CharField(max_length=200, blank=True)
    source_reference = EncryptedTextField(owner="referral", owner_field="id")
    # Keyed digest of category and reference (`referrals.numbers`): the same report twice is found.
    reference_digest = models.BinaryField(null=True, blank=True)
    originating_country = models.CharField(max_length=2, blank=True)
    side = models.CharField(max_length=10, choices=Side, default=Side.SOURCE)
    detection_method = models.CharField(
        max_length=30, choices=DetectionMethod, default=DetectionMethod.UNKNOWN
    )
    harm_types = ArrayField(models.CharField(max_length=30, choices=HarmType), default=list)
    content_origin = models.CharField(max_length=40, choices=ContentOrigin)
    children_estimate = models.PositiveSmallIntegerField(null=True, blank=True)
    immediate_danger = models.CharField(max_length=12, choices=YesNoUnknown)
    country = models.CharField(max_length=2, blank=True)
    admin1 = models.CharField(max_length=80, blank=True)
    legal_basis = models.CharField(max_length=20, choices=LegalBasis)
    # L3: the least that lets the desk decide.
    summary = EncryptedTextField(owner="referral", owner_field="id")
    # Who it is about, as far as the source said; HTCDS names → values. Moves to the vault's
    # person key when the referral becomes a case.
    subject = EncryptedJSONField(owner="referral", owner_field="id")
    # Who the subject became, so that an erasure of theirs reaches this referral too.
    subject_person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by_way_of = models.CharField(max_length=20, choices=Channel, blank=True)
    triaged_at = models.DateTimeField(null=True, blank=True)
    # Who started the triage, whoever it was given to since: the two-person rule asks for it.
    triaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The clock stands still while a question to the source is open.
    waiting_since = models.DateTimeField(null=True, blank=True)
    waited = models.DurationField(default=timedelta)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decline_reason = models.CharField(max_length=30, choices=DeclineReason, blank=True)
    # Why, in the words of whoever decided last. L3, like the summary.
    decision_note = EncryptedTextField(owner="referral", owner_field="id", blank=True)
    redirected_to = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    redirected_to_name = models.CharField(max_length=200, blank=True)
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="duplicates"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )
    outcome = models.CharField(max_length=30, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    import_batch = models.ForeignKey(
        ImportBatch, on_delete=models.PROTECT, null=True, blank=True, related_name="referrals"
    )

    objects = scoped_manager(ReferralQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-received_at",)
        indexes = [
            models.Index(fields=["team", "status", "-received_at"], name="referral_queue"),
            models.Index(fields=["case"], name="referral_of_case", condition=Q(case__isnull=False)),
            models.Index(
                fields=["reference_digest"],
                name="referral_by_number",
                condition=Q(reference_digest__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="linked_to_case") | Q(case__isnull=False),
                name="linked_referral_has_a_case",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""),
                name="declined_referral_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="redirected")
                | Q(redirected_to__isnull=False)
                | ~Q(redirected_to_name=""),
                name="redirected_referral_says_where",
            ),
            models.CheckConstraint(
                condition=~Q(status="duplicate") | Q(duplicate_of__isnull=False),
                name="duplicate_referral_says_of_which",
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True) | ~Q(duplicate_of=F("id")),
                name="no_referral_repeats_itself",
            ),
            models.CheckConstraint(
                condition=Q(status="needs_information", waiting_since__isnull=False)
                | (~Q(status="needs_information") & Q(waiting_since__isnull=True)),
                name="clock_stands_still_while_the_source_is_asked",
            ),
            models.CheckConstraint(
                condition=Q(override_reason="") | Q(routed_by__isnull=False),
                name="overridden_referral_says_which_rule",
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | (Q(closed_at__isnull=False) & ~Q(outcome="")),
                name="closed_referral_has_an_outcome",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def in_danger(self) -> bool:
        return self.immediate_danger == YesNoUnknown.YES

    @property
    def clock_started_at(self) -> datetime:
        """When our time began: at receipt; for a row of a sheet, whose date may be years old, when
        the sheet was taken in."""
        return self.created_at if self.import_batch_id else self.received_at

    @property
    def acknowledge_due(self) -> datetime:
        """When the source should have heard that it reached us."""
        return clocks.due_after(self.clock_started_at, clocks.acknowledge_within())

    @property
    def triage_due(self) -> datetime:
        """When it should have been decided (domain.md 3.2): an hour after the clock started in
        danger, else three working days, moved on by as long as the source was asked."""
        started = self.clock_started_at + self.waited
        if self.in_danger:
            return started + clocks.danger_within()
        return clocks.due_after(started, clocks.triage_within())

    @property
    def is_waiting(self) -> bool:
        """Whether somebody of the desk has to decide."""
        return self.status in (Status.RECEIVED, Status.IN_TRIAGE)

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether a source still waits to hear that it reached us. The rows of a sheet do not."""
        return self.status in OPEN and not self.acknowledged_at and not self.import_batch_id

    def is_overdue(self, at: datetime) -> bool:
        return self.is_waiting and at > self.triage_due

    def _step(self, to: str, *, only_from: str = "") -> None:
        if to not in STEPS.get(self.status, ()) or (only_from and self.status != only_from):
            raise InvalidTransition(
                _("This referral is “%(status)s” by now. Look at it again before you go on.")
                % {"status": self.get_status_display()},
                field="status",
            )
        self.status = to
        self.version += 1

    def acknowledge(self, *, at: datetime, way: str) -> None:
        """The source was told. Does not save. Raises InvalidTransition."""
        if not self.needs_acknowledgement:
            raise InvalidTransition(_("Its source has been told already, or nobody waits."))
        self.acknowledged_at, self.acknowledged_by_way_of = at, way
        self.version += 1

    def start_triage(self, *, by: Any, at: datetime) -> None:
        """Take it off the queue. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_TRIAGE, only_from=Status.RECEIVED)
        self.assigned_to = self.triaged_by = by
        self.triaged_at = at

    def wait_for_source(self, *, at: datetime) -> None:
        """A question is open: the clock stops. Does not save. Raises InvalidTransition."""
        self._step(Status.NEEDS_INFORMATION)
        self.waiting_since = at

    def go_on(self, *, at: datetime) -> None:
        """The source answered: the clock goes on. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_TRIAGE, only_from=Status.NEEDS_INFORMATION)
        self._stop_waiting(at)

    def _stop_waiting(self, at: datetime) -> None:
        if self.waiting_since is not None:
            self.waited += at - self.waiting_since
            self.waiting_since = None

    def accept(self, *, by: Any, at: datetime) -> None:
        """Decide that it is ours. Does not save. Raises InvalidTransition."""
        self._step(Status.ACCEPTED)
        self.decided_by, self.decided_at = by, at

    def link_to(self, case: Case) -> None:
        """Tie the accepted referral to its case. Does not save. Raises InvalidTransition."""
        self._step(Status.LINKED_TO_CASE)
        self.case = case

    def decline(self, *, by: Any, at: datetime, reason: str) -> None:
        """Decide that it is not ours. Does not save. Raises InvalidTransition."""
        self._step(Status.DECLINED)
        self._stop_waiting(at)
        self.decided_by, self.decided_at, self.decline_reason = by, at, reason

    def redirect(self, *, by: Any, at: datetime, agency: Agency | None, name: str) -> None:
        """Decide that it is another agency's. Does not save. Raises InvalidTransition."""
        self._step(Status.REDIRECTED)
        self.decided_by, self.decided_at = by, at
        self.redirected_to, self.redirected_to_name = agency, name

    def repeat(self, *, by: Any, at: datetime, of: Referral) -> None:
        """Decide that it tells what `of` told. Does not save. Raises InvalidTransition."""
        self._step(Status.DUPLICATE)
        self.decided_by, self.decided_at, self.duplicate_of = by, at, of

    def withdraw(self, *, by: Any, at: datetime) -> None:
        """The source took it back. Does not save. Raises InvalidTransition."""
        self._step(Status.WITHDRAWN)
        self._stop_waiting(at)
        self.decided_by, self.decided_at = by, at

    def close(self, *, by: Any, at: datetime, outcome: str) -> None:
        """Nothing is left to do. Does not save. Raises InvalidTransition."""
        self._step(Status.CLOSED)
        self.closed_by, self.closed_at, self.outcome = by, at, outcome

    def reopen(self, *, at: datetime) -> None:
        """Take it up again, as on the day it came. Does not save. Raises InvalidTransition."""
        back_to = Status.LINKED_TO_CASE if self.case_id else Status.IN_TRIAGE
        self._step(back_to, only_from=Status.CLOSED)
        self.closed_at = self.closed_by = None
        self.outcome = ""
        if not self.case_id:
            self._undecide(at)

    def unlink(self, *, at: datetime) -> None:
        """It was not told before after all. Does not save. Raises InvalidTransition."""
        self._step(Status.IN_TRIAGE, only_from=Status.DUPLICATE)
        self._undecide(at)

    def _undecide(self, at: datetime) -> None:
        self.decided_at = self.decided_by = None
        self.decline_reason = self.redirected_to_name = ""
        self.redirected_to = self.duplicate_of = None
        # What counts now is the time since it came back, not the years it lay closed.
        self.waited = at - self.clock_started_at
