"""Telling another agency at once what somebody's life depends on, and writing it down."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from audit.reviewing import open_review
from cases.models import Case
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.errors import DomainError
from handoffs.choices import EmergencyWay, Section
from handoffs.models import EmergencyDisclosure
from handoffs.services.drafting import check_receiver, one_of, own_agency
from vault.keys import make_keys

# What was told longer ago is no emergency any more: it belongs into the log of the case.
TOLD_WITHIN = timedelta(days=7)
LONGEST = {"officer": 200, "their_reference": 100, "said": 1_000, "why": 600}


def tell_in_emergency(
    *,
    actor: User,
    case_id: uuid.UUID,
    to_agency_id: uuid.UUID,
    told_at: datetime,
    way: str,
    officer: str,
    said: str,
    why: str,
    categories: Sequence[str],
    their_reference: str = "",
    at: datetime,
) -> EmergencyDisclosure:
    """Write down what one person told another agency to save a life. It needs no agreement, no
    consent and nobody's leave, and is looked at by somebody else within 24 hours.

    Args:
        told_at: when they were told: not later than now, within the last seven days.
        way: of `EmergencyWay`.
        officer: whom one spoke to: name and office.
        said: what was told, the minimum; at most 1,000 characters.
        why: whose life was in danger and how.
        categories: kinds of data that were told (`Section`).
        their_reference: the number they gave.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Denied: not the role's to do.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).get(pk=case_id)
        act.authorise("handoffs.tell_in_emergency", case)
        receiver = check_receiver(actor, to_agency_id)
        if told_at > at:
            raise DomainError(_("This moment has not come yet."), field="told_at")
        if told_at < at - TOLD_WITHIN:
            raise DomainError(
                _("That is more than seven days ago. Write a note, and tell your supervisor."),
                field="told_at",
            )
        one_of(way, EmergencyWay.values, "way", _("Choose how you told them."))
        chosen = [section.value for section in Section if section in set(categories)]
        if not chosen or set(categories) - set(Section.values):
            raise DomainError(_("Choose which kinds of data you told."), field="categories")
        given = {
            "officer": officer,
            "their_reference": their_reference,
            "said": said,
            "why": why,
        }
        words = {
            name: check_text(text, field=name, most=LONGEST[name]) for name, text in given.items()
        }
        for name, missing in (
            ("officer", _("Say whom you spoke to.")),
            ("said", _("Say what you told them.")),
            ("why", _("Say whose life was in danger, and how.")),
        ):
            if not words[name]:
                raise DomainError(missing, field=name)
        told = EmergencyDisclosure(
            case=case,
            from_agency=own_agency(actor),
            to_agency=receiver,
            told_by=actor,
            told_at=told_at,
            way=way,
            categories=chosen,
            words=words,
        )
        make_keys([("handoff", told.pk)])
        told.save(force_insert=True)
        act.record(
            "emergency.told",
            told,
            facts={"to_agency": str(receiver.pk), "way": str(way), "sections": chosen},
        )
        open_review(
            act,
            kind="emergency_disclosure",
            about=told,
            team_ids=teams_seeing(case.pk),
            facts={"way": str(way)},
            at=at,
        )
    return told
