"""What somebody was told of, in words made for them now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Notice, User
from accounts.services.notices import URGENT
from audit.models import AuditEvent
from desk.audit_sentences import sentences
from desk.log_names import codes_of
from handoffs.models import Handoff


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
    written: dict[UUID, list[AuditEvent]] = {}
    for event in AuditEvent.objects.all().of_acts([one.act for one in notices]).order_by("id"):
        written.setdefault(event.act, []).append(event)
    codes = codes_of([event for events in written.values() for event in events], actor)
    told = {act: _worth_telling(events, codes, actor) for act, events in written.items()}
    events = [event for event in told.values() if event is not None]
    words = dict(zip((event.act for event in events), sentences(events, actor), strict=True))
    desk = _on_the_desk(events, actor)
    shown = []
    for notice in notices:
        event, said = told.get(notice.act), words.get(notice.act)
        is_new = notice.seen_at is None
        shown.append(
            ShownNotice(
                at=notice.told_at,
                sentence=said.sentence if said else _("You were told of something you see no more"),
                icon=said.icon if said else "bell",
                url=_url(event, codes, desk) if event else "",
                detail=new if is_new else "",
                is_new=is_new,
            )
        )
    return shown


def _worth_telling(
    events: Sequence[AuditEvent], codes: Mapping[UUID, str], actor: User
) -> AuditEvent | None:
    """Which of an act's events says why `actor` was told: danger first, then what they see.

    None where another agency acted and nothing of it is theirs to see (R-A5).
    """
    seen = [event for event in events if event.object_id in codes]
    ours = [event for event in events if event.agency_id in (None, actor.agency_id)]
    urgent = [event for event in events if event.verb in URGENT and event in (*seen, *ours)]
    return next(iter([*urgent, *seen, *ours]), None)


def _on_the_desk(events: Iterable[AuditEvent], actor: User) -> frozenset[UUID]:
    """Ids of the handoffs among them that came to the actor's own desk."""
    ids = [event.object_id for event in events if event.object_type == "handoffs.handoff"]
    if not ids:
        return frozenset()
    desk = Handoff.objects.visible_to(actor).on_desk_of(actor)
    return frozenset(desk.filter(pk__in=ids).values_list("pk", flat=True))


def _url(event: AuditEvent, codes: Mapping[UUID, str], desk: Set[UUID]) -> str:
    """The page of what the act was about, where the reader sees it."""
    if event.object_id in desk:
        return reverse("handoffs:envelope", args=[event.object_id])
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
