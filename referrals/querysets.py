"""Who sees which referral: the desk it came to, and whoever sees the case it became."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.apps import apps
from django.db.models import (
    Case,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.utils import timezone

from accounts.querysets import MembershipQuerySet
from cases.querysets import hidden_case_ids, visible_case_ids
from core.actors import Actor
from core.choices import Sensitivity
from core.querysets import ScopedQuerySet, row_by_row
from referrals import clocks


def my_team_ids(actor: Actor) -> QuerySet[Any]:
    """Ids of the teams `actor` is in now, as a subquery."""
    return (
        apps.get_model("accounts", "Membership")
        .objects.filter(
            MembershipQuerySet.live_now(timezone.now()), user_id=actor.pk, user__is_active=True
        )
        .values("team_id")
    )


def overdue_at(at: datetime) -> Q:
    """Of what waits `with_clock`: past the time when it should have been decided."""
    late = clocks.late_before(at, clocks.triage_within())
    late_in_danger = at - clocks.danger_within()
    return Q(~Q(immediate_danger="yes"), clock_from__lt=late) | Q(
        immediate_danger="yes", clock_from__lt=late_in_danger
    )


class ReferralQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        if actor.may("referrals.escalate_danger"):
            # The clock service: it looks for nothing but children whom nobody took up yet.
            return self.filter(immediate_danger="yes", status="received")
        if actor.may("referrals.submit_referral"):
            # A partner's system: what it submitted itself, for its outside alone.
            return self.filter(logged_by_id=actor.pk)
        if not actor.may("referrals.read_referral"):
            return self.none()
        # Row security hides the same, and the other cases of a person one is close to (R-A4).
        hidden = Q(case_id__in=hidden_case_ids(actor))
        return self.filter(
            (Q(team_id__in=my_team_ids(actor)) & ~hidden) | Q(case_id__in=visible_case_ids(actor))
        )

    def waiting(self) -> Self:
        return self.filter(status__in=("received", "in_triage"))

    def with_clock(self) -> Self:
        """Annotate `clock_from`: since when the time for its triage runs, pauses left out."""
        started = Case(When(import_batch=None, then="received_at"), default="created_at")
        return self.annotate(
            clock_from=ExpressionWrapper(started + F("waited"), output_field=DateTimeField())
        )

    def overdue(self, at: datetime) -> Self:
        """Not decided, and past the time when it should have been (`Referral.triage_due`)."""
        return self.waiting().with_clock().filter(overdue_at(at))

    def untold(self) -> Self:
        """Decided and not ours, and the source has not heard what came of it since."""
        told = apps.get_model("referrals", "SourceFeedback").objects.filter(
            referral_id=OuterRef("pk"), given_at__gte=OuterRef("decided_at")
        )
        return self.filter(status__in=("declined", "redirected", "duplicate")).filter(~Exists(told))

    def unacknowledged(self) -> Self:
        """Whose source still waits to hear that it reached us."""
        return self.filter(
            status__in=("received", "in_triage", "needs_information"),
            acknowledged_at=None,
            import_batch=None,
        )


class OfReferralQuerySet(ScopedQuerySet[Any]):
    """What hangs on a referral is seen by whoever sees the referral."""

    def visible_to(self, actor: Actor) -> Self:
        seen = apps.get_model("referrals", "Referral").objects.visible_to(actor)
        return self.filter(referral_id__in=seen.values("pk"))


class OpenedOfReferralQuerySet(OfReferralQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """For those who may open the summary (`policies.can_read_summary`)."""
        if actor.clearance < Sensitivity.RESTRICTED and not actor.may("referrals.start_triage"):
            return self.none()
        return super().visible_to(actor)


class HiddenMatchQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Those about what the actor has; and of their own referrals, those who ask to talk."""
        if actor.may("referrals.compare_hidden"):
            return self.all()
        seen = apps.get_model("referrals", "Referral").objects.visible_to(actor).values("pk")
        shown = Q(answer="talk", referral_id__in=seen)
        if actor.may("referrals.answer_match"):
            shown |= Q(ours_id__in=seen)
            if actor.may("cases.show_identity"):
                shown |= Q(case_id__in=visible_case_ids(actor))
        return self.filter(shown)


class ReferralTokensQuerySet(OpenedOfReferralQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Compared is only what one may open; row by row, since a look-up finds few of many."""
        if actor.clearance < Sensitivity.RESTRICTED and not actor.may("referrals.start_triage"):
            return self.none()
        seen = apps.get_model("referrals", "Referral").objects.visible_to(actor)
        return self.filter(row_by_row(Exists(seen.filter(pk=OuterRef("referral_id")))))


class ImportBatchQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The imports of one's teams; the clock service drops what they told, and opens nothing."""
        if actor.may("referrals.drop_imports"):
            return self.all()
        return self.filter(team_id__in=my_team_ids(actor))


class BroughtFileQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """What somebody brought is theirs alone; the clock service drops what is old."""
        if actor.may("referrals.drop_imports"):
            return self.all()
        return self.filter(batch__started_by_id=actor.pk, batch__team_id__in=my_team_ids(actor))


class ReferralDraftQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; the clock service drops what is old, and opens nothing."""
        if actor.may("referrals.drop_drafts"):
            return self.all()
        return self.filter(author_id=actor.pk)


class SavedMappingQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(team_id__in=my_team_ids(actor))


class ImportedRowQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(team_id__in=my_team_ids(actor))


class RoutingRuleQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The rules of one's own agency."""
        if not actor.may("referrals.read_referral"):
            return self.none()
        return self.filter(agency_id=actor.agency_id)

    def live(self) -> Self:
        """Those that hold now."""
        return self.filter(ended_at=None)


class KeptListQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own; all of them for the clock service, which tells of them."""
        if actor.may("referrals.tell_of_lists"):
            return self.all()
        if not actor.may("referrals.read_referral"):
            return self.none()
        return self.filter(owner_id=actor.pk)


class OnCallShiftQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """The shifts of one's own teams; every team's for the clock service."""
        if actor.may("referrals.escalate_danger"):
            return self.all()
        if not actor.may("referrals.read_referral"):
            return self.none()
        return self.filter(team_id__in=my_team_ids(actor))

    def on(self, at: datetime) -> Self:
        """Shifts that run at the given moment."""
        return self.filter(starts_at__lte=at, ends_at__gt=at)


class DangerAlertQuerySet(OfReferralQuerySet):
    """Who was told is seen by whoever sees the referral."""


class PartnerSubmissionQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """A system's own alone."""
        return self.filter(system__account_id=actor.pk)
