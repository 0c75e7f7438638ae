"""How somebody is reached, as a package says it: never a number without what keeps it safe (R-C1).

Of a survivor, and of whoever is close to one, the telephone numbers and addresses that stand in
the identity never leave. What leaves is the safe contact in force: its number and its instructions
together, or the one word that there is no safe way now. Where the way is a visit, a letter or
somebody they trust, what would leave is an address or a third person (R-P8): that stays, and the
receiver asks the sender.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from cases.choices import ContactChannel
from cases.models import SafeContact
from cases.policies import who_answers_may
from handoffs.choices import Reach

# Their “number” is where somebody lives, or who somebody else is.
LEADS_TO_A_PLACE_OR_PERSON = (
    ContactChannel.VISIT,
    ContactChannel.LETTER,
    ContactChannel.THROUGH_SOMEBODY,
)


def reach_of(
    contact: SafeContact | None, at: datetime, may_name: Callable[[UUID], bool]
) -> dict[str, Any]:
    """What a package says about reaching somebody. Opens sealed text: the caller records it.

    Args:
        may_name: whether the package may hold the code of another person.

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
    answers, interprets = contact.answered_by, contact.interpreter
    if (
        contact.channel in LEADS_TO_A_PLACE_OR_PERSON
        or (answers and not may_name(answers.pk))
        # Became an alleged offender, or moved in with one, since (R-C5).
        or not who_answers_may(contact)
    ):
        return {"state": Reach.THROUGH_SENDER.value}
    words = contact.instructions
    said: dict[str, Any] = {
        "state": Reach.AS_SAID.value,
        "channel": str(contact.channel),
        "number": contact.number,
        "days": list(contact.days),
        "from_hour": contact.from_hour.strftime("%H:%M") if contact.from_hour else "",
        "until_hour": contact.until_hour.strftime("%H:%M") if contact.until_hour else "",
        "answered_by": answers.code if answers else "",
        "interpreter": interprets.code if interprets and may_name(interprets.pk) else "",
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
