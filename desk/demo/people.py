"""The demo's agencies and people, all made up, invited as an administrator would."""

from __future__ import annotations

from datetime import date

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.utils import timezone

from accounts.demo import PASSWORD
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

ADMIN = "admin@tanglaw.example"
# address, name, team, role
TANGLAW = (
    ("caseworker@tanglaw.example", "Ana Ilustre", "North team", Role.CASEWORKER),
    ("supervisor@tanglaw.example", "Corazon Vera", "North team", Role.CASE_SUPERVISOR),
    ("intake@tanglaw.example", "Dino Magsino", "North team", Role.INTAKE_OFFICER),
    ("liaison@tanglaw.example", "Esther Quimbo", "North team", Role.LIAISON_OFFICER),
    ("legal@tanglaw.example", "Fe Alonzo", "North team", Role.LEGAL_OFFICER),
    ("clinician@tanglaw.example", "Gil Tolentino", "North team", Role.CLINICIAN),
    ("manager@tanglaw.example", "Ines Robles", "Office", Role.MANAGER),
    ("analyst@tanglaw.example", "Jun Cabral", "Office", Role.ANALYST),
    ("advisor@tanglaw.example", "Kit Manalo", "Office", Role.SURVIVOR_ADVISOR),
    ("dpo@tanglaw.example", "Lea Bautista", "Office", Role.DATA_PROTECTION_OFFICER),
    ("auditor@tanglaw.example", "Mateo Cruzado", "Office", Role.AUDITOR),
)
CYBER_UNIT = (
    ("officer@ncru.example", "Noel Pardo", "Cyber desk", Role.PARTNER_OFFICER),
    ("investigator@ncru.example", "Olga Ferrer", "Cyber desk", Role.INVESTIGATOR),
    ("prosecutor@ncru.example", "Pia Lontoc", "Cyber desk", Role.PROSECUTOR),
)
PARTNERS = (
    ("Northern Cyber Response Unit", "NCRU", "LawEnforcement", "PH", "source"),
    ("Coastal Province Social Welfare Office", "CPSWO", "x_SocialWelfare", "PH", "source"),
    ("Harbour Light Shelter", "HLS", "x_ShelterOrCare", "PH", "source"),
    ("Norden Child Protection Liaison", "NCPL", "LawEnforcement", "NL", "demand"),
)


def person(email: str) -> User:
    """A person of the demo as a new request would find them."""
    return User.objects.get(email=email)


def invite_everybody() -> None:
    """Found the demo's NGO, its partners and their people, each with a second factor.

    Raises:
        RuntimeError: this is not the demo.
    """
    if not settings.LIWANAG_DEMO:
        raise RuntimeError("demo people belong in the demo only")
    admin = found_installation(
        agency_name="Tanglaw Foundation",
        short_code="TANGLAW",
        agency_type="NGO",
        country="PH",
        admin_name="Sol Herrera",
        admin_email=ADMIN,
        password=PASSWORD,
        is_demo=True,
    )
    agencies = {"TANGLAW": Agency.objects.get(short_code="TANGLAW")}
    for name, short_code, agency_type, country, side in PARTNERS:
        agencies[short_code] = add_agency(
            actor=admin,
            name=name,
            short_code=short_code,
            agency_type=agency_type,
            country=country,
            side=side,
        )
    for short_code, people in (("TANGLAW", TANGLAW), ("NCRU", CYBER_UNIT)):
        _invite(admin, agencies[short_code], people)
    admit_importer(actor=admin, team_id=Team.objects.get(name="North team").pk)
    for short_code in ("NCRU", "CPSWO"):
        add_agreement(
            actor=admin,
            reference=f"DSA-{short_code}-2026",
            to_agency_id=agencies[short_code].pk,
            scope="Protection and investigation of online sexual exploitation of children",
            categories=[section.value for section in Section],
            valid_from=date(2026, 1, 1),
            valid_until=date(2028, 12, 31),
        )
    for user in User.objects.filter(is_demo=True):
        accept_conduct(user=user, at=timezone.now())
        if not Authenticator.objects.filter(user=user).exists():
            with factor_of(user):
                TOTP.activate(user, demo_totp_secret(user.email))


def _invite(admin: User, agency: Agency, people: tuple[tuple[str, str, str, Role], ...]) -> None:
    teams: dict[str, Team] = {}
    for email, name, team_name, role in people:
        if team_name not in teams:
            teams[team_name] = add_team(actor=admin, agency_id=agency.pk, name=team_name)
        user = invite_user(
            actor=admin,
            agency_id=agency.pk,
            name=name,
            email=email,
            team_id=teams[team_name].pk,
            role=role,
            is_demo=True,
            by_mail=False,
        )
        link = token_of(user.invitations.waiting().get().pk)
        accept_invitation(token=link, password=PASSWORD, at=timezone.now())
