"""Forms of the people pages: shape and words; the rules are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AgencyType
from core.choices import Side
from core.forms import PlainForm
from core.versioned_forms import VersionedForm
from handoffs.choices import Section
from referrals.forms import COUNTRY_CHOICES

DAY = {"type": "date"}
CHOOSE = [("", _("Choose"))]
LAST_DAY = _(
    "For interns and partners. The account stops working the day after; leave it empty for no end."
)


class GiveRoleForm(PlainForm):
    team = forms.ChoiceField(label=_("Team"))
    role = forms.ChoiceField(
        label=_("Role"), help_text=_("“What each role may do” lists what comes with each.")
    )

    def __init__(self, *args: Any, teams: Any, roles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [*CHOOSE, *teams]  # type: ignore[attr-defined]
        self.fields["role"].choices = [*CHOOSE, *roles]  # type: ignore[attr-defined]


class InviteForm(GiveRoleForm):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("The link goes here and nowhere else. Check it twice."),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
        help_text=LAST_DAY,
    )
    field_order = ("name", "email", "team", "role", "ends_on")


class LastDayForm(PlainForm):
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text=LAST_DAY,
    )


class SignOnForm(VersionedForm):
    issuer = forms.CharField(
        label=_("Issuer"),
        max_length=300,
        help_text=_("The provider’s address, exactly as it names itself."),
    )
    client_id = forms.CharField(label=_("Client id"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput,
        help_text=_("Kept sealed, never shown again. Empty keeps the one that is there."),
    )
    trusts_second_factor = forms.BooleanField(
        label=_("Trust its second factor"),
        required=False,
        help_text=_(
            "Only if your provider asks everybody for one and says so. Otherwise people show the "
            "second factor they have here."
        ),
    )
    steps = frozenset({"secret"})


class ProfileForm(PlainForm):
    small = forms.BooleanField(
        label=_("We are a small agency"),
        required=False,
        help_text=_(
            "Closing a case, waiving a duty, approving a legal basis or a plan, and what becomes "
            "of a referral in danger may then be decided by whoever asked or began. Each time "
            "somebody else looks at it within three days."
        ),
    )
    approver = forms.ChoiceField(
        label=_("External approver"),
        required=False,
        help_text=_(
            "Somebody of another agency, invited there with the role “External approver”. They see "
            "what was decided alone, without the case, and say what they find."
        ),
    )

    def __init__(self, *args: Any, approvers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = ("", _("Nobody: our own reviewers"))
        self.fields["approver"].choices = [nobody, *approvers]  # type: ignore[attr-defined]


class AddAgreementForm(PlainForm):
    to_agency = forms.ChoiceField(label=_("Agency"))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=60,
        help_text=_("As it stands on the signed paper, such as DSA-NCRU-2026."),
    )
    scope = forms.CharField(
        label=_("What for"),
        max_length=300,
        help_text=_("In one line, in the words of the agreement. Name no case and nobody."),
    )
    categories = forms.MultipleChoiceField(
        label=_("What may be handed over"),
        choices=Section.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Consent or another basis is asked for besides, each time."),
    )
    valid_from = forms.DateField(label=_("From"), widget=forms.DateInput(attrs=DAY))
    valid_until = forms.DateField(
        label=_("To"),
        required=False,
        widget=forms.DateInput(attrs=DAY),
        help_text=_("Leave it empty where the agreement has no end."),
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_agency"].choices = [*CHOOSE, *agencies]  # type: ignore[attr-defined]


class EndAgreementForm(PlainForm):
    last_day = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )


class AddTeamForm(PlainForm):
    agency = forms.ChoiceField(label=_("Agency"))
    name = forms.CharField(
        label=_("Name of the team"),
        max_length=120,
        help_text=_("People of one team see the same cases."),
    )

    def __init__(self, *args: Any, agencies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]


class AddAgencyForm(PlainForm):
    name = forms.CharField(label=_("Name"), max_length=200)
    short_code = forms.RegexField(
        r"\A[A-Z][A-Z0-9-]{1,19}\Z",
        label=_("Short code"),
        help_text=_("Capital letters and digits, such as NCRU. It stands in references."),
        error_messages={"invalid": _("Use 2 to 20 capital letters, digits or hyphens.")},
    )
    agency_type = forms.ChoiceField(label=_("Kind of agency"), choices=AgencyType.choices)
    country = forms.ChoiceField(label=_("Country"), choices=COUNTRY_CHOICES)
    side = forms.ChoiceField(
        label=_("Side"), choices=Side.choices, initial=Side.SOURCE, widget=forms.RadioSelect
    )
