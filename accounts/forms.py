"""Forms of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm

NEW = {"autocomplete": "new-password"}


class JoinForm(PlainForm):
    """A password of one's own, twice; or none, for who uses a passkey."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 12 characters. Several plain words are easy to keep in mind."),
        widget=forms.PasswordInput(attrs=NEW),
        strip=False,
    )
    again = forms.CharField(
        label=_("The same again"), widget=forms.PasswordInput(attrs=NEW), strip=False
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        first, second = given.get("password"), given.get("again")
        if first and second and first != second:
            self.add_error("again", _("This is not the same. Write both again."))
        return given


class ConductForm(PlainForm):
    accepted = forms.BooleanField(label=_("I have read this and will keep to it."))
