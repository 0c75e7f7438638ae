"""Agencies, teams and people, and how people come in."""

from accounts.models.directory import (
    Agency,
    AgencyType,
    DataSharingAgreement,
    Invitation,
    Membership,
    Team,
    User,
    UserManager,
)
from accounts.models.notice import ByMail, Notice, NoticeChoice
from accounts.models.partner_system import PartnerSystem
from accounts.models.sign_in import SignInLock
from accounts.models.single_sign_on import SignOnLink, SignOnProvider

__all__ = [
    "Agency",
    "AgencyType",
    "ByMail",
    "DataSharingAgreement",
    "Invitation",
    "Membership",
    "Notice",
    "NoticeChoice",
    "PartnerSystem",
    "SignInLock",
    "SignOnLink",
    "SignOnProvider",
    "Team",
    "User",
    "UserManager",
]
