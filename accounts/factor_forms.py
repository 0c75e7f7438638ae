"""The library's code forms, told whose factor they check, and calm when a secret does not open."""

from __future__ import annotations

import uuid

from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.lockouts import is_news, key_of_codes
from accounts.second_factor import RECOVERY, factor_of
from accounts.services.lockouts import note_lock_out
from audit.events import write_event
from core.errors import Unreadable

GO_ON = _("Thank you, that is you. Go on where you were.")


class OwnersCode:
    """Opens secrets of the person who signs in, and of nobody else."""

    def clean_code(self) -> str:
        user = self.user  # type: ignore[attr-defined]
        try:
            with factor_of(user):
                code: str = super().clean_code()  # type: ignore[misc]
                return code
        except ValidationError as refused:
            if refused.code == "too_many_login_attempts" and is_news(key_of_codes(user.pk)):
                note_lock_out(user=user, kind="code", proven=True, at=timezone.now())
            raise
        except Unreadable:
            # A secret moved here from another row, or a lost key: an attack or a fault, never a
            # way in. To the person it is a wrong code; the log says what it was.
            with transaction.atomic():
                write_event(
                    act=uuid.uuid4(),
                    actor=user,
                    verb="factor.unreadable",
                    record=user,
                    outcome="failed",
                )
            raise get_adapter().validation_error("incorrect_code") from None


class CodeForm(OwnersCode, AuthenticateForm):
    """At the second step of a sign-in."""

    def save(self) -> None:
        super().save()
        if self.authenticator.type == RECOVERY:
            self.authenticator.refresh_from_db()
            with factor_of(self.user):
                left = len(self.authenticator.wrap().get_unused_codes())
            words = ngettext(
                "You used a recovery code; %(left)d is left. Make new ones in good time.",
                "You used a recovery code; %(left)d are left.",
                left,
            )
            messages.warning(context.request, words % {"left": left})


class CodeAgainForm(OwnersCode, ReauthenticateForm):
    """Before something delicate."""

    def save(self) -> None:
        super().save()
        messages.success(context.request, str(GO_ON))
