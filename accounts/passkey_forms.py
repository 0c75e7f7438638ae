"""The library's passkey forms: always with user verification, calm whatever a browser sends."""

from __future__ import annotations

from typing import Any

from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import (
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
    SignupWebAuthnForm,
)
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.utils.translation import gettext_lazy as _

from accounts.factor_forms import GO_ON

# What the library's reading of a made-up credential may end in.
NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


def refused() -> forms.ValidationError:
    """One sentence for everything that can be wrong with a passkey."""
    return forms.ValidationError(
        _("This passkey was not accepted. Try again, or use another way."), code="refused"
    )


class AddPasskeyForm(SignupWebAuthnForm):
    """A new passkey of this person: it stays on the device and asks for its screen lock."""

    name = forms.CharField(
        label=_("What do you call this device?"),
        help_text=_("So that you know which one to remove when it is lost."),
        max_length=60,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        credential = self.cleaned_data.get("credential")
        if credential:
            try:
                auth.parse_registration_response(credential)
                made = auth.complete_registration(credential)
            except (*NONSENSE, forms.ValidationError):
                raise refused() from None
            if not made.is_user_verified():
                raise refused()
        return dict(self.cleaned_data)


class _Checked(AuthenticateWebAuthnForm):
    """Whatever is wrong is one sentence to the person, and an event in the log."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()
        except (*NONSENSE, forms.ValidationError):
            self.note_refusal()
            raise refused() from None
        return found

    def note_refusal(self) -> None:
        mine = Authenticator.objects.filter(user=self.user, type=Authenticator.Type.WEBAUTHN)
        signals.authentication_failed.send(
            sender=Authenticator,
            request=context.request,
            user=self.user,
            authenticator=mine.first() or Authenticator(type=Authenticator.Type.WEBAUTHN),
            reauthentication=self.reauthenticated,
        )


class PasskeyForm(_Checked):
    """At the second step of a sign-in."""


class PasskeyAgainForm(_Checked, ReauthenticateWebAuthnForm):
    """Before something delicate."""

    def save(self) -> None:
        super().save()
        messages.success(context.request, str(GO_ON))


class PasskeySignInForm(_Checked, LoginWebAuthnForm):
    """Instead of password and code: the passkey is both, since it asks for the screen lock."""

    def note_refusal(self) -> None:
        # Nobody is named: whose passkey it was is what the browser claims.
        user_login_failed.send(sender=__name__, credentials={}, request=context.request)


class RenamePasskeyForm(forms.Form):
    """What the person calls the device."""

    name = AddPasskeyForm.base_fields["name"]

    def __init__(self, *args: Any, instance: Authenticator, **kwargs: Any) -> None:
        self.instance = instance
        kwargs.setdefault("initial", {}).setdefault("name", instance.wrap().name)
        super().__init__(*args, **kwargs)

    def save(self) -> Authenticator:
        if self.cleaned_data["name"]:
            self.instance.wrap().name = self.cleaned_data["name"]
            self.instance.save(update_fields=["data"])
        return self.instance
