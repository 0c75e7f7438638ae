"""Forms of the referral desk: shape and words. The rules are in the services."""

from referrals.forms.deciding import (
    AcknowledgeForm,
    AnswerForm,
    AskSourceForm,
    AssignForm,
    ChaseForm,
    DeclineReferralForm,
    DuplicateForm,
    FeedbackForm,
    RedirectForm,
    ReopenForm,
    WithdrawForm,
)
from referrals.forms.intake import (
    COUNTRY_CHOICES,
    AcceptReferralForm,
    ImportSheetForm,
    LogReferralForm,
)
from referrals.forms.oncall import OnCallForm

__all__ = [
    "COUNTRY_CHOICES",
    "AcceptReferralForm",
    "AcknowledgeForm",
    "AnswerForm",
    "AskSourceForm",
    "AssignForm",
    "ChaseForm",
    "DeclineReferralForm",
    "DuplicateForm",
    "FeedbackForm",
    "ImportSheetForm",
    "LogReferralForm",
    "OnCallForm",
    "RedirectForm",
    "ReopenForm",
    "WithdrawForm",
]
