"""What somebody agreed to, and the other grounds on which something may leave."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from cases.choices import (
    AskAgain,
    ChildAssent,
    ConsentMethod,
    ConsentStatus,
    DataCategory,
    GivenBy,
    GroundStatus,
    InformationPoint,
    InterpreterUse,
    LegalBasis,
    Scope,
)
from cases.models.case import Case
from cases.models.person import Person
from cases.querysets import ConsentQuerySet, LegalGroundQuerySet
from core.errors import InvalidTransition
from core.history import keeps_history
from core.querysets import scoped_manager
from core.records import VersionedRecord
from core.references import new_reference
from vault.fields import EncryptedTextField

CONSENT_STEPS: dict[str, tuple[str, ...]] = {
    ConsentStatus.DRAFT: (ConsentStatus.ACTIVE, ConsentStatus.REFUSED),
    ConsentStatus.ACTIVE: (
        ConsentStatus.WITHDRAWN,
        ConsentStatus.EXPIRED,
        ConsentStatus.SUPERSEDED,
        ConsentStatus.REVIEW_DUE,
    ),
    ConsentStatus.REVIEW_DUE: (ConsentStatus.SUPERSEDED, ConsentStatus.WITHDRAWN),
}
GROUND_STEPS: dict[str, tuple[str, ...]] = {
    GroundStatus.PROPOSED: (GroundStatus.APPROVED, GroundStatus.DECLINED, GroundStatus.ENDED),
    GroundStatus.APPROVED: (GroundStatus.ENDED,),
}
# Columns that are written while a consent is asked for, and never after.
CONSENT_ANSWERS = (
    "given_by",
    "giver_id",
    "giver_details",
    "order_reference",
    "conflict_checked_at",
    "child_assent",
    "assent_reason",
    "best_interest",
    "decided_by",
    "information_given",
    "language",
    "interpreter_use",
    "interpreter_id",
    "method",
    "witness",
    "refused_scopes",
    "recipients",
    "categories",
    "countries",
    "valid_from",
    "valid_until",
    "until_majority",
    "review_on",
    "given_at",
)
# Columns of the steps a consent takes.
CONSENT_STEP = (
    "status",
    "version",
    "scopes",
    "withdrawn_scopes",
    "withdrawal_words",
    "ask_again_because",
    "ended_at",
)


def _codes(choices: type[models.TextChoices], length: int = 40) -> Any:
    return ArrayField(
        models.CharField(max_length=length, choices=choices), default=list, blank=True
    )


@keeps_history(
    "case", "person", "status", "scopes", "refused_scopes", "valid_from", "valid_until", "version"
)
class Consent(VersionedRecord):
    """What one person of one case agreed to, and how that came about.

    Codes stand in clear so that a decision can be made from them; whatever tells of the person is
    sealed under the person's own key.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents")
    status = models.CharField(max_length=12, choices=ConsentStatus, default=ConsentStatus.DRAFT)
    given_by = models.CharField(max_length=16, choices=GivenBy)
    # A caregiver or guardian is a person of the case, so that the conflict check can look at them.
    giver = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    giver_details = EncryptedTextField(owner="person")
    order_reference = EncryptedTextField(owner="person")
    # R-K4: the check is part of the record, not something somebody remembers having done.
    conflict_checked_at = models.DateTimeField(null=True, blank=True)
    child_assent = models.CharField(max_length=16, choices=ChildAssent, blank=True)
    assent_reason = EncryptedTextField(owner="person")
    best_interest = EncryptedTextField(owner="person")
    decided_by = EncryptedTextField(owner="person")
    information_given = _codes(InformationPoint)
    language = models.CharField(max_length=60, blank=True)
    interpreter_use = models.CharField(
        max_length=16, choices=InterpreterUse, default=InterpreterUse.NOT_NEEDED
    )
    interpreter = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    method = models.CharField(max_length=20, choices=ConsentMethod, blank=True)
    witness = EncryptedTextField(owner="person")
    scopes = _codes(Scope)
    refused_scopes = _codes(Scope)
    withdrawn_scopes = _codes(Scope)
    recipients = ArrayField(models.UUIDField(), default=list, blank=True)
    categories = _codes(DataCategory, 20)
    countries = ArrayField(models.CharField(max_length=2), default=list, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    # The last day; a guardian's consent never reaches beyond the day before the 18th birthday.
    valid_until = models.DateField(null=True, blank=True)
    until_majority = models.BooleanField(default=False)
    review_on = models.DateField(null=True, blank=True)
    # What was said each time something was taken back, with the day; nothing is overwritten.
    withdrawal_words = EncryptedTextField(owner="person")
    ask_again_because = models.CharField(max_length=12, choices=AskAgain, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(ConsentQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["case", "person"], name="consent_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(status="active"),
                name="one_consent_in_force_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="consent_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("active", "review_due"))
                | Q(
                    given_at__isnull=False,
                    valid_from__isnull=False,
                    valid_until__isnull=False,
                    review_on__isnull=False,
                    conflict_checked_at__isnull=False,
                ),
                name="consent_in_force_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | Q(ended_at__isnull=False),
                name="withdrawn_consent_has_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.status}"

    @property
    def for_a_child(self) -> bool:
        return self.given_by != GivenBy.INDIVIDUAL

    def _step(self, to: str) -> None:
        if to not in CONSENT_STEPS.get(self.status, ()):
            raise InvalidTransition(
                f"This consent is “{self.get_status_display()}”; it cannot become "
                f"“{ConsentStatus(to).label}” now.",
                field="status",
            )
        self.status = to
        self.version += 1

    def give(self, *, at: datetime) -> None:
        """It holds from now on. Does not save. Raises InvalidTransition."""
        self._step(ConsentStatus.ACTIVE)
        self.given_at = at

    def refuse(self, *, at: datetime) -> None:
        """Nothing was agreed to. Does not save. Raises InvalidTransition."""
        self._step(ConsentStatus.REFUSED)
        self.scopes = []
        self.ended_at = at

    def withdraw(self, scopes: list[str], *, at: datetime) -> None:
        """Take back the given scopes; with the last one the whole consent ends. Does not save.

        Raises:
            InvalidTransition: it is not in force.
        """
        left = [scope for scope in self.scopes if scope not in scopes]
        if not left or self.status != ConsentStatus.ACTIVE:
            self._step(ConsentStatus.WITHDRAWN)
            self.ended_at = at
        else:
            self.version += 1
        gone = [scope for scope in self.scopes if scope in scopes]
        self.withdrawn_scopes = [*self.withdrawn_scopes, *gone]
        self.scopes = left

    def supersede(self, *, at: datetime) -> None:
        """A newer consent takes its place. Does not save. Raises InvalidTransition."""
        self._step(ConsentStatus.SUPERSEDED)
        self.ended_at = at

    def ask_again(self, because: str) -> None:
        """Whoever answered does not decide any more (`AskAgain`). Does not save."""
        self._step(ConsentStatus.REVIEW_DUE)
        self.ask_again_because = because

    def run_out(self, *, on: date, at: datetime) -> None:
        """Its last day has passed: ask again where that day was set by the 18th birthday."""
        if self.valid_until is None or self.valid_until >= on:
            raise InvalidTransition("This consent has not run out.", field="valid_until")
        if self.until_majority:
            self.ask_again(AskAgain.TURNED_18)
            return
        self._step(ConsentStatus.EXPIRED)
        self.ended_at = at


def ground_reference() -> str:
    return new_reference("G")


@keeps_history("case", "basis", "status", "version")
class LegalGround(VersionedRecord):
    """A basis other than consent on which data of a case may leave or be counted (R-K7)."""

    reference = models.CharField(
        max_length=12, unique=True, default=ground_reference, editable=False
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="legal_grounds")
    # Whose ground it is: their data protection officer sees it without seeing the case.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    status = models.CharField(max_length=10, choices=GroundStatus, default=GroundStatus.PROPOSED)
    basis = models.CharField(max_length=20, choices=LegalBasis)
    purposes = _codes(Scope)
    recipient = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    categories = _codes(DataCategory, 20)
    # About one person: under that person's key, so that it ends with them.
    reason = EncryptedTextField(owner="person", otherwise="case")
    order_reference = EncryptedTextField(owner="person", otherwise="case")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Under the small-agency profile, by whoever recorded it; somebody else looks at it (adr/0021).
    decided_alone = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(LegalGroundQuerySet)

    class Meta(VersionedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index(fields=["case", "recipient"], name="ground_of_case")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(basis__in=("consent", "unknown")), name="ground_is_not_consent"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="ground_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("approved", "declined"))
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="decided_ground_has_a_decider",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decided_by=F("recorded_by"))
                | Q(decided_alone=True),
                name="nobody_approves_their_own_ground",
            ),
        ]

    @property
    def log_purpose(self) -> str:
        """The basis itself, as every entry of the log about it says."""
        return str(self.basis)

    def __str__(self) -> str:
        return self.reference

    def _step(self, to: str) -> None:
        if to not in GROUND_STEPS.get(self.status, ()):
            raise InvalidTransition(
                f"This legal basis is “{self.get_status_display()}”; it cannot become "
                f"“{GroundStatus(to).label}” now.",
                field="status",
            )
        self.status = to
        self.version += 1

    def decide(self, *, by: Any, approve: bool, at: datetime) -> None:
        """A second person says yes or no. Does not save. Raises InvalidTransition."""
        self._step(GroundStatus.APPROVED if approve else GroundStatus.DECLINED)
        self.decided_by, self.decided_at = by, at

    def end(self, *, at: datetime) -> None:
        """It carries nothing from now on. Does not save. Raises InvalidTransition."""
        self._step(GroundStatus.ENDED)
        self.ended_at = at
