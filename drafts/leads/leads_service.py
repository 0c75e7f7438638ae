"""Lead identifiers: sealed on entry, never shown again, released to the police, purged after."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import AgencyType, User
from audit.acting import Act, acting
from cases.choices import Platform
from cases.disclosure import Verdict
from cases.models import Case
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from handoffs.choices import LeadKind, LeadToldBy, Section
from handoffs.leads import leads_may_leave
from handoffs.models import Handoff, LeadIdentifier
from handoffs.services.drafting import one_of
from referrals.models import Referral
from vault.fields import Sealed
from vault.keys import make_keys

LONGEST = 300


def seal_lead(
    *,
    actor: User,
    kind: str,
    value: str,
    told_by: str,
    platform: str = "",
    case_id: uuid.UUID | None = None,
    referral_id: uuid.UUID | None = None,
) -> LeadIdentifier:
    """Seal a screen name, number, wallet or link that a child or a reporter told. Nobody of ours
    reads it again: it leaves inside a sealed handoff to the police, and is purged after.

    Args:
        kind: of `LeadKind`.
        value: what was told, as it was told.
        told_by: of `LeadToldBy`; nothing of the kind is taken from lists or reports of platforms.
        platform: of `cases.choices.Platform`, where it is known.
        case_id, referral_id: where it belongs; one of them.

    Raises:
        Case.DoesNotExist, Referral.DoesNotExist: not visible to the actor.
        Denied: not the role's to do.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        if (case_id is None) == (referral_id is None):
            raise DomainError(_("Say to which case or referral it belongs."))
        case = Case.objects.visible_to(actor).get(pk=case_id) if case_id else None
        referral = Referral.objects.visible_to(actor).get(pk=referral_id) if referral_id else None
        act.authorise("handoffs.seal_lead", case or referral)
        one_of(kind, LeadKind.values, "kind", _("Choose what it is."))
        one_of(told_by, LeadToldBy.values, "told_by", _("Choose who told it."))
        one_of(platform, ["", *Platform.values], "platform", _("Choose from the list."))
        value = check_text(value, field="value", most=LONGEST, links_allowed=True)
        if not value:
            raise DomainError(_("Write down what was told."), field="value")
        lead = LeadIdentifier(
            case=case,
            referral=referral,
            kind=kind,
            platform=platform,
            told_by=told_by,
            recorded_by=actor,
            value=value,
        )
        make_keys([("handoff", lead.pk)])
        lead.save(force_insert=True)
        act.record("lead.sealed", lead, facts={"kind": str(kind), "told_by": str(told_by)})
    # What was typed stays nowhere, not with whoever called either.
    lead.value = ""
    return lead


def release_leads(act: Act, handoff: Handoff, verdict: Verdict) -> list[dict[str, str]]:
    """What leads of the case go into the sealed file of a handoff that is being sent; each is
    noted. Empty where the receiver is not the police, or names may not leave.

    Raises:
        vault.errors.CannotOpen: one does not open; a gap is never sent.
    """
    if not leads_may_leave(handoff, verdict):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, platform, told_by, value FROM liwanag_leads_of(%s)", [handoff.pk]
        )
        rows = cursor.fetchall()
    released = []
    for pk, kind, platform, told_by, sealed in rows:
        lead = LeadIdentifier(pk=pk)
        lead.value = Sealed(bytes(sealed))
        released.append(
            {"kind": kind, "platform": platform, "told_by": told_by, "value": lead.value}
        )
    if rows:
        found = LeadIdentifier.objects.visible_to(act.actor).filter(pk__in=[row[0] for row in rows])
        found.update(released_in=handoff)
        act.record("lead.released", handoff, facts={"leads": len(rows)})
    return released


def purge_leads(act: Act, handoff: Handoff) -> int:
    """The receiver has the file: what of it was kept here is gone, with its keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_purge_leads(%s)", [handoff.pk])
        (purged,) = cursor.fetchone()
    if purged:
        act.record("lead.purged", handoff, facts={"leads": purged})
    return int(purged)


__all__: list[Any] = []
_UNUSED = (AgencyType, Actor, Section)
