"""Tables of the referral desk, one noun a module."""

from referrals.models.draft import ReferralDraft
from referrals.models.hidden import HiddenMatch
from referrals.models.imports import (
    CyberTip,
    ImportBatch,
    ImportedRow,
    ImportRejects,
    ImportWaiting,
    SavedMapping,
)
from referrals.models.indicators import IndicatorAssessment, IndicatorObservation, Payment
from referrals.models.kept import KeptList
from referrals.models.oncall import DangerAlert, OnCallShift
from referrals.models.questions import SourceFeedback, SourceQuestion
from referrals.models.referral import DECIDED, OPEN, STEPS, Referral, referral_reference
from referrals.models.routing import RoutingRule
from referrals.models.submission import PartnerSubmission
from referrals.models.tokens import ReferralTokens

__all__ = [
    "DECIDED",
    "OPEN",
    "STEPS",
    "CyberTip",
    "DangerAlert",
    "HiddenMatch",
    "ImportBatch",
    "ImportRejects",
    "ImportWaiting",
    "ImportedRow",
    "IndicatorAssessment",
    "IndicatorObservation",
    "KeptList",
    "OnCallShift",
    "PartnerSubmission",
    "Payment",
    "Referral",
    "ReferralDraft",
    "ReferralTokens",
    "RoutingRule",
    "SavedMapping",
    "SourceFeedback",
    "SourceQuestion",
    "referral_reference",
]
