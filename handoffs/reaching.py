"""How somebody is reached, as a package says it: never a number without what keeps it safe (R-C1).

Of a survivor, and of whoever is close to one, the telephone numbers and addresses that stand in
the identity never leave. What leaves is the safe contact in force: its number and its instructions
together, or the one word that there is no safe way now.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from cases.models import SafeContact
from handoffs.choices import Reach


def reach_of(contact: SafeContact | None, at: datetime) -> dict[str, Any]:
    """What a package says about reaching somebody. Opens sealed text: the caller records it.

    Raises:
        vault.errors.CannotOpen: the instructions cannot be read; nothing may leave then.
    """
    if contact is None:
        return {"state": Reach.NOT_KNOWN.value}
    if contact.do_not_contact:
        return {"state": Reach.DO_NOT_CONTACT.value}
    if contact.survivor_initiates_only:
        return {"state": Reach.THEY_CALL.value}
    if contact.expires_at <= at:
        return {"state": Reach.EXPIRED.value}
    words = contact.instructions
    said: dict[str, Any] = {
        "state": Reach.AS_SAID.value,
        "channel": str(contact.channel),
        "number": contact.number,
        "days": list(contact.days),
        "from_hour": contact.from_hour.strftime("%H:%M") if contact.from_hour else "",
        "until_hour": contact.until_hour.strftime("%H:%M") if contact.until_hour else "",
        "answered_by": contact.answered_by.code if contact.answered_by else "",
        "interpreter": contact.interpreter.code if contact.interpreter else "",
        "voicemail": contact.voicemail_allowed,
        "text": contact.text_allowed,
        "email": contact.email_allowed,
        "confirmed_at": contact.confirmed_at.isoformat(),
    }
    return said | {
        name: str(words.get(name, "")) for name in ("phrase", "never_speak_to", "remarks")
    }


def contacts_of(actor: User, person_ids: Iterable[UUID]) -> dict[UUID, SafeContact]:
    """The safe contact that counts for each person, as far as `actor` sees it."""
    return {
        contact.person_id: contact
        for contact in SafeContact.objects.visible_to(actor)
        .filter(person_id__in=list(person_ids))
        .select_related("answered_by", "interpreter")
        .order_by("person_id", "-created_at")
        .distinct("person_id")
    }
