"""The link in an invitation: the invitation's id under our signature, so that nothing is stored.

Whether it still opens is the row's business: single use, withdrawn, expired.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

_signer = Signer(salt="accounts.invitation", sep=".")


def token_of(invitation_id: uuid.UUID) -> str:
    return _signer.sign(invitation_id.hex)


def invitation_of(token: str) -> uuid.UUID | None:
    """The invitation a token names; None for anything we did not sign."""
    try:
        return uuid.UUID(hex=_signer.unsign(token))
    except (BadSignature, ValueError):
        return None


def link_to(invitation_id: uuid.UUID) -> str:
    """The whole address, for the mail."""
    path = reverse("account_accept_invitation", args=[token_of(invitation_id)])
    return f"{settings.LIWANAG_PUBLIC_URL}{path}"
