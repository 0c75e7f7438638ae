"""Agencies, their teams, the people in them, and what agencies have agreed to share."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

import pgtrigger
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts import service_accounts
from accounts.querysets import (
    AgencyQuerySet,
    AgreementQuerySet,
    InvitationQuerySet,
    MembershipQuerySet,
    TeamQuerySet,
    UserQuerySet,
)
from accounts.roles import Role, clearance_of, permissions_of
from core.choices import Side
from core.querysets import scoped_manager
from core.records import ONLY_IN_ACT, GuardedRecord


class AgencyType(models.TextChoices):
    """HTCDS `org_Type` codes and our extensions (domain.md 3.1)."""

    NGO = "NGO", _("NGO")
    LAW_ENFORCEMENT = "LawEnforcement", _("Law enforcement")
    HEALTH = "HealthServiceOrganisation", _("Health service")
    CENTRAL_GOVERNMENT = "CentralGovernmentOrganisation", _("Central government")
    LOCAL_GOVERNMENT = "LocalGovernmentOrganisation", _("Local government")
    IMMIGRATION = "ImmigrationService", _("Immigration service")
    LEGAL_SERVICE = "LegalService", _("Legal service")
    BUSINESS = "CorporateBusiness", _("Business")
    SCHOOL = "SchoolOrCollege", _("School or college")
    PROSECUTION = "x_Prosecution", _("Prosecution")
    COURT = "x_Court", _("Court")
    SOCIAL_WELFARE = "x_SocialWelfare", _("Social welfare")
    FINANCIAL_INTELLIGENCE = "x_FinancialIntelligenceUnit", _("Financial intelligence unit")
    REGULATOR = "x_Regulator", _("Regulator")
    FINANCIAL_INSTITUTION = "x_FinancialInstitution", _("Bank or remittance agency")
    TECH_PLATFORM = "x_TechPlatform", _("Technology platform")
    HOTLINE = "x_Hotline", _("Hotline")
    SHELTER = "x_ShelterOrCare", _("Shelter or care")
    INTERGOVERNMENTAL = "x_InterGovernmental", _("Intergovernmental organisation")
    RESEARCH = "x_Research", _("Research")
    FUNDER = "x_Funder", _("Funder")


class Agency(GuardedRecord):
    """An organisation that works here or receives handoffs from here."""

    name = models.CharField(max_length=200, unique=True)
    short_code = models.CharField(max_length=20, unique=True)
    type = models.CharField(max_length=40, choices=AgencyType)
    side = models.CharField(max_length=10, choices=Side, default=Side.SOURCE)
    country = models.CharField(max_length=2)
    is_partner = models.BooleanField(default=True)
    is_active = models.BooleanField(default=True)
    # Too few people for two in every grave decision: `accounts.second_person`.
    small_profile = models.BooleanField(default=False)
    approver = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = scoped_manager(AgencyQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "agencies"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Team(GuardedRecord):
    """People who share sight of the same cases. Owns one group, guardian's key for grants."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=120)
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="team")

    objects = scoped_manager(TeamQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="team_name_once_in_agency")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, email: str | None) -> User:
        return self.get(email__iexact=email)


class User(AbstractBaseUser, PermissionsMixin):
    """A person or a named service account. Nobody is a superuser: see the constraint."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        SERVICE = "service", _("Service account")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PERSON)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    is_active = models.BooleanField(default=True)
    # Demo sign-ins carry a secret everybody knows; outside the demo they are refused.
    is_demo = models.BooleanField(default=False)
    # The last day of an intern's or a partner's account; None has no end.
    ends_on = models.DateField(null=True, blank=True)
    # Which version of the code of conduct the person accepted last, and when.
    conduct_version = models.CharField(max_length=20, blank=True, default="")
    conduct_accepted_at = models.DateTimeField(null=True, blank=True)
    is_staff = False
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(is_superuser=False), name="nobody_is_superuser"),
            models.CheckConstraint(
                condition=Q(kind="service") | Q(agency__isnull=False), name="people_have_an_agency"
            ),
        ]
        # Sign-in changes last_login and password outside an act; everything that says who a
        # person is and what they may reach changes inside one.
        triggers = [
            pgtrigger.Trigger(
                name="only_in_act",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.Delete
                | pgtrigger.Truncate
                | pgtrigger.UpdateOf(
                    "email",
                    "kind",
                    "agency_id",
                    "is_active",
                    "is_demo",
                    "ends_on",
                    "conduct_version",
                ),
                func=ONLY_IN_ACT.func,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split()[0] if self.name else ""

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles held now, over all live memberships. Read once for each request.

        A service account may hold a role by being that account; a person never does.
        """
        held = frozenset(role for role, _team in self._held)
        if self.kind == self.Kind.SERVICE:
            return held | service_accounts.ROLES.get(self.pk, frozenset())
        return held

    @cached_property
    def _held(self) -> list[tuple[str, uuid.UUID]]:
        """(role, team) of every live membership; read once for each request."""
        live = self.memberships.filter(MembershipQuerySet.live_now(timezone.now()))
        return list(live.values_list("role", "team_id"))

    def teams_where_may(self, permission: str) -> frozenset[uuid.UUID]:
        """The teams in which a role held now carries the permission: a supervisor's teams."""
        if not self.is_active:
            return frozenset()
        return frozenset(
            team for role, team in self._held if permission in permissions_of(frozenset({role}))
        )

    @property
    def of_the_house(self) -> bool:
        """Whether the person belongs to the agency that runs this installation."""
        return self.agency is not None and not self.agency.is_partner

    @property
    def works_in_small_agency(self) -> bool:
        """Whether their agency is set to decide alone and be reviewed for it."""
        return self.agency is not None and self.agency.small_profile

    @cached_property
    def approves_for(self) -> frozenset[uuid.UUID]:
        """The agencies whose lone decisions they look at; empty without the role."""
        if Role.EXTERNAL_APPROVER not in self.roles:
            return frozenset()
        return frozenset(Agency.objects.filter(approver_id=self.pk).values_list("pk", flat=True))

    @property
    def acting_role(self) -> str:
        return ",".join(sorted(self.roles))

    @property
    def clearance(self) -> int:
        return clearance_of(self.roles)

    @cached_property
    def _permissions(self) -> frozenset[str]:
        return permissions_of(self.roles)

    def may(self, permission: str) -> bool:
        """Whether a role held now carries the permission; nobody inactive may do anything."""
        return self.is_active and permission in self._permissions

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Django's question answered from the same table; objects are `visible_to`'s business."""
        return self.may(perm)


class Invitation(GuardedRecord):
    """A link by which one invited person joins, once and until a day. The link is never stored:
    it is this row's id under a signature (`accounts.invitation_links`)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(InvitationQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="one_open_invitation_for_a_person",
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_accepted_or_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation until {self.expires_at:%Y-%m-%d}"

    def is_open(self, at: datetime) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None and at < self.expires_at


class Membership(GuardedRecord):
    """A person in a team, in a role, from a day to a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(MembershipQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "team", "role"],
                condition=Q(ends_at__isnull=True),
                name="one_open_membership_for_a_role",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="membership_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} of {self.team_id}"


class DataSharingAgreement(GuardedRecord):
    """What two agencies have agreed may pass between them, and until when."""

    reference = models.CharField(max_length=60, unique=True)
    from_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements_out")
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="agreements_in")
    scope = models.CharField(max_length=300)
    categories = ArrayField(models.CharField(max_length=40), default=list)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = scoped_manager(AgreementQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_agency=F("to_agency")), name="agreement_has_two_parties"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="agreement_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
