"""Tokens given and refused, in the log. The library makes them, so they are no acts of ours."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from accounts.models import PartnerSystem
from audit.events import write_event


def token_issued(system: PartnerSystem, scopes: Iterable[str]) -> None:
    """A system was given a token. Fails where it cannot be written, and the token with it."""
    with transaction.atomic():
        write_event(
            act=uuid.uuid4(),
            actor=system.account,
            verb="system.token_issued",
            record=system,
            facts={"scopes": sorted(scopes)},
        )


def token_refused() -> None:
    """Somebody was refused one. Nobody is named: what was sent may be anybody's."""
    with transaction.atomic():
        write_event(
            act=uuid.uuid4(),
            actor=None,
            verb="system.token_refused",
            object_type="accounts.partnersystem",
            outcome="failed",
        )


def scope_refused(system: PartnerSystem, scope: str) -> None:
    """A system asked for an address that its token does not open.

    Args:
        scope: what opens the address; empty where none does.
    """
    with transaction.atomic():
        write_event(
            act=uuid.uuid4(),
            actor=system.account,
            verb="act.refused",
            record=system,
            facts={"permission": scope or "no_scope_opens_this"},
            outcome="refused",
        )
