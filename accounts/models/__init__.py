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
from accounts.models.sign_in import SignInLock
from accounts.models.single_sign_on import SignOnLink, SignOnProvider

__all__ = [
    "Agency",
    "AgencyType",
    "DataSharingAgreement",
    "Invitation",
    "Membership",
    "SignInLock",
    "SignOnLink",
    "SignOnProvider",
    "Team",
    "User",
    "UserManager",
]
