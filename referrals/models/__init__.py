"""Tables of the referral desk, one noun a module."""

from referrals.models.imports import ImportBatch, ImportedRow
from referrals.models.questions import SourceFeedback, SourceQuestion
from referrals.models.referral import DECIDED, OPEN, STEPS, Referral, referral_reference

__all__ = [
    "DECIDED",
    "OPEN",
    "STEPS",
    "ImportBatch",
    "ImportedRow",
    "Referral",
    "SourceFeedback",
    "SourceQuestion",
    "referral_reference",
]
