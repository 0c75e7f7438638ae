"""How an agency works: with two people for every grave decision, or as a small one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, User
from accounts.roles import Role, roles_with
from audit.acting import acting
from core.errors import DomainError


def set_profile(*, actor: User, small: bool, approver_id: UUID | None) -> Agency:
    """Say whether one's own agency works as a small one, and who looks at it from outside.

    Args:
        small: a decision that asks for a second person may be taken alone and is reviewed
            afterwards, but for erasure, public release and bulk export.
        approver_id: a person of another agency with the role of an external approver.

    Raises:
        DomainError: the approver is of one's own agency or has not that role; or nobody could
            look afterwards, since fewer than two people here review and no approver is named.
        Denied: not the role's, or somebody without an agency.
    """
    with acting(actor) as act:
        act.authorise("accounts.set_profile", verdict=actor.agency_id is not None)
        agency = Agency.objects.visible_to(actor).locked().get(pk=actor.agency_id)
        if approver_id is not None and not approvers_for(agency).filter(pk=approver_id).exists():
            raise DomainError(
                _("Choose somebody of another agency who is an external approver."),
                field="approver",
            )
        if small and approver_id is None and reviewers_of(agency) < 2:
            raise DomainError(
                _(
                    "Nobody else here could look at it afterwards. Name an external approver, or "
                    "give a second person a role that reviews."
                ),
                field="approver",
            )
        agency.small_profile, agency.approver_id = small, approver_id
        agency.save(update_fields=["small_profile", "approver"])
        act.record(
            "agency.profile_set",
            agency,
            fields=["small_profile", "approver"],
            facts={"small": small, "approver": str(approver_id or "")},
        )
    return agency


def reviewers_of(agency: Agency) -> int:
    """How many people of an agency may close a review: somebody must be left who is not the one it
    is about."""
    holding = Membership.objects.live(timezone.now()).filter(
        team__agency=agency, role__in=roles_with("audit.close_review")
    )
    people = User.objects.people().able_to_sign_in(timezone.localdate()).filter(agency=agency)
    return people.filter(pk__in=holding.values("user_id")).count()


def approvers_for(agency: Agency) -> QuerySet[User]:
    """People of other agencies who hold the role of an external approver now."""
    holding = Membership.objects.live(timezone.now()).filter(role=Role.EXTERNAL_APPROVER)
    people = User.objects.people().able_to_sign_in(timezone.localdate())
    here = people.filter(pk__in=holding.values("user_id")).exclude(agency_id=agency.pk)
    return here.order_by("name")
