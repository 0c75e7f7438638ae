"""Audit events as sentences: "Ana Ilustre opened the case on 3 Nov 2026, 10:12 Manila"."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.roles import Role
from audit.models import AuditEvent
from audit.verbs import registry

ICONS = {
    "case": "case",
    "note": "note",
    "identity": "eye",
    "consent": "consent",
    "ground": "law",
    "referral": "referral",
    "handoff": "handoff",
    "package": "package",
    "proceeding": "court",
    "charge": "court",
    "verdict": "verdict",
    "release": "reports",
    "signin": "sign-in",
    "factor": "key",
    "password": "lock",
    "act": "stop",
    "log": "audit",
    "job": "clock",
}


MOST_FIELDS = 3
SAID_OTHERWISE = ("permission", "filters", "from", "to")
# Ids and digests: proof for the auditor's program, noise in a sentence.
MACHINE_MADE = re.compile(r"[0-9a-f-]{32,}")


@dataclass(frozen=True)
class Sentence:
    """One event as people read it; the shape `{% timeline %}` takes."""

    at: datetime
    sentence: str
    who: str
    detail: str
    icon: str
    proof: str
    number: int


def sentences(events: Iterable[AuditEvent], reader: User) -> list[Sentence]:
    """Events as sentences, in the order given. Names come from the directory, never the log.

    People of another agency stand there as their agency (R-A5), but for the house's auditors.
    """
    events = list(events)
    people = User.objects.filter(pk__in={event.actor_id for event in events})
    if not (reader.may("audit.read_log") and reader.of_the_house):
        people = people.filter(Q(agency_id=reader.agency_id) | Q(kind=User.Kind.SERVICE))
    names = dict(people.values_list("pk", "name"))
    agencies = dict(
        Agency.objects.filter(pk__in={event.agency_id for event in events}).values_list(
            "pk", "name"
        )
    )
    sealed = sealed_places([event.pk for event in events])
    return [_sentence(event, names, agencies, sealed) for event in events]


def sealed_places(event_ids: Sequence[int]) -> dict[int, int]:
    """event id → its place in the Merkle log, for those the sequencer has taken in."""
    if not event_ids:
        return {}
    with connections["auditor"].cursor() as cursor:
        cursor.execute(
            "SELECT event_id, position FROM audit_leaf WHERE event_id = ANY(%s)", [list(event_ids)]
        )
        return dict(cursor.fetchall())


def _sentence(
    event: AuditEvent,
    names: dict[uuid.UUID, str],
    agencies: dict[uuid.UUID, str],
    sealed: dict[int, int],
) -> Sentence:
    actor = names.get(event.actor_id, "") if event.actor_id else ""
    what = str(registry().get(event.verb, event.verb))
    roles = ", ".join(_role(role) for role in event.role.split(",") if role)
    agency = agencies.get(event.agency_id, "") if event.agency_id else ""
    who = actor or agency
    return Sentence(
        at=event.at,
        sentence=f"{who} {what}" if who else what[:1].upper() + what[1:],
        who=" · ".join(filter(None, (roles, agency if who != agency else ""))),
        detail=_detail(event),
        icon=ICONS.get(event.verb.split(".")[0], "dot"),
        proof="sealed" if event.pk in sealed else "pending",
        number=event.pk,
    )


def _role(code: str) -> str:
    return str(Role(code).label) if code in Role.values else code


def _detail(event: AuditEvent) -> str:
    """What else the event says, in words: why, what was asked for, which fields, which codes.

    Keys, sums and long lists of fields stay out of the sentence; the exported log has all of them.
    """
    parts: list[str] = []
    if event.purpose:
        parts.append(_("because: %(purpose)s") % {"purpose": plain(event.purpose)})
    facts: dict[str, Any] = event.facts
    if "permission" in facts:
        parts.append(_("asked for: %(what)s") % {"what": facts["permission"].split(".")[-1]})
    if "from" in facts and "to" in facts:
        parts.append(
            _("from %(before)s to %(after)s")
            % {"before": plain(facts["from"]), "after": plain(facts["to"])}
        )
    if len(event.fields) > MOST_FIELDS:
        parts.append(_("%(number)s fields") % {"number": len(event.fields)})
    elif event.fields:
        names = ", ".join(plain(name) for name in event.fields)
        parts.append(_("fields: %(names)s") % {"names": names})
    parts += [
        f"{plain(key)}: {plain(value)}"
        for key, value in sorted(facts.items())
        if key not in SAID_OTHERWISE and _says_something(value)
    ]
    if event.object_type and event.object_id:
        parts.append(f"{kind_of_record(event.object_type)} {str(event.object_id)[:8]}")
    return ", ".join(parts)


def _says_something(value: Any) -> bool:
    """Whether a reader learns something: not from a list, an empty answer, a key or a sum."""
    if isinstance(value, dict | list) or value in ("", None, False):
        return False
    return not MACHINE_MADE.fullmatch(str(value))


def plain(value: Any) -> str:
    return _("yes") if value is True else str(value).replace("_", " ")


def kind_of_record(label: str) -> str:
    """ "cases.caseparticipant" → "case participant"; what is no model any more keeps its name."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label.split(".")[-1]
