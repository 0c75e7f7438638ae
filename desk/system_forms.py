"""Forms of the pages of partners' systems: shape and words; the rules are the services'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.partner_scopes import Scope
from core.forms import PlainForm
from desk.people_forms import CHOOSE


class RegisterSystemForm(PlainForm):
    agency = forms.ChoiceField(label=_("Agency"))
    name = forms.CharField(
        label=_("Name of the system"),
        max_length=120,
        help_text=_("As the partner calls it, such as “Hotline case system”."),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing else opens to it, and nothing of another agency."),
    )
    desk = forms.ChoiceField(
        label=_("Team that takes what it submits"),
        required=False,
        help_text=_("Needed only where it submits referrals."),
    )
    certificate = forms.CharField(
        label=_("Fingerprint of its certificate"),
        required=False,
        max_length=120,
        help_text=_(
            "SHA-256, if your proxy asks for client certificates. Leave it empty otherwise."
        ),
    )

    def __init__(self, *args: Any, agencies: Any, desks: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = [*CHOOSE, *agencies]  # type: ignore[attr-defined]
        self.fields["desk"].choices = [("", _("None")), *desks]  # type: ignore[attr-defined]
