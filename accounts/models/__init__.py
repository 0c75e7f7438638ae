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

__all__ = [
    "Agency",
    "AgencyType",
    "DataSharingAgreement",
    "Invitation",
    "Membership",
    "SignInLock",
    "Team",
    "User",
    "UserManager",
]
