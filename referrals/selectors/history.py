"""What happened to a referral, as sentences, from its kept history."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case as CaseFile
from referrals.choices import Status
from referrals.models import Referral


def history_of(actor: User, referral: Referral, case: CaseFile | None) -> list[dict[str, Any]]:
    """What happened to a referral, newest first, from its kept history."""
    changes = (
        apps.get_model("referrals", "ReferralEvent")
        .objects.visible_to(actor)
        .filter(id=referral.pk)
        .select_related("assigned_to", "team")
        .order_by("pgh_id")
    )
    told: list[dict[str, Any]] = []
    before = None
    for change in changes:
        told += [
            {"at": change.pgh_created_at, "icon": icon, "sentence": sentence}
            for icon, sentence in _sentences(referral, case, before, change)
        ]
        before = change
    return told[::-1]


def _sentences(
    referral: Referral, case: CaseFile | None, before: Any, change: Any
) -> list[tuple[str, str]]:
    if before is None:
        if referral.import_batch_id:
            return [("import", _("It was taken in by an import."))]
        return [("inbox", _("%(who)s logged it.") % {"who": referral.logged_by.name})]
    said = []
    if change.status != before.status:
        said.append((_ICONS.get(change.status, "dot"), _step_words(referral, case, before, change)))
    elif change.assigned_to_id != before.assigned_to_id and change.assigned_to:
        said.append(("person", _("It was given to %(who)s.") % {"who": change.assigned_to.name}))
    if change.team_id != before.team_id:
        said.append(("team", _("It moved to the %(team)s.") % {"team": change.team.name}))
    return said


_ICONS = {
    Status.IN_TRIAGE: "triage",
    Status.NEEDS_INFORMATION: "clock",
    Status.LINKED_TO_CASE: "accept",
    Status.DECLINED: "decline",
    Status.CLOSED: "check",
}
_PLAIN: dict[str, Any] = {
    Status.NEEDS_INFORMATION: gettext_lazy("The source was asked; the clock stands still."),
    Status.DUPLICATE: gettext_lazy("It was marked as told before."),
    Status.WITHDRAWN: gettext_lazy("The source took it back."),
    Status.CLOSED: gettext_lazy("It was closed."),
}


def _step_words(referral: Referral, case: CaseFile | None, before: Any, change: Any) -> str:
    decider = referral.decided_by.name if referral.decided_by else ""
    if before.status == Status.NEEDS_INFORMATION and change.status == Status.IN_TRIAGE:
        return _("The source answered; the clock goes on.")
    if before.status == Status.CLOSED:
        return _("It was taken up again.")
    if change.status in _PLAIN:
        return str(_PLAIN[change.status])
    if change.status == Status.REDIRECTED:
        where = referral.redirected_to.name if referral.redirected_to else ""
        words = {"who": decider, "agency": where or referral.redirected_to_name}
        return _("%(who)s redirected it to: %(agency)s.") % words
    if change.status == Status.IN_TRIAGE and change.assigned_to:
        return _("%(who)s started the triage.") % {"who": change.assigned_to.name}
    if change.status == Status.LINKED_TO_CASE and case:
        words = {"who": decider, "case": case.reference}
        return _("%(who)s accepted it into the case %(case)s.") % words
    if change.status == Status.LINKED_TO_CASE:
        return _("%(who)s accepted it into a case.") % {"who": decider}
    if change.status == Status.DECLINED:
        words = {"who": decider, "reason": referral.get_decline_reason_display()}
        return _("%(who)s declined it: %(reason)s.") % words
    return _("It became “%(status)s”.") % {"status": Status(change.status).label}
