"""The people of the tests, all fictional, founded through the services as a newcomer would."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.invitation_links import token_of
from accounts.models import Agency, Team, User
from accounts.roles import Role
from accounts.second_factor import demo_totp_secret, factor_of
from accounts.services.directory import (
    add_agency,
    add_agreement,
    add_team,
    admit_importer,
)
from accounts.services.founding import found_installation
from accounts.services.invitations import accept_conduct, accept_invitation, invite_user
from handoffs.choices import Section

PASSWORD = "a quiet lamp in the window"

# attribute, name, team, role; teams of our own agency
OURS = (
    ("caseworker", "Ana Ilustre", "North team", Role.CASEWORKER),
    ("second_caseworker", "Berto Salonga", "North team", Role.CASEWORKER),
    ("supervisor", "Corazon Vera", "North team", Role.CASE_SUPERVISOR),
    ("intake", "Dino Magsino", "North team", Role.INTAKE_OFFICER),
    ("liaison", "Esther Quimbo", "North team", Role.LIAISON_OFFICER),
    ("legal", "Fe Alonzo", "North team", Role.LEGAL_OFFICER),
    ("clinician", "Gil Tolentino", "North team", Role.CLINICIAN),
    ("south_caseworker", "Hana Dizon", "South team", Role.CASEWORKER),
    ("manager", "Ines Robles", "Office", Role.MANAGER),
    ("analyst", "Jun Cabral", "Office", Role.ANALYST),
    ("survivor_advisor", "Kit Manalo", "Office", Role.SURVIVOR_ADVISOR),
    ("dpo", "Lea Bautista", "Office", Role.DATA_PROTECTION_OFFICER),
    ("auditor", "Mateo Cruzado", "Office", Role.AUDITOR),
)
PARTNERS = (
    ("partner", "Noel Pardo", "Cyber desk", Role.PARTNER_OFFICER),
    ("investigator", "Olga Ferrer", "Cyber desk", Role.INVESTIGATOR),
    ("prosecutor", "Pia Lontoc", "Cyber desk", Role.PROSECUTOR),
    ("approver", "Sita Ramos", "Cyber desk", Role.EXTERNAL_APPROVER),
)
STRANGERS = (
    ("stranger", "Quin Aldea", "Shelter desk", Role.PARTNER_OFFICER),
    ("stranger_caseworker", "Rosa Lim", "Shelter desk", Role.CASEWORKER),
)


def email_of(attribute: str) -> str:
    return f"{attribute.replace('_', '.')}@people.example"


def join(user: User, password: str | None = None) -> User:
    """Let an invited person accept, as they do by the link in their mail."""
    link = token_of(user.invitations.waiting().get().pk)
    return accept_invitation(token=link, password=password, at=timezone.now())


def found_cast() -> None:
    """Fill the template: one NGO with two teams, a cyber unit it has an agreement with, and a
    shelter that it has none with."""
    admin = found_installation(
        agency_name="Tanglaw Foundation",
        short_code="TANGLAW",
        agency_type="NGO",
        country="PH",
        admin_name="Sol Herrera",
        admin_email=email_of("admin"),
        password=PASSWORD,
    )
    # Hashing is slow on purpose; the cast shares one hash.
    password = make_password(PASSWORD)
    cyber = add_agency(
        actor=admin,
        name="Northern Cyber Response Unit",
        short_code="NCRU",
        agency_type="LawEnforcement",
        country="PH",
        side="source",
    )
    shelter = add_agency(
        actor=admin,
        name="Harbour Light Shelter",
        short_code="HLS",
        agency_type="x_ShelterOrCare",
        country="PH",
        side="source",
    )
    own = Agency.objects.get(short_code="TANGLAW")
    for agency, people in ((own, OURS), (cyber, PARTNERS), (shelter, STRANGERS)):
        teams: dict[str, Team] = {}
        for attribute, name, team_name, role in people:
            if team_name not in teams:
                teams[team_name] = add_team(actor=admin, agency_id=agency.pk, name=team_name)
            join(
                invite_user(
                    actor=admin,
                    agency_id=agency.pk,
                    name=name,
                    email=email_of(attribute),
                    team_id=teams[team_name].pk,
                    role=role,
                    by_mail=False,
                )
            )
    admit_importer(actor=admin, team_id=Team.objects.get(name="North team").pk)
    add_agreement(
        actor=admin,
        reference="DSA-NCRU-1",
        to_agency_id=cyber.pk,
        scope="Investigation of online sexual exploitation of children",
        categories=[section.value for section in Section],
        valid_from=date(2024, 1, 1),
        valid_until=None,
    )
    for user in User.objects.people():
        User.objects.filter(pk=user.pk).update(password=password)
        accept_conduct(user=user, at=timezone.now())
        with factor_of(user):
            TOTP.activate(user, demo_totp_secret(user.email))
    assert Authenticator.objects.count() == len(OURS) + len(PARTNERS) + len(STRANGERS) + 1


class Cast:
    """`cast.caseworker`, `cast.partner`, … each read when first asked for."""

    password = PASSWORD

    def __getattr__(self, attribute: str) -> User:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        user = User.objects.get(email=email_of(attribute))
        self.__dict__[attribute] = user
        return user

    def again(self, attribute: str) -> User:
        """The same person as a new request would find them (roles are read once a request)."""
        self.__dict__.pop(attribute, None)
        return getattr(self, attribute)

    @cached_property
    def everybody(self) -> list[User]:
        """All people of the cast, one for each role and more."""
        return list(User.objects.people().order_by("email"))

    @cached_property
    def north(self) -> Team:
        return Team.objects.get(name="North team")

    @cached_property
    def south(self) -> Team:
        return Team.objects.get(name="South team")

    @cached_property
    def agency(self) -> Agency:
        return Agency.objects.get(short_code="TANGLAW")

    @cached_property
    def cyber_unit(self) -> Agency:
        return Agency.objects.get(short_code="NCRU")

    @cached_property
    def shelter(self) -> Agency:
        return Agency.objects.get(short_code="HLS")
