"""Which rows of a case tell what happened, and which have a day to come: one branch each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.choices import (
    AttemptOutcome,
    CasePlanStatus,
    ConsentStatus,
    ContactChannel,
    CrisisKind,
    DutyStatus,
    GivenBy,
    NoteKind,
    PaperKind,
    ParticipantRole,
    PlacementKind,
    PlanStatus,
    ServiceType,
)
from cases.instruments import name_of_instrument
from cases.models import (
    Assessment,
    CaseConference,
    CaseNote,
    CaseParticipant,
    CasePlan,
    Consent,
    ContactAttempt,
    CrisisFlag,
    Paper,
    Placement,
    PlanReview,
    ReportDuty,
    SafeContact,
    SafetyPlan,
    SupportService,
)
from cases.moment_branch import Branch
from core.choices import label_of


def _label(choices: Any) -> Callable[[str], str]:
    return partial(label_of, choices)


PERSON = {"code": "person__code", "of_person": True}

HAPPENED: tuple[Branch, ...] = (
    Branch(
        model=CaseParticipant,
        kind="people",
        icon="person",
        at="created_at",
        # The role stays; the legal status may have moved since.
        words=_("%(code)s was added: %(what)s."),
        page="cases:person",
        code="person__code",
        what="role",
        labels=_label(ParticipantRole),
    ),
    Branch(
        model=CaseNote,
        kind="notes",
        icon="note",
        at="occurred_at",
        words=_("Note: %(what)s."),
        page="cases:note",
        what="kind",
        who="author__name",
        labels=_label(NoteKind),
        where=Q(addendum_to=None),
    ),
    Branch(
        model=CaseNote,
        kind="notes",
        icon="note",
        at="occurred_at",
        words=_("Addendum to a note: %(what)s."),
        page="cases:note",
        what="kind",
        who="author__name",
        labels=_label(NoteKind),
        where=Q(addendum_to__isnull=False),
    ),
    Branch(
        model=Paper,
        kind="notes",
        icon="document",
        at="created_at",
        words=_("Paper registered: %(what)s."),
        page="cases:paper",
        what="kind",
        who="registered_by__name",
        labels=_label(PaperKind),
    ),
    Branch(
        model=Consent,
        kind="consent",
        icon="consent",
        at="given_at",
        words=_("%(code)s: consent was given by %(what)s."),
        page="cases:consent",
        code="person__code",
        what="given_by",
        who="recorded_by__name",
        labels=_label(GivenBy),
    ),
    Branch(
        model=Consent,
        kind="consent",
        icon="consent",
        at="ended_at",
        words=_("%(code)s: consent: %(what)s."),
        page="cases:consent",
        code="person__code",
        what="status",
        labels=_label(ConsentStatus),
        where=~Q(status=ConsentStatus.ACTIVE),
    ),
    Branch(
        model=ContactAttempt,
        kind="contact",
        icon="phone",
        at="ended_at",
        words=_("Contact with %(code)s: %(what)s."),
        page="cases:safety",
        what="outcome",
        who="planned_by__name",
        labels=_label(AttemptOutcome),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=SafeContact,
        kind="contact",
        icon="safety",
        at="created_at",
        words=_("How %(code)s can be reached safely was written down."),
        page="cases:safety",
        who="set_by__name",
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=SafetyPlan,
        kind="contact",
        icon="shield",
        at="created_at",
        words=_("A safety plan was made with %(code)s."),
        page="cases:safety",
        who="written_by__name",
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=CrisisFlag,
        kind="contact",
        icon="alert",
        at="created_at",
        words=_("A crisis began for %(code)s: %(what)s."),
        page="cases:safety",
        what="kind",
        who="raised_by__name",
        labels=_label(CrisisKind),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=CrisisFlag,
        kind="contact",
        icon="check",
        at="lowered_at",
        words=_("The crisis of %(code)s ended: %(what)s."),
        page="cases:safety",
        what="kind",
        who="lowered_by__name",
        labels=_label(CrisisKind),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=CasePlan,
        kind="care",
        icon="outcome",
        at="approved_at",
        words=_("The plan of %(code)s was approved."),
        page="cases:plan",
        who="approved_by__name",
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=PlanReview,
        kind="care",
        icon="outcome",
        at="created_at",
        words=_("The plan of %(code)s was reviewed together."),
        page="cases:plan",
        who="held_by__name",
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=SupportService,
        kind="care",
        icon="handoff",
        at="created_at",
        words=_("A service was asked for %(code)s: %(what)s."),
        page="cases:plan",
        what="type",
        who="recorded_by__name",
        labels=_label(ServiceType),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=Assessment,
        kind="care",
        icon="chart",
        at="created_at",
        words=_("%(code)s was assessed: %(what)s."),
        page="cases:assessments",
        what="instrument",
        who="assessor__name",
        labels=name_of_instrument,
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=CaseConference,
        kind="care",
        icon="people",
        at="held_at",
        words=_("A case conference was held."),
        page="cases:conference",
        who="recorded_by__name",
    ),
    Branch(
        model=Placement,
        kind="care",
        icon="house",
        at="created_at",
        words=_("Where %(code)s stays was recorded: %(what)s."),
        page="cases:care",
        what="kind",
        labels=_label(PlacementKind),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=ReportDuty,
        kind="steps",
        icon="bell",
        at="created_at",
        words=_("A duty to report was noted. To be told: %(what)s."),
        page="cases:duty",
        what="authority",
        who="recorded_by__name",
        lower=False,
    ),
    Branch(
        model=ReportDuty,
        kind="steps",
        icon="bell",
        at="reported_at",
        words=_("It was reported to: %(what)s."),
        page="cases:duty",
        what="authority",
        who="reported_by__name",
        lower=False,
    ),
)

TO_COME: tuple[Branch, ...] = (
    Branch(
        model=ReportDuty,
        kind="dates",
        icon="bell",
        at="due_at",
        words=_("Report to: %(what)s"),
        page="cases:duty",
        what="authority",
        lower=False,
        where=Q(status=DutyStatus.DUE),
    ),
    Branch(
        model=ContactAttempt,
        kind="dates",
        icon="phone",
        at="planned_for",
        words=_("Contact with %(code)s: %(what)s"),
        page="cases:safety",
        what="channel",
        labels=_label(ContactChannel),
        where=Q(outcome=AttemptOutcome.PLANNED),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=SafetyPlan,
        kind="dates",
        icon="shield",
        at="review_on",
        words=_("Look at the safety plan of %(code)s"),
        page="cases:safety",
        where=Q(status=PlanStatus.ACTIVE),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=CasePlan,
        kind="dates",
        icon="outcome",
        at="review_on",
        words=_("Review the plan with %(code)s"),
        page="cases:plan",
        where=Q(status=CasePlanStatus.APPROVED),
        **PERSON,  # type: ignore[arg-type]
    ),
    Branch(
        model=Consent,
        kind="dates",
        icon="consent",
        at="valid_until",
        words=_("Consent of %(code)s ends"),
        page="cases:consent",
        code="person__code",
        where=Q(status=ConsentStatus.ACTIVE),
    ),
    Branch(
        model=Placement,
        kind="dates",
        icon="house",
        at="follow_up_on",
        words=_("Ask how it goes where %(code)s stays"),
        page="cases:care",
        where=Q(until=None),
        **PERSON,  # type: ignore[arg-type]
    ),
)
