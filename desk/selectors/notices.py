"""What somebody was told of, in words made for them now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse

from accounts.models import Notice, User
from audit.models import AuditEvent
from desk.audit_sentences import sentences
from desk.log_names import codes_of


@dataclass(frozen=True)
class ShownNotice:
    """One notice; the shape `{% timeline %}` takes. `is_new`: not yet marked as seen."""

    at: datetime
    sentence: str
    icon: str
    url: str
    detail: str
    is_new: bool


def show_notices(actor: User, notices: Iterable[Notice], new: str) -> list[ShownNotice]:
    """Notices of `actor` in words, in the order given. Codes are of what they see today.

    Args:
        new: the word that marks what was not seen.
    """
    notices = list(notices)
    acts = [notice.act for notice in notices]
    told: dict[UUID, AuditEvent] = {}
    for event in AuditEvent.objects.all().of_acts(acts).order_by("id"):
        told.setdefault(event.act, event)
    events = [told[act] for act in acts if act in told]
    words = dict(zip((event.act for event in events), sentences(events, actor), strict=True))
    codes = codes_of(events, actor)
    shown = []
    for notice in notices:
        event, said = told.get(notice.act), words.get(notice.act)
        if event is None or said is None:
            continue
        is_new = notice.seen_at is None
        shown.append(
            ShownNotice(
                at=notice.told_at,
                sentence=said.sentence,
                icon=said.icon,
                url=_url(event, codes),
                detail=new if is_new else "",
                is_new=is_new,
            )
        )
    return shown


def _url(event: AuditEvent, codes: dict[UUID, str]) -> str:
    """The page of what the act was about, where the reader sees it."""
    pages = {
        "referrals.referral": "referrals:referral",
        "handoffs.handoff": "handoffs:handoff",
        "cases.casenote": "cases:note",
        "cases.case": "cases:case",
    }
    page = pages.get(event.object_type)
    if page and event.object_id and (event.object_id in codes or event.case_id in codes):
        return reverse(page, args=[event.object_id])
    if event.case_id in codes:
        return reverse("cases:case", args=[event.case_id])
    return ""
