"""Tables of the referral desk, one noun a module."""

from referrals.models.imports import ImportBatch, ImportedRow
from referrals.models.oncall import DangerAlert, OnCallShift
from referrals.models.questions import SourceFeedback, SourceQuestion
from referrals.models.referral import DECIDED, OPEN, STEPS, Referral, referral_reference

__all__ = [
    "DECIDED",
    "OPEN",
    "STEPS",
    "DangerAlert",
    "ImportBatch",
    "ImportedRow",
    "OnCallShift",
    "Referral",
    "SourceFeedback",
    "SourceQuestion",
    "referral_reference",
]
