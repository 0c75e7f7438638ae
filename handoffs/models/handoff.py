"""What leaves us for another agency, and what exactly was in it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

from accounts.models import Agency, AgencyType, DataSharingAgreement
from cases.choices import LegalBasis
from cases.models import Case
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord
from core.references import new_reference
from handoffs.choices import (
    UNSENT,
    DeclineReason,
    Kind,
    Outcome,
    Reply,
    ReturnReason,
    RevokedBecause,
    Section,
    Status,
    Urgency,
)
from handoffs.querysets import HandoffHistoryQuerySet, HandoffQuerySet, PackageQuerySet
from vault.fields import EncryptedBytesField, EncryptedJSONField, EncryptedTextField
from vault.opening import told

STEPS: dict[str, tuple[str, ...]] = {
    Status.DRAFT: (Status.PENDING, Status.SENT),
    Status.PENDING: (Status.AUTHORISED, Status.DRAFT),
    Status.AUTHORISED: (Status.SENT, Status.PENDING, Status.DRAFT),
    Status.SENT: (
        Status.ACCEPTED,
        Status.DECLINED,
        Status.NEEDS_INFORMATION,
        Status.REVOKED,
        Status.EXPIRED,
    ),
    Status.NEEDS_INFORMATION: (Status.SENT, Status.REVOKED, Status.EXPIRED),
    Status.ACCEPTED: (Status.COMPLETED, Status.REVOKED),
}


def handoff_reference() -> str:
    return new_reference("H")


@keeps_history("case", "to_agency", "status", "version", queryset=HandoffHistoryQuerySet)
class Handoff(VersionedRecord):
    """One disclosure to one agency. The receiver sees the package, never the case."""

    reference = models.CharField(
        max_length=12, unique=True, default=handoff_reference, editable=False
    )
    kind = models.CharField(max_length=20, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="handoffs")
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="handoffs_sent")
    to_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="handoffs_received"
    )
    agreement = models.ForeignKey(
        DataSharingAgreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Words of the sender's own: sealed, and shown to both sides.
    purpose = EncryptedTextField(owner="handoff", owner_field="id")
    legal_basis = models.CharField(max_length=20, choices=LegalBasis)
    urgency = models.CharField(max_length=10, choices=Urgency, default=Urgency.ROUTINE)
    answer_by = models.DateField()
    sections = ArrayField(models.CharField(max_length=20, choices=Section))
    composed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Whoever changed it or asked for it to leave, beside who composed it.
    author_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    # The second person, and the content they looked at: nothing else leaves by their word.
    authorised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authorised_at = models.DateTimeField(null=True, blank=True)
    authorised_digest = models.BinaryField(default=bytes, blank=True)
    decided_alone = models.BooleanField(default=False)
    return_reason = models.CharField(max_length=20, choices=ReturnReason, blank=True, default="")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    # The day on which whoever has to answer was reminded last.
    reminded_on = models.DateField(null=True, blank=True)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    # What the receiver asks before they answer, and the sender's reply to it.
    question = EncryptedTextField(owner="handoff", owner_field="id", blank=True)
    reply = models.CharField(max_length=12, choices=Reply, blank=True, default="")
    # What came of it; the receiver's sight of the package ends with it.
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True, default="")
    outcome_words = EncryptedTextField(owner="handoff", owner_field="id", blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=12, choices=RevokedBecause, blank=True)
    # Whose yes counted when it left, and what stayed here; what, never why.
    subject_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    withheld = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    # The age recipients it was sealed to: the receiver's keys. Empty: it opens here, as before.
    sealed_to = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    # After this day its sealed file is refused by whoever checks it.
    expires_on = models.DateField(null=True, blank=True)
    # The receiver's first look. From then on a copy may stand in proceedings (R-K2).
    opened_at = models.DateTimeField(null=True, blank=True)
    # The receiver's word that they use nothing of it any more (R-K2).
    stop_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    stop_confirmed_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(HandoffQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [
            models.Index(fields=["to_agency", "status", "answer_by"], name="handoff_desk"),
            models.Index(fields=["case"], name="handoff_of_case"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")), name="handoff_leaves_the_agency"
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(decline_reason=""),
                name="declined_handoff_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(status="completed") | ~Q(outcome="") & Q(completed_at__isnull=False),
                name="completed_handoff_has_an_outcome",
            ),
            models.CheckConstraint(
                condition=Q(stop_confirmed_at__isnull=True)
                | Q(status="revoked", opened_at__isnull=False, stop_confirmed_by__isnull=False),
                name="only_what_ended_is_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNSENT) | Q(sent_at__isnull=False),
                name="sent_handoff_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="authorised")
                | Q(authorised_by__isnull=False, authorised_at__isnull=False)
                & ~Q(authorised_digest=b""),
                name="authorised_handoff_has_a_second_person",
            ),
        ]

    @cached_property
    def purpose_shown(self) -> str:
        """What the receiver needs it for, or the words that stand in its place."""
        return str(told(self, "purpose"))

    @property
    def log_purpose(self) -> str:
        """The basis on which it leaves, as every entry of the log about it says."""
        return str(self.legal_basis)

    def __str__(self) -> str:
        return self.reference

    def _step(self, to: str) -> None:
        if to not in STEPS.get(self.status, ()):
            raise InvalidTransition(
                f"This handoff is “{self.get_status_display()}”; it cannot become "
                f"“{Status(to).label}” now.",
                field="status",
            )
        self.status = to
        self.version += 1

    @property
    def authors(self) -> set[UUID]:
        """Everybody who wrote a part of it or asked for it to leave: none of them authorises it."""
        return {self.composed_by_id, *self.author_ids}

    @property
    def has_left(self) -> bool:
        """Whether it was sent, whatever became of it."""
        return self.status not in UNSENT

    def take_back(self) -> None:
        """It is a draft again, whoever looked at it. Does not save. Raises InvalidTransition."""
        self._step(Status.DRAFT)
        self._clear_authorisation()

    def submit(self, *, by: UUID, at: datetime) -> None:
        """It waits for a second person. Does not save. Raises InvalidTransition."""
        self._step(Status.PENDING)
        self.written_by(by)
        self._clear_authorisation()
        self.submitted_at, self.return_reason = at, ""

    def written_by(self, user_id: UUID) -> None:
        """Note one more author. Does not save."""
        self.author_ids = sorted({*self.author_ids, user_id})

    def authorise(self, *, by: Any, at: datetime, digest: bytes, alone: bool) -> None:
        """A second person stands behind exactly this content. Does not save.

        Raises InvalidTransition.
        """
        self._step(Status.AUTHORISED)
        self.authorised_by, self.authorised_at = by, at
        self.authorised_digest, self.decided_alone = digest, alone

    def give_back(self, *, reason: str) -> None:
        """A second person wants it changed first. Does not save. Raises InvalidTransition."""
        self.take_back()
        self.return_reason = reason

    def _clear_authorisation(self) -> None:
        self.authorised_by, self.authorised_at = None, None
        self.authorised_digest, self.decided_alone = b"", False

    def send(self, *, by: Any, at: datetime) -> None:
        """Let it leave. Does not save. Raises InvalidTransition."""
        self._step(Status.SENT)
        self.sent_by, self.sent_at = by, at

    def accept(self, *, by: Any, at: datetime) -> None:
        """The receiver takes it on. Does not save. Raises InvalidTransition."""
        self._step(Status.ACCEPTED)
        self.answered_by, self.answered_at = by, at

    def decline(self, *, by: Any, at: datetime, reason: str) -> None:
        """The receiver says no. Does not save. Raises InvalidTransition."""
        self._step(Status.DECLINED)
        self.answered_by, self.answered_at, self.decline_reason = by, at, reason

    def ask(self, *, question: str) -> None:
        """The receiver needs more before they answer. Does not save. Raises InvalidTransition."""
        self._step(Status.NEEDS_INFORMATION)
        self.question, self.reply = question, ""

    def answer_question(self, *, reply: str) -> None:
        """It lies before the receiver again. Does not save. Raises InvalidTransition."""
        if self.status != Status.NEEDS_INFORMATION:
            raise InvalidTransition("Nobody asks for more here.", field="status")
        self._step(Status.SENT)
        self.reply = reply

    def complete(self, *, at: datetime, outcome: str, words: str) -> None:
        """What was handed over is done with. Does not save. Raises InvalidTransition."""
        self._step(Status.COMPLETED)
        self.completed_at, self.outcome, self.outcome_words = at, outcome, words

    def revoke(self, *, at: datetime, because: str = RevokedBecause.SENDER) -> None:
        """It ends; copies already opened cannot be called back. Does not save."""
        self._step(Status.REVOKED)
        self.revoked_at, self.revoked_because = at, because

    def expire(self, *, on: date) -> None:
        """Nobody answered it by its last day. Does not save. Raises InvalidTransition."""
        if not self.has_expired(on):
            raise InvalidTransition("Its last day has not passed.", field="status")
        self._step(Status.EXPIRED)

    def has_expired(self, on: date) -> bool:
        """Whether the last day of its package lies before this day."""
        return self.expires_on is not None and self.expires_on < on

    @property
    def has_to_be_stopped(self) -> bool:
        """Ended after its receiver had opened it, and they have not said yet that they stopped."""
        return (
            self.status == Status.REVOKED
            and self.opened_at is not None
            and self.stop_confirmed_at is None
        )

    def confirm_stopped(self, *, by: Any, at: datetime) -> None:
        """The receiver uses nothing of it any more. Does not save. Raises InvalidTransition."""
        if not self.has_to_be_stopped:
            raise InvalidTransition(
                "There is nothing to confirm: this handoff has not ended after it was opened, "
                "or somebody of your agency confirmed it already.",
                field="status",
            )
        self.stop_confirmed_by, self.stop_confirmed_at = by, at
        self.version += 1

    @property
    def may_stand_in_proceedings(self) -> bool:
        """Ended after investigators or prosecutors had opened it: marked, not deleted (R-K2)."""
        return (
            self.status == Status.REVOKED
            and self.opened_at is not None
            and self.to_agency.type
            in (AgencyType.LAW_ENFORCEMENT, AgencyType.PROSECUTION, AgencyType.COURT)
        )


class HandoffPackage(GuardedRecord):
    """What was sent, frozen, under the handoff's own key, and its digest.

    Where the receiving agency has a key of its own it is the sealed file, which this server cannot
    open (`handoffs.sealed_file`); else it is canonical JSON, which opens here for the receiver.

    The application may insert it and never change it (see walls).
    """

    handoff = models.OneToOneField(Handoff, on_delete=models.PROTECT, related_name="package")
    content = EncryptedJSONField(owner="handoff")
    sealed = EncryptedBytesField(owner="handoff", blank=True)
    # SHA-256 of the RFC 8785 form of the content, or of the sealed file's manifest; stands in the
    # audit log too.
    digest = models.BinaryField()
    # SHA-256 of the sealed file; empty where there is none.
    file_digest = models.BinaryField(default=bytes, blank=True)

    objects = scoped_manager(PackageQuerySet)

    def __str__(self) -> str:
        return f"package of {self.handoff_id}"
