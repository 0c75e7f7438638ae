"""Page-shaped reads of handoffs: what a package would hold, what happened, what waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case as SqlCase
from django.db.models import Q, QuerySet, When
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency, DataSharingAgreement, User
from accounts.selectors import receivers_of
from audit.models import AuditEvent, AuditLeaf
from audit.verbs import registry
from cases.choices import LegalBasis, WhyWithheld
from cases.models import Case
from cases.timeline import Moment
from core.actors import Actor
from handoffs.case_read import read_case, terms_of
from handoffs.choices import Section, Urgency
from handoffs.disclosing import verdict_of, what_leaves
from handoffs.grounds import NoGround, ground_today
from handoffs.models import Handoff, HandoffPackage
from handoffs.package import (
    build_package,
    masked,
)
from handoffs.package_words import ShownPackage, in_words
from handoffs.policies import sections_for
from vault.errors import CannotOpen

MOST_MOMENTS = 200
# What both sides see of the chain; previews of a draft are the sender's own.
CHAIN_OF_BOTH = (
    "handoff.authorised",
    "handoff.sent",
    "handoff.accepted",
    "handoff.declined",
    "handoff.asked",
    "handoff.replied",
    "handoff.completed",
    "handoff.revoked",
    "handoff.reminded",
    "handoff.expired",
    "handoff.stopped",
    "handoff.stop_confirmed",
    "package.opened",
    "package.taken",
    "package.mismatched",
)
CHAIN_OF_SENDER = (
    "handoff.composed",
    "handoff.changed",
    "handoff.submitted",
    "handoff.returned",
    *CHAIN_OF_BOTH,
)
ICONS = {
    "handoff.composed": "draft",
    "handoff.changed": "draft",
    "handoff.submitted": "people",
    "handoff.authorised": "check",
    "handoff.returned": "reply",
    "handoff.sent": "sent",
    "handoff.accepted": "accept",
    "handoff.declined": "decline",
    "handoff.asked": "question",
    "handoff.replied": "reply",
    "handoff.completed": "check",
    "handoff.revoked": "revoke",
    "handoff.reminded": "envelope",
    "handoff.expired": "expiring",
    "handoff.stopped": "revoke",
    "handoff.stop_confirmed": "check",
    "package.opened": "envelope-open",
    "package.taken": "envelope-open",
    "package.mismatched": "warning",
}


# What the chips of the two lists show.
SHOWN: dict[str, tuple[str | Promise, Q]] = {
    "all": (gettext_lazy("All"), Q()),
    "drafts": (gettext_lazy("Drafts"), Q(status="draft")),
    "second": (
        gettext_lazy("With a second person"),
        Q(status__in=("pending", "authorised")),
    ),
    "asked": (gettext_lazy("Asked for more"), Q(status="needs_information")),
    "waiting": (gettext_lazy("Waiting for an answer"), Q(status="sent")),
    "overdue": (gettext_lazy("Overdue"), Q(status="sent")),
    "answered": (gettext_lazy("Answered"), Q(status__in=("accepted", "declined", "completed"))),
    "ended": (gettext_lazy("Revoked or expired"), Q(status__in=("revoked", "expired"))),
}
ON_DESK: dict[str, tuple[str | Promise, Q]] = {
    "waiting": (gettext_lazy("Waiting for you"), Q(status__in=("sent", "needs_information"))),
    "accepted": (gettext_lazy("Accepted"), Q(status="accepted")),
    "closed": (
        gettext_lazy("Completed, declined or ended"),
        Q(status__in=("completed", "declined", "revoked", "expired")),
    ),
}


@dataclass(frozen=True)
class Preview:
    """What a receiver would see of a draft today.

    Attributes:
        package: the package, names included: for a digest, never for a page; empty when it could
            not be made.
        shown: the same in words, names covered.
        problem: why it cannot leave; empty when it can.
        withheld: what stays here and why, a sentence each.
        waits: all that is in the way is that its legal basis waits for its approval.
    """

    package: dict[str, Any]
    shown: ShownPackage | None = None
    problem: str = ""
    withheld: Sequence[str] = ()
    waits: bool = False


@dataclass(frozen=True)
class Link:
    """One thing that happened to a handoff; the shape `{% timeline %}` takes."""

    at: datetime
    sentence: str
    who: str
    icon: str
    proof: str


def outgoing(actor: User, show: str, *, on: date) -> QuerySet[Handoff]:
    """What `actor`'s agency composed and `actor` may see, with the names a list needs."""
    handoffs = Handoff.objects.visible_to(actor).sent_from(actor).filter(SHOWN[show][1])
    if show == "overdue":
        handoffs = handoffs.overdue(on)
    found: QuerySet[Handoff] = handoffs.select_related("to_agency", "case")
    return found


