"""What a partner's system may be let do, and which address each scope opens.

A closed table: an address that is not in it is shut to every system, whatever its token says.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    SUBMIT = "referrals:submit", _("Submit referrals")
    STATUS = "referrals:status", _("Ask how far a referral it submitted is")
    READ = "handoffs:read", _("List handoffs on its agency’s desk and fetch sealed packages")
    ANSWER = "handoffs:answer", _("Accept, decline and complete handoffs")


OF_REFERRALS = frozenset({Scope.SUBMIT, Scope.STATUS})
OF_HANDOFFS = frozenset({Scope.READ, Scope.ANSWER})

# (view name, method) → scope.
DOORS: Mapping[tuple[str, str], Scope] = {
    ("partner-referral-list", "POST"): Scope.SUBMIT,
    ("partner-referral-detail", "GET"): Scope.STATUS,
    ("handoff-list", "GET"): Scope.READ,
    ("handoff-detail", "GET"): Scope.READ,
    ("handoff-sealed", "POST"): Scope.READ,
    ("handoff-accept", "POST"): Scope.ANSWER,
    ("handoff-decline", "POST"): Scope.ANSWER,
    ("handoff-ask", "POST"): Scope.ANSWER,
    ("handoff-complete", "POST"): Scope.ANSWER,
    ("handoff-confirm-stopped", "POST"): Scope.ANSWER,
}
