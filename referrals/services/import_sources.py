"""What an import stands on: whose desk, who sent it, and its referrals in one statement."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Agency, AgencyType, Team, User
from audit.acting import Act
from core.bulk import insert_many
from core.references import new_reference
from referrals.choices import SourceCategory
from referrals.incoming import Incoming
from referrals.models import Referral
from vault.blind_index import index_key

_CATEGORIES = {
    AgencyType.NGO: SourceCategory.NGO,
    AgencyType.SHELTER: SourceCategory.NGO,
    AgencyType.HEALTH: SourceCategory.HEALTH,
    AgencyType.SCHOOL: SourceCategory.SCHOOL,
    AgencyType.SOCIAL_WELFARE: SourceCategory.SOCIAL_WELFARE,
    AgencyType.COURT: SourceCategory.COURT,
    AgencyType.FINANCIAL_INTELLIGENCE: SourceCategory.FIU,
    AgencyType.FINANCIAL_INSTITUTION: SourceCategory.FINANCIAL_INSTITUTION,
    AgencyType.TECH_PLATFORM: SourceCategory.TECH_PLATFORM,
    AgencyType.HOTLINE: SourceCategory.INHOPE_HOTLINE,
}


def insert_referrals(referrals: list[Referral]) -> None:
    """Insert; where a random reference is taken already, perhaps by a row nobody here may see,
    give out new ones and narrow down on it."""
    try:
        with transaction.atomic():
            insert_many(referrals)
    except IntegrityError as clash:
        if "reference" not in str(clash):
            raise
        for referral in referrals:
            referral.reference = new_reference("R")
        middle = max(1, len(referrals) // 2)
        for part in (referrals[:middle], referrals[middle:]):
            if part:
                insert_referrals(part)


def agencies_known_to(team: Team) -> dict[str, Agency]:
    """One's own agency and those it has an agreement with, by name as sheets write it."""
    home = team.agency_id
    agencies = Agency.objects.filter(
        Q(pk=home)
        | Q(pk__in=Agency.objects.filter(agreements_in__from_agency=home).values("pk"))
        | Q(pk__in=Agency.objects.filter(agreements_out__to_agency=home).values("pk"))
    )
    return {agency.name.casefold(): agency for agency in agencies}


def category_of(agency: Agency | None, home: str) -> str:
    """What kind of source an agency is; unknown where there is none."""
    if agency is None:
        return SourceCategory.UNKNOWN
    if agency.type == AgencyType.LAW_ENFORCEMENT:
        if agency.country == home:
            return SourceCategory.DOMESTIC_LAW_ENFORCEMENT
        return SourceCategory.FOREIGN_LAW_ENFORCEMENT
    return _CATEGORIES.get(AgencyType(agency.type), SourceCategory.OTHER)


def start_of(day: date) -> datetime:
    """Midnight at the installation's clock."""
    return timezone.make_aware(datetime.combine(day, time()))


def authorised_team(act: Act, actor: User, team_id: uuid.UUID) -> Team:
    """The team onto whose desk `actor` may import. Raises Denied."""
    mine = Team.objects.of_member(actor, timezone.now()).filter(pk=team_id)
    act.authorise("referrals.import_referrals", verdict=mine.exists())
    team: Team = Team.objects.select_related("agency").get(pk=team_id)
    return team


def imported_row_key() -> bytes:
    """The key of the digests by which an entry is known."""
    return index_key("referrals.imported-row")


def content_digest(incoming: Incoming) -> bytes:
    """Keyed, so that nobody can test whether a file they hold was imported here."""
    digest = hmac.new(index_key("referrals.import-file"), digestmod=hashlib.sha256)
    for piece in incoming.content():
        digest.update(piece)
    return digest.digest()
