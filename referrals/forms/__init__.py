"""Forms of the referral desk: shape and words. The rules are in the services."""

from referrals.forms.board import BoardForm
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
    UnlinkForm,
    WithdrawForm,
)
from referrals.forms.hidden import AnswerMatchForm
from referrals.forms.imports import ImportForm
from referrals.forms.indicators import AssessForm, ObserveForm, PaymentForm
from referrals.forms.intake import COUNTRY_CHOICES, AcceptReferralForm, LogReferralForm
from referrals.forms.kept import KeepListForm
from referrals.forms.log import LogAnotherForm, paper_parts
from referrals.forms.oncall import OnCallForm
from referrals.forms.own_sheets import ChooseColumnsForm, StartOwnImportForm
from referrals.forms.routing import RoutingRuleForm

__all__ = [
    "COUNTRY_CHOICES",
    "AcceptReferralForm",
    "AcknowledgeForm",
    "AnswerForm",
    "AnswerMatchForm",
    "AskSourceForm",
    "AssessForm",
    "AssignForm",
    "BoardForm",
    "ChaseForm",
    "ChooseColumnsForm",
    "DeclineReferralForm",
    "DuplicateForm",
    "FeedbackForm",
    "ImportForm",
    "KeepListForm",
    "LogAnotherForm",
    "LogReferralForm",
    "ObserveForm",
    "OnCallForm",
    "PaymentForm",
    "RedirectForm",
    "ReopenForm",
    "RoutingRuleForm",
    "StartOwnImportForm",
    "UnlinkForm",
    "WithdrawForm",
    "paper_parts",
]
