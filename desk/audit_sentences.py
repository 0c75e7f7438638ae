"""Audit events as sentences: "Ana Ilustre opened the identity of S-4F7K, because: a court date"."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, User
from accounts.roles import Role
from audit.exporting import TakenBecause
from audit.matching import State, states_of
from audit.models import AuditEvent
from audit.verbs import registry
from cases.choices import CasePurpose, IdentityPurpose, LegalBasis
from desk.database_sentences import speaks_of_the_database, what_is_said, who_speaks
from desk.log_names import codes_of

ICONS = {
    "case": "case",
    "purpose": "case",
    "note": "note",
    "identity": "eye",
    "consent": "consent",
    "ground": "law",
    "referral": "referral",
    "oncall": "phone",
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
    "database": "audit",
    "page": "print",
    "job": "clock",
    "review": "eye",
    "search": "search",
    "find": "search",
    "task": "task",
    "duty": "bell",
    "plan": "outcome",
    "closure": "closed",
    "erasure": "erase",
    "glass": "alert",
    "notices": "bell",
}

# Where a sentence reads better with the code in it than after it. A verb that is not here is
# followed by the code: every registered verb has a sentence either way.
WITH_CODE: Mapping[str, str | Promise] = {
    "case.opened": gettext_lazy("opened the case %(code)s"),
    "case.opened_new": gettext_lazy("opened a new case, %(code)s"),
    "case.stage_changed": gettext_lazy("moved the case %(code)s to another stage"),
    "case.risk_assessed": gettext_lazy("assessed the risk in the case %(code)s"),
    "case.team_assigned": gettext_lazy("gave a team sight of the case %(code)s"),
    "participant.added": gettext_lazy("added %(code)s to the case"),
    "person.opened": gettext_lazy("opened the record of %(code)s"),
    "identity.shown": gettext_lazy("opened the identity of %(code)s"),
    "referral.opened": gettext_lazy("opened the referral %(code)s"),
    "referral.summary_opened": gettext_lazy("opened the summary of the referral %(code)s"),
    "referral.accepted": gettext_lazy("accepted the referral %(code)s"),
    "referral.declined": gettext_lazy("declined the referral %(code)s"),
    "referral.acknowledged": gettext_lazy("told the source of %(code)s that it arrived"),
    "referral.source_asked": gettext_lazy("asked the source of the referral %(code)s"),
    "referral.source_chased": gettext_lazy("asked the source of the referral %(code)s again"),
    "referral.source_answered": gettext_lazy("took down the answer of the source of %(code)s"),
    "referral.redirected": gettext_lazy("redirected the referral %(code)s to another agency"),
    "referral.marked_duplicate": gettext_lazy("marked the referral %(code)s as told before"),
    "referral.withdrawn": gettext_lazy("recorded that the source took %(code)s back"),
    "referral.feedback_given": gettext_lazy("told the source what came of %(code)s"),
    "referral.closed": gettext_lazy("closed the referral %(code)s"),
    "referral.reopened": gettext_lazy("reopened the referral %(code)s"),
    "referral.danger_alerted": gettext_lazy("had people called about %(code)s: a child in danger"),
    "referral.assigned": gettext_lazy("gave the referral %(code)s to a colleague"),
    "handoff.sent": gettext_lazy("sent the handoff %(code)s"),
    "handoff.opened": gettext_lazy("looked at the handoff %(code)s"),
    "handoff.accepted": gettext_lazy("accepted the handoff %(code)s"),
    "handoff.declined": gettext_lazy("declined the handoff %(code)s"),
    "handoff.revoked": gettext_lazy("revoked the handoff %(code)s"),
    "package.opened": gettext_lazy("opened the package of the handoff %(code)s"),
    "page.printed": gettext_lazy("printed a page about %(code)s"),
    "access.listed": gettext_lazy("looked at who opened the case %(code)s"),
    "access_report.made": gettext_lazy("made the report of who opened the record of %(code)s"),
}

MOST_FIELDS = 3
# The basis of a handoff stands after "because".
SAID_OTHERWISE = ("permission", "filters", "from", "to", "legal_basis")
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
    proof: State
    number: int
    proof_url: str = ""


@dataclass(frozen=True)
class Words:
    """What the ids of some events are called, for one reader."""

    people: Mapping[uuid.UUID, str]
    agencies: Mapping[uuid.UUID, str]
    codes: Mapping[uuid.UUID, str]
    states: Mapping[int, State]
    takes_proofs: bool


def sentences(
    events: Iterable[AuditEvent],
    reader: User,
    *,
    of_case: uuid.UUID | None = None,
    states: Mapping[int, State] | None = None,
) -> list[Sentence]:
    """Events as sentences, in the order given; the number of queries does not grow with them.

    Names come from the directory and codes from the records, never from the log. People of another
    agency stand there as their agency (R-A5), but for the house's auditors. Each entry is compared
    with its seal now.

    Args:
        of_case: the case the page is about, which then needs no saying.
        states: how entries that left the live table compare with their seals.
    """
    events = list(events)
    words = words_for(events, reader)
    if states is not None:
        # The proof of one entry is taken out of the live table alone.
        words = replace(words, states=states, takes_proofs=False)
    return [_sentence(event, words, of_case) for event in events]


def words_for(events: Iterable[AuditEvent], reader: User) -> Words:
    """Look up what the events' ids are called."""
    events = list(events)
    people = User.objects.filter(pk__in={event.actor_id for event in events})
    if not (reader.may("audit.read_log") and reader.of_the_house):
        people = people.filter(Q(agency_id=reader.agency_id) | Q(kind=User.Kind.SERVICE))
    agencies = Agency.objects.filter(pk__in={event.agency_id for event in events})
    return Words(
        people=dict(people.values_list("pk", "name")),
        agencies=dict(agencies.values_list("pk", "name")),
        codes=codes_of(events, reader),
        states=states_of(connections["auditor"], [event.pk for event in events]),
        takes_proofs=reader.may("audit.read_log"),
    )