def handoffs_to_authorise(actor: User) -> QuerySet[Handoff]:
    """What a colleague wrote, or in a small agency they themselves, and `actor` may authorise."""
    found: QuerySet[Handoff] = (
        Handoff.objects.visible_to(actor).sent_from(actor).to_authorise().order_by("submitted_at")
    )
    if not actor.works_in_small_agency:
        found = found.exclude(composed_by_id=actor.pk).exclude(author_ids__contains=[actor.pk])
    return found


def letterbox(actor: User, show: str) -> QuerySet[Handoff]:
    """What lies on the desk of `actor`'s agency, most pressing first; never its case."""
    urgent_first = SqlCase(When(urgency="today", then=0), When(urgency="soon", then=1), default=2)
    found: QuerySet[Handoff] = (
        Handoff.objects.visible_to(actor)
        .on_desk_of(actor)
        .filter(ON_DESK[show][1])
        .select_related("from_agency")
        .order_by(urgent_first, "answer_by", "-sent_at")
    )
    return found


def receiver_choices(actor: User, *, on: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """The agencies `actor` may address, those with an agreement in force first."""
    agreed = set(
        DataSharingAgreement.objects.visible_to(actor)
        .in_force(on)
        .filter(from_agency_id=actor.agency_id)
        .values_list("to_agency_id", flat=True)
    )
    groups: dict[bool, list[tuple[str, str]]] = {True: [], False: []}
    for agency in receivers_of(actor):
        groups[agency.pk in agreed].append((str(agency.pk), agency.name))
    titles = {
        True: _("With a sharing agreement"),
        False: _("Without one: only for a legal duty or to save a life"),
    }
    return [(titles[key], choices) for key, choices in groups.items() if choices]


def draft_of(actor: User, case: Case, choices: Mapping[str, Any]) -> Handoff:
    """A draft that is not saved, from what was chosen so far; every choice may be missing."""
    chosen_id: Any = choices.get("to_agency")
    receiver = receivers_of(actor).filter(pk=chosen_id).first() if chosen_id else None
    chosen = choices.get("sections") or []
    answer_by: Any = choices.get("answer_by")
    return Handoff(
        case=case,
        from_agency=actor.agency,
        to_agency=receiver,
        kind=choices.get("kind") or "",
        purpose=choices.get("purpose") or "",
        legal_basis=choices.get("legal_basis") or "",
        urgency=choices.get("urgency") or Urgency.ROUTINE,
        answer_by=answer_by,
        sections=sections_for(receiver, chosen) if receiver else chosen,
    )


def preview(actor: User, handoff: Handoff) -> Preview:
    """What the receiver would see of a draft, saved or not yet. The caller records the reading.

    Names that `actor` may not open are left out: such a draft is not theirs to send.
    """
    receiver_id: UUID | None = handoff.to_agency_id
    if receiver_id:
        # As sending will: the receiver may have become an investigator since it was composed.
        handoff.sections = sections_for(handoff.to_agency, handoff.sections)
    sections = list(handoff.sections)
    agreement, problem, waits = _ground(handoff)
    verdict = None
    if receiver_id and handoff.legal_basis and sections:
        verdict = verdict_of(handoff)
        if verdict.allowed or handoff.legal_basis == LegalBasis.CONSENT:
            sections = what_leaves(handoff, verdict)
        else:
            # It waits for its approval: what would leave then is what its author has to see now.
            verdict = None
    if Section.IDENTITIES in sections and not actor.may("cases.show_identity"):
        sections.remove(Section.IDENTITIES)
        problem = _("It holds names that you may not open. Ask a colleague who may to send it.")
        waits = False
    try:
        read = read_case(actor, handoff.case_id, sections, verdict)
    except CannotOpen:
        # A gap must not look like "nothing is there": nothing is shown and nothing may leave.
        sections = []
        read = read_case(actor, handoff.case_id, sections, verdict)
        waits = False
        problem = _(
            "A part of this case cannot be read, so nothing can leave. Tell your administrator."
        )
    held = verdict.withheld if verdict else ()
    terms = terms_of(
        handoff,
        agreement=agreement.reference if agreement else None,
        withheld=[str(one.category) for one in held],
    )
    package = build_package(replace(terms, sections=sections), read)
    return Preview(
        package=package,
        shown=in_words(masked(package)),
        problem=problem,
        withheld=list(dict.fromkeys(one.words for one in held)),
        waits=waits,
    )


def _ground(handoff: Handoff) -> tuple[DataSharingAgreement | None, str, bool]:
    """What would carry the draft today, or why nothing does; neither while choices are missing.

    And whether only the approval of its legal basis is in the way.
    """
    receiver_id: UUID | None = handoff.to_agency_id
    if not (receiver_id and handoff.legal_basis and handoff.sections):
        return None, "", False
    try:
        agreement = ground_today(handoff)
    except NoGround as none:
        return None, none.message, False
    verdict = verdict_of(handoff)
    if verdict.allowed:
        return agreement, "", False
    if handoff.legal_basis == LegalBasis.CONSENT:
        return agreement, verdict.words, False
    if any(one.why == WhyWithheld.NOT_APPROVED for one in verdict.withheld):
        words = _("It can leave once a second person has approved this legal basis.")
        return agreement, words, True
    words = _(
        "This legal basis is not recorded for this agency and this use. Say in the draft why it "
        "applies; a second person looks at it."
    )
    return agreement, words, False


def sent_digest(handoff: Handoff) -> str:
    """The fingerprint of what was sent (hex), for whoever has opened its package."""
    sealed = HandoffPackage.objects.only("digest").get(handoff=handoff)
    return bytes(sealed.digest).hex()


def chain_of(handoff: Handoff, reader: User, verbs: Sequence[str]) -> list[Link]:
    """What happened to a handoff, newest first, from the audit log.

    Own people stand with their name, those of the other agency with its name alone (R-A5). The
    caller has shown that `reader` may see the handoff.
    """
    events = list(
        AuditEvent.objects.of_case(handoff.case_id)
        .filter(object_id=handoff.pk, verb__in=verbs, outcome="done")
        .order_by("-id")
    )
    names = dict(
        User.objects.filter(
            pk__in={event.actor_id for event in events}, agency_id=reader.agency_id
        ).values_list("pk", "name")
    )
    agencies = dict(
        Agency.objects.filter(pk__in={event.agency_id for event in events}).values_list(
            "pk", "name"
        )
    )
    sealed = set(
        AuditLeaf.objects.using("auditor")
        .filter(event_id__in=[event.pk for event in events])
        .values_list("event_id", flat=True)
    )
    links = []
    for event in events:
        agency = agencies.get(event.agency_id, "")
        name = names.get(event.actor_id, "")
        links.append(
            Link(
                at=event.at,
                # Nobody of an agency did what a day that passed brought with it.
                sentence=f"{name or agency or _('The clock')} {registry()[event.verb]}",
                who=agency if name else "",
                icon=ICONS[event.verb],
                proof="sealed" if event.pk in sealed else "pending",
            )
        )
    return links


def moments_of_case(actor: Actor, case: Case) -> list[Moment]:
    """What happened to a visible case's handoffs, for its timeline."""
    if not actor.may("handoffs.read_handoff"):
        return []
    told = []
    handoffs = (
        Handoff.objects.visible_to(actor)
        .filter(case=case)
        .select_related("to_agency", "composed_by", "sent_by")
        .order_by("-created_at")[:MOST_MOMENTS]
    )
    for handoff in handoffs:
        agency = handoff.to_agency.name
        composer = handoff.composed_by.name
        sender = handoff.sent_by.name if handoff.sent_by else ""
        answer = (
            _("%(agency)s accepted the handoff.")
            if not handoff.decline_reason
            else _("%(agency)s declined the handoff.")
        )
        steps = (
            (
                handoff.created_at,
                "draft",
                composer,
                _("Handoff composed for %(agency)s."),
            ),
            (handoff.sent_at, "sent", sender, _("Handoff sent to %(agency)s.")),
            (handoff.answered_at, "reply", "", answer),
            (handoff.revoked_at, "revoke", "", _("Handoff to %(agency)s revoked.")),
        )
        told += [
            Moment(
                at=at,
                sentence=sentence % {"agency": agency},
                kind="handoffs",
                icon=icon,
                who=who,
                url=reverse("handoffs:handoff", args=[handoff.pk]),
            )
            for at, icon, who, sentence in steps
            if at is not None
        ]
    return told
