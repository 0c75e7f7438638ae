"""Searches of the log that somebody keeps under a name."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _

from audit.acting import acting
from audit.models import SavedSearch
from audit.reviewing import check_remark
from core.actors import Actor
from core.errors import DomainError

LONGEST_NAME = 60
MOST = 50


def save_search(*, actor: Actor, name: str, asked: Mapping[str, str]) -> SavedSearch:
    """Keep a search under a name, for oneself. The same name again replaces it.

    Args:
        name: what it is for, without anybody's name in it.
        asked: what was asked for: codes, ids and days.

    Raises:
        Denied: the actor may not read the log.
        DomainError: no name, a name that cannot be kept, nothing asked for, or too many kept.
    """
    with acting(actor) as act:
        act.authorise("audit.read_log")
        name = check_remark(name)
        if not name or len(name) > LONGEST_NAME:
            raise DomainError(_("Give the search a short name: what it is for."), field="name")
        asked = {key: value for key, value in asked.items() if value}
        if not asked:
            raise DomainError(_("Search for something first, then keep it."), field="name")
        mine = SavedSearch.objects.visible_to(actor)
        mine.filter(name=name).delete()
        if mine.count() >= MOST:
            raise DomainError(_("You keep many searches. Remove one first."), field="name")
        search = SavedSearch(owner_id=actor.pk, name=name, asked=asked)
        search.save(force_insert=True)
        act.record("search.saved", search, facts={"filters": sorted(asked)})
    return search


def forget_search(*, actor: Actor, search_id: UUID) -> None:
    """Remove a search one has kept.

    Raises:
        SavedSearch.DoesNotExist: it is not the actor's.
        Denied: the actor may not read the log.
    """
    with acting(actor) as act:
        search = SavedSearch.objects.visible_to(actor).get(pk=search_id)
        act.authorise("audit.read_log", search)
        act.record("search.forgotten", search)
        search.delete()
