"""Forms of keys. What a script fills in is hidden; the rules are in the services."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import PlainForm
from handoffs.choices import KeyWay


class CopyForm(PlainForm):
    """A sealed copy of the desk's key, made in the browser."""

    way = forms.ChoiceField(choices=KeyWay.choices, widget=forms.HiddenInput)
    copy = forms.CharField(widget=forms.HiddenInput, max_length=5_000)
    hint = forms.CharField(widget=forms.HiddenInput, max_length=600, required=False)
    officer = forms.UUIDField(widget=forms.HiddenInput, required=False)


class KeyForm(CopyForm):
    """A new key: its public half, and the maker's copy of the private one."""

    recipient = forms.CharField(widget=forms.HiddenInput, max_length=120)
    replace = forms.BooleanField(widget=forms.HiddenInput, required=False)


class ArchiveForm(PlainForm):
    """Two people, each with the public half of a key of their own."""

    first_holder = forms.TypedChoiceField(label=_("First holder"), coerce=UUID)
    first_key = forms.CharField(
        label=_("Their public key"),
        help_text=_("It begins with age1. They make it with age-keygen, and keep the other half."),
        max_length=120,
    )
    second_holder = forms.TypedChoiceField(label=_("Second holder"), coerce=UUID)
    second_key = forms.CharField(label=_("Their public key"), max_length=120)
    replace = forms.BooleanField(
        label=_("Replace the key in use"),
        help_text=_("What was sealed to the old one still opens with its two halves alone."),
        required=False,
    )

    def __init__(
        self, *args: Any, people: list[tuple[str, str]], replaces: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        for name in ("first_holder", "second_holder"):
            fields[name].choices = [("", _("Choose")), *people]
        if not replaces:
            del fields["replace"]


class ReplaceSigningKeyForm(PlainForm):
    key = forms.UUIDField(widget=forms.HiddenInput)
