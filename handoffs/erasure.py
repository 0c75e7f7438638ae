"""The handoffs' step of an erasure: our copy of the packages that told of the person."""

from __future__ import annotations

import json

from django.utils.translation import gettext_lazy as _

from cases.erasing import Erasing, ErasureStep, register_erasure
from handoffs.models import HandoffPackage
from vault.errors import CannotOpen


def erase_packages(erasing: Erasing) -> int:
    """End the keys of every package that names the person's code.

    The handoff, its digest and its receipts stay: what left, to whom and on what basis can still be
    answered for. What a partner has opened is with the partner and can't be called back.
    """
    ended = 0
    for package in HandoffPackage.objects.filter(handoff__case_id__in=erasing.case_ids):
        try:
            told = json.dumps(package.content)
        except CannotOpen:
            continue
        if erasing.whole_case or erasing.code in told:
            erasing.keys.add(("handoff", package.handoff_id))
            ended += 1
    return ended


def register() -> None:
    register_erasure(
        ErasureStep(
            "packages", _("Copies of packages sent"), ("handoffs.HandoffPackage",), erase_packages
        )
    )
