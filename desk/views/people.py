"""Administrators look after people, teams and partner agencies. No page here shows a case."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.models import Agency, Membership, Team, User
from accounts.services import directory, invitations, lockouts, profile, sessions
from cases.selectors.caseload import work_left
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage
from desk.people_forms import (
    AddAgencyForm,
    AddTeamForm,
    GiveRoleForm,
    InviteForm,
    LastDayForm,
    ProfileForm,
)
from desk.services import handover
from desk.services.handover import supervisors_of


class PeoplePage(ListPage):
    """Who works here, in which team and role, and how their accounts stand."""

    model = User
    permission = "accounts.read_directory"
    reads = "directory.listed"
    template_name = "desk/people.html"

    def queryset(self) -> Any:
        return selectors.people_of(self.request.user)

    def context(self, page: Page) -> dict[str, Any]:
        return {"page": page, "rows": selectors.accounts_of(page.rows)}


class AgenciesPage(ListPage):
    """One's own agency and the partners one looks after, with their teams."""

    model = Agency
    permission = "accounts.read_directory"
    reads = "directory.listed"
    template_name = "desk/agencies.html"

    def queryset(self) -> Any:
        found: Any = Agency.objects.managed_by(self.request.user)
        return found.order_by("is_partner", "name").prefetch_related("teams")


class AccountPage(DetailPage):
    """One person's account."""

    model = User
    permission = "accounts.read_directory"
    reads = "account.opened"
    template_name = "desk/account.html"

    def queryset(self) -> Any:
        return selectors.people_of(self.request.user)

    def context(self, record: Any) -> dict[str, Any]:
        account = selectors.account_of(record)
        return {
            "account": account,
            "person": record,
            "is_me": record.pk == self.request.user.pk,
            "can": {
                "send": account.needs_a_link,
                "close": account.is_open and record.pk != self.request.user.pk,
                "reopen": account.may_come_back,
                "lift": account.state == "locked",
                "sign_out": account.is_open and account.user.is_active,
            },
        }


class InvitePerson(FormPage):
    """Name somebody and an address; what comes there works once."""

    permission = "accounts.invite_user"
    steps_up = True
    form_class = InviteForm
    template_name = "desk/invite.html"
    success_message = _("The invitation is on its way. Until when it opens stands below.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "teams": selectors.team_choices(self.request.user),
            "roles": selectors.role_choices(),
        }

    def perform(self, data: dict[str, Any]) -> User:
        with self.request.reading():
            agencies = Agency.objects.managed_by(self.request.user)
            team = Team.objects.filter(agency__in=agencies).get(pk=data["team"])
        return invitations.invite_user(
            actor=self.request.user,
            agency_id=team.agency_id,
            name=data["name"],
            email=data["email"],
            team_id=team.pk,
            role=data["role"],
            ends_on=data["ends_on"],
        )

    def done_url(self, result: User) -> str:
        return reverse("directory:account", args=[result.pk])


class AccountAct(FormPage):
    """Something done about one account."""

    steps_up = True
    reads = "account.opened"

    def find(self) -> Any:
        return selectors.people_of(self.request.user).get(pk=self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"person": record, "account": selectors.account_of(record), "form": form}

    def who(self) -> dict[str, Any]:
        """Who does it and whose account it is, as every service of an account takes them."""
        return {"actor": self.request.user, "user_id": self.kwargs["pk"]}

    def done_url(self, result: Any) -> str:
        return reverse("directory:account", args=[self.kwargs["pk"]])


class GiveRole(AccountAct):
    """Put the person into a team in a role."""

    permission = "accounts.assign_role"
    form_class = GiveRoleForm
    template_name = "desk/give_role.html"
    success_message = _("The role is given. It holds from their next page on.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "teams": selectors.team_choices(self.request.user, record.agency),
            "roles": selectors.role_choices(),
        }

    def perform(self, data: dict[str, Any]) -> Membership:
        return directory.assign_role(**self.who(), team_id=data["team"], role=data["role"])


class EndRole(AccountAct):
    """Take a role away, from now."""

    permission = "accounts.assign_role"
    template_name = "desk/end_role.html"
    success_message = _("The role has ended. It is gone from their next page on.")

    def held(self, record: Any) -> Membership:
        live: Any = Membership.objects.live(timezone.now())
        found: Membership = live.select_related("team").get(
            pk=self.kwargs["membership"], user_id=record.pk
        )
        return found

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {**super().context(record, form), "membership": self.held(record)}

    def perform(self, data: dict[str, Any]) -> Membership:
        with self.request.reading():
            held = self.held(self.find())
        return directory.end_role(actor=self.request.user, membership_id=held.pk)