def _sentence(event: AuditEvent, words: Words, of_case: uuid.UUID | None) -> Sentence:
    actor = words.people.get(event.actor_id, "") if event.actor_id else ""
    agency = words.agencies.get(event.agency_id, "") if event.agency_id else ""
    who = actor or agency
    if speaks_of_the_database(event):
        who = agency = who_speaks(event)
    what = what_was_done(event, words.codes, of_case)
    state = words.states.get(event.pk, "pending")
    return Sentence(
        at=event.at,
        sentence=f"{who} {what}" if who else what[:1].upper() + what[1:],
        who=" · ".join(filter(None, (roles_in_words(event.role), agency if who != agency else ""))),
        detail=what_is_said(event)
        if speaks_of_the_database(event)
        else _detail(event, known=event.object_id in words.codes),
        icon=ICONS.get(event.verb.split(".")[0], "dot"),
        proof=state,
        number=event.pk,
        proof_url=reverse("audit_trail:proof", args=[event.pk])
        if words.takes_proofs and state == "sealed"
        else "",
    )


def what_was_done(
    event: AuditEvent, codes: Mapping[uuid.UUID, str], of_case: uuid.UUID | None
) -> str:
    """The sentence after the name: what, of which record, in which case, why."""
    said = str(registry().get(event.verb, plain(event.verb.replace(".", " "))))
    code = codes.get(event.object_id, "") if event.object_id else ""
    if code and event.object_id != of_case:
        form = WITH_CODE.get(event.verb)
        said = str(form) % {"code": code} if form else f"{said} ({code})"
    case = codes.get(event.case_id, "") if event.case_id else ""
    if case and event.case_id not in (of_case, event.object_id):
        said = _("%(what)s in the case %(case)s") % {"what": said, "case": case}
    if event.purpose:
        said = _("%(what)s, because: %(purpose)s") % {
            "what": said,
            "purpose": purpose_in_words(event.purpose),
        }
    return said


def purpose_in_words(code: str) -> str:
    """A purpose or a legal basis as it reads inside a sentence."""
    for choices in (IdentityPurpose, CasePurpose, LegalBasis, TakenBecause):
        if code in choices.values:
            label = str(choices(code).label)
            return label[:1].lower() + label[1:]
    return plain(code)


def roles_in_words(codes: str) -> str:
    """ "caseworker,manager" → "Caseworker, Manager"."""
    return ", ".join(_role(code) for code in codes.split(",") if code)


def _role(code: str) -> str:
    return str(Role(code).label) if code in Role.values else code


def _detail(event: AuditEvent, *, known: bool) -> str:
    """What else the event says, in words: what was asked for, which fields, which codes.

    Keys, sums and long lists of fields stay out of the sentence; the exported log has all of them.
    """
    parts: list[str] = []
    facts: dict[str, Any] = event.facts
    if "permission" in facts:
        parts.append(_("asked for: %(what)s") % {"what": plain(facts["permission"].split(".")[-1])})
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
    if event.object_type and event.object_id and not known:
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
