"""Keep a list of the queue, and hear of it daily or weekly: only that one should come and look."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from audit.reading import reading
from core.actors import Actor
from core.errors import DomainError
from referrals.choices import Digest, SourceCategory
from referrals.htcds.countries import COUNTRIES
from referrals.models import KeptList
from referrals.selectors.queue import CHIPS, queue

MOST = 20
# By then the day has begun.
TOLD_FROM_HOUR = 7


def keep_list(
    *, actor: User, show: str, source_category: str = "", country: str = "", digest: str
) -> KeptList:
    """Keep a list of the queue, for oneself. The same list again changes how often one hears of it.

    Args:
        show: a code of `CHIPS`.
        source_category, country: what the list is narrowed to; empty for all.
        digest: of `Digest`.

    Raises:
        DomainError: a code is not known, or too many are kept; `field` names it.
    """
    with acting(actor) as act:
        act.authorise("referrals.read_referral")
        for field, value, known in (
            ("show", show, CHIPS),
            ("digest", digest, Digest.values),
            ("source_category", source_category, ("", *SourceCategory.values)),
            ("country", country, ("", *COUNTRIES)),
        ):
            if value not in known:
                raise DomainError(_("Choose one of the list."), field=field)
        mine = KeptList.objects.visible_to(actor).locked()
        asked = {"show": show, "source_category": source_category, "country": country}
        kept: KeptList | None = mine.filter(**asked).first()
        if kept is not None:
            kept.digest = digest
            kept.save(update_fields=["digest"])
        else:
            if mine.count() >= MOST:
                raise DomainError(_("You keep many lists. Remove one first."), field="digest")
            kept = KeptList(owner=actor, digest=digest, **asked)
            kept.save(force_insert=True)
        act.record("list.kept", kept, facts={"digest": digest})
    return kept


def forget_list(*, actor: User, list_id: uuid.UUID) -> None:
    """Remove a list one has kept.

    Raises:
        KeptList.DoesNotExist: it is not the actor's.
    """
    with acting(actor) as act:
        kept: KeptList = KeptList.objects.visible_to(actor).get(pk=list_id)
        act.authorise("referrals.read_referral", kept)
        act.record("list.forgotten", kept)
        kept.delete()


def tell_of_kept_lists(*, actor: Actor, at: datetime) -> int:
    """Send word to whoever keeps a list in which something stands, when they are to hear of it.

    The word is the same for everything, "come and look"; what it is about is seen after signing
    in. Returns how many were told.

    Args:
        actor: the clock service; each list is counted in the name of whoever keeps it.
    """
    here = timezone.localtime(at)
    if here.hour < TOLD_FROM_HOUR:
        return 0
    with reading(actor):
        due = [
            one
            for one in KeptList.objects.visible_to(actor).exclude(digest=Digest.NEVER)
            if one.told_on is None or one.told_on < _since(one.digest, here.date())
        ]
    told = 0
    for kept in due:
        owner = User.objects.get(pk=kept.owner_id)
        with reading(owner):
            stands = queue(owner, kept.show, at, kept.source_category, kept.country).exists()
        with acting(actor) as act:
            mine: KeptList = KeptList.objects.visible_to(actor).locked().get(pk=kept.pk)
            act.authorise("referrals.tell_of_lists", mine)
            mine.told_on = here.date()
            mine.save(update_fields=["told_on"])
            act.record("list.looked_through", mine, facts={"told": stands})
            if stands:
                act.after_commit("cases.tell", str(owner.pk))
        told += stands
    return told


def _since(digest: str, today: date) -> date:
    """The first day of the span in which one is told once."""
    return today - timedelta(days=today.weekday()) if digest == Digest.WEEKLY else today
