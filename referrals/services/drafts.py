"""Drafts of referrals: kept for their author alone, sealed, and dropped after two weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from audit.reading import reading
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from core.races import only_one
from referrals.models import ReferralDraft
from referrals.services.intake import LINE_LIMIT, SUMMARY_LIMIT

DAYS_KEPT = 14
MOST_ENTRIES = 50
# What of the form is kept as typed. Longer ones are the summary alone.
DRAFT_FIELDS = (
    "team",
    "received_at",
    "source_category",
    "source_name",
    "source_reference",
    "source_agency",
    "originating_country",
    "detection_method",
    "immediate_danger",
    "content_origin",
    "children_estimate",
    "country",
    "admin1",
    "legal_basis",
    "summary",
    "first_name",
    "family_name",
    "birthdate",
    "gender",
)
DRAFT_LISTS = ("harm_types",)


def save_draft(
    *, actor: User, values: Mapping[str, str | Sequence[str]], at: datetime | None = None
) -> ReferralDraft:
    """Keep what stands in the form; each person has one draft, and the last save counts.

    Args:
        values: the answers as typed, by field name; unknown names are left out.

    Raises:
        DomainError: text that R-U3 refuses or that is too long; `field` names it. Or one's first
            draft is being kept by another page at this moment.
    """
    at = at or timezone.now()
    with acting(actor) as act:
        act.authorise("referrals.log_referral")
        content = _checked(values)
        draft = ReferralDraft.objects.visible_to(actor).locked().filter(author=actor).first()
        is_new = draft is None
        if draft is None:
            draft = ReferralDraft(author=actor)
        draft.content = content
        draft.saved_at, draft.expires_at = at, at + timedelta(days=DAYS_KEPT)
        if is_new:
            with only_one("referrals_referraldraft_author_id_key", _kept_elsewhere()):
                draft.save(force_insert=True)
        else:
            draft.save(update_fields=["content", "saved_at", "expires_at"])
        act.record("referral.draft_saved", draft)
    return draft


def discard_draft(*, actor: User) -> bool:
    """Throw one's draft away. Returns whether there was one."""
    mine = ReferralDraft.objects.visible_to(actor).filter(author=actor)
    with reading(actor):
        if not mine.exists():
            return False
    with acting(actor) as act:
        act.authorise("referrals.log_referral")
        if end_draft(act, actor):
            return True
        # Another page was first.
        act.record("referral.draft_discarded")
    return False


def end_draft(act: Act, actor: User) -> bool:
    """Drop one's draft inside the act that makes it needless. Returns whether there was one."""
    mine = ReferralDraft.objects.visible_to(actor).filter(author=actor)
    draft = mine.locked().first()
    if draft is None:
        return False
    act.record("referral.draft_discarded", draft)
    mine.delete()
    return True


def drop_old_drafts(*, actor: Actor, at: datetime) -> int:
    """Drop drafts nobody came back to. Returns how many; nobody opens them for it.

    Args:
        actor: the clock service.
    """
    old = ReferralDraft.objects.visible_to(actor).filter(expires_at__lt=at)
    with reading(actor):
        if not old.exists():
            return 0
    with acting(actor) as act:
        act.authorise("referrals.drop_drafts")
        dropped: int = old.delete()[0]
        act.record("referral.drafts_expired", facts={"count": dropped})
    return dropped


def _kept_elsewhere() -> DomainError:
    return DomainError(_("Another page of yours is keeping a draft just now. Keep this one again."))


def _checked(values: Mapping[str, str | Sequence[str]]) -> dict[str, str | list[str]]:
    content: dict[str, str | list[str]] = {}
    for name in DRAFT_FIELDS:
        given = values.get(name)
        if isinstance(given, str) and given.strip():
            most = SUMMARY_LIMIT if name == "summary" else LINE_LIMIT
            content[name] = check_text(given, field=name, most=most)
    for name in DRAFT_LISTS:
        entries = values.get(name) or ()
        if isinstance(entries, list | tuple):
            content[name] = [
                check_text(str(entry), field=name, most=LINE_LIMIT)
                for entry in entries[:MOST_ENTRIES]
            ]
    return content
