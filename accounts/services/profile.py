"""How an agency works: with two people for every grave decision, or as a small one."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, User
from accounts.roles import Role
from audit.acting import acting
from core.errors import DomainError


def set_profile(*, actor: User, small: bool, approver_id: UUID | None) -> Agency:
    """Say whether one's own agency works as a small one, and who looks at it from outside.

    Args:
        small: a decision that asks for a second person may be taken alone and is reviewed
            afterwards, but for erasure, public release and bulk export.
        approver_id: a person of another agency with the role of an external approver.

    Raises:
        DomainError: the approver is of one's own agency or has not that role.
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
        agency.small_profile, agency.approver_id = small, approver_id
        agency.save(update_fields=["small_profile", "approver"])
        act.record(
            "agency.profile_set",
            agency,
            fields=["small_profile", "approver"],
            facts={"small": small, "approver": str(approver_id or "")},
        )
    return agency


def approvers_for(agency: Agency) -> QuerySet[User]:
    """People of other agencies who hold the role of an external approver now."""
    holding = Membership.objects.live(timezone.now()).filter(role=Role.EXTERNAL_APPROVER)
    people = User.objects.people().filter(is_active=True, pk__in=holding.values("user_id"))
    return people.exclude(agency_id=agency.pk).order_by("name")