class SendInvitation(AccountAct):
    """A new link, when the one before was lost, is too old or led to no way to sign in."""

    permission = "accounts.invite_user"
    template_name = "desk/send_invitation.html"
    success_message = _("A new link is on its way. The one before does not open any more.")

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {**super().context(record, form), "link_days": settings.INVITATION_DAYS}

    def perform(self, data: dict[str, Any]) -> Any:
        return invitations.send_invitation(**self.who())


class SetLastDay(AccountAct):
    """Say until when the account works."""

    permission = "accounts.close_account"
    form_class = LastDayForm
    template_name = "desk/last_day.html"
    success_message = _("The last day is set.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"initial": {"ends_on": record.ends_on}}

    def perform(self, data: dict[str, Any]) -> User:
        return handover.set_last_day(**self.who(), ends_on=data["ends_on"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {**super().context(record, form), **what_is_left(record)}


def what_is_left(user: User) -> dict[str, Any]:
    """How much somebody would leave, and who is asked to hand it over."""
    left = work_left(user.pk)
    return {"left": left, "asked": [name for _pk, name in supervisors_of(user)] if left else []}


class CloseAccount(AccountAct):
    """End an account now."""

    permission = "accounts.close_account"
    template_name = "desk/close_account.html"
    success_message = _("The account is closed. Whatever was open there closes with it.")

    def perform(self, data: dict[str, Any]) -> User:
        return handover.close_account(**self.who())

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {**super().context(record, form), **what_is_left(record)}


class ReopenAccount(AccountAct):
    """Somebody comes back."""

    permission = "accounts.invite_user"
    form_class = LastDayForm
    template_name = "desk/reopen_account.html"
    success_message = _("The account is open again. Check the roles below.")

    def perform(self, data: dict[str, Any]) -> User:
        return directory.reopen_account(**self.who(), ends_on=data["ends_on"])


class LiftLock(AccountAct):
    """Let somebody who is locked out try again."""

    permission = "accounts.lift_lock"
    template_name = "desk/lift_lock.html"
    success_message = _("They can try again now.")

    def perform(self, data: dict[str, Any]) -> User:
        return lockouts.lift_lock_out(**self.who(), at=timezone.now())


class SignOutEverywhere(AccountAct):
    """End every session of somebody whose phone or computer is in other hands."""

    permission = "accounts.end_sessions"
    template_name = "desk/sign_out_everywhere.html"
    success_message = _("They are signed out everywhere.")

    def perform(self, data: dict[str, Any]) -> int:
        return sessions.end_sessions(**self.who(), at=timezone.now())


class AddsToDirectory(FormPage):
    """A new agency or team; back to the list of both."""

    permission = "accounts.invite_user"
    steps_up = True

    def done_url(self, result: Any) -> str:
        return reverse("directory:agencies")


class AddTeam(AddsToDirectory):
    """A team of one's own agency, or of a partner without an administrator."""

    form_class = AddTeamForm
    template_name = "desk/add_team.html"
    success_message = _("The team is added. Invite people into it.")

    def form_options(self, record: Any) -> dict[str, Any]:
        agencies: Any = Agency.objects.managed_by(self.request.user)
        found = agencies.order_by("is_partner", "name")
        return {"agencies": [(str(agency.pk), agency.name) for agency in found]}

    def perform(self, data: dict[str, Any]) -> Team:
        return directory.add_team(
            actor=self.request.user, agency_id=data["agency"], name=data["name"]
        )


class AddAgency(AddsToDirectory):
    """A partner agency."""

    form_class = AddAgencyForm
    template_name = "desk/add_agency.html"
    success_message = _("The agency is added. Add a team, then invite its administrator.")

    def perform(self, data: dict[str, Any]) -> Agency:
        return directory.add_agency(actor=self.request.user, **data)


class ProfilePage(FormPage):
    """With two people for every grave decision, or as a small agency."""

    permission = "accounts.set_profile"
    steps_up = True
    reads = "profile.opened"
    form_class = ProfileForm
    template_name = "desk/profile.html"
    success_message = _("Saved. It holds from the next decision on.")

    def find(self) -> Agency:
        agencies: Any = Agency.objects.visible_to(self.request.user)
        agency: Agency = agencies.get(pk=self.request.user.agency_id)
        return agency

    def form_options(self, record: Agency) -> dict[str, Any]:
        found = profile.approvers_for(record).select_related("agency")
        return {
            "approvers": [(str(who.pk), f"{who.name}, {who.agency}") for who in found],
            "initial": {"small": record.small_profile, "approver": str(record.approver_id or "")},
        }

    def perform(self, data: dict[str, Any]) -> Agency:
        approver = data["approver"]
        return profile.set_profile(
            actor=self.request.user,
            small=data["small"],
            approver_id=uuid.UUID(approver) if approver else None,
        )

    def done_url(self, result: Agency) -> str:
        return reverse("directory:agencies")
