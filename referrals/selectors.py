"""Page-shaped reads of the referral desk. The number of queries does not grow with the rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from cases.models import Case as CaseFile
from core.choices import YesNoUnknown
from core.ui.dates import due, when
from referrals.choices import HarmType, Status
from referrals.htcds.countries import COUNTRIES
from referrals.htcds.fields import FIELDS
from referrals.models import Referral
from referrals.policies import can_read_summary, needs_second_person
from referrals.querysets import ReferralQuerySet
from vault.opening import opened

# Chips of the queue, in order: code in the address, words on the chip.
CHIPS: dict[str, str | Promise] = {
    "waiting": gettext_lazy("Waiting"),
    "overdue": gettext_lazy("Overdue"),
    "danger": gettext_lazy("Immediate danger"),
    "linked": gettext_lazy("Linked to a case"),
    "declined": gettext_lazy("Declined"),
    "all": gettext_lazy("All"),
}
SEALED = ("summary", "subject", "source_reference")
WAITING = Q(status__in=(Status.RECEIVED, Status.IN_TRIAGE))
DANGER = Q(immediate_danger=YesNoUnknown.YES)

Facts = list[tuple[str, Any]]


def queue(actor: User, show: str, at: datetime) -> ReferralQuerySet:
    """What one chip of the queue lists: waiting first, danger on top, then by when it is due.

    Args:
        show: a code of `CHIPS`.
        at: overdue is derived from it.
    """
    referrals: ReferralQuerySet = Referral.objects.visible_to(actor)
    if show == "waiting":
        referrals = referrals.waiting()
    elif show == "overdue":
        referrals = referrals.overdue(at)
    elif show == "danger":
        referrals = referrals.filter(DANGER)
    elif show == "linked":
        referrals = referrals.filter(status=Status.LINKED_TO_CASE)
    elif show == "declined":
        referrals = referrals.filter(status=Status.DECLINED)
    return referrals.order_by(
        _first(WAITING),
        _first(WAITING & DANGER),
        # Who has waited longest comes first; of what is decided, the latest.
        Case(
            When(WAITING & Q(import_batch=None), then="received_at"),
            When(WAITING, then="created_at"),
        ),
        "-received_at",
        "pk",
    )


def with_names(referrals: QuerySet[Any]) -> QuerySet[Any]:
    """The rows as a list shows them: people and agencies joined, nothing sealed fetched."""
    return referrals.select_related("assigned_to", "source_agency", "team").defer(*SEALED)


def with_seen_case(referrals: QuerySet[Any], actor: User) -> QuerySet[Any]:
    """Annotate `seen_case_id`: the linked case where `actor` sees it, else nothing."""
    seen = CaseFile.objects.visible_to(actor).filter(pk=OuterRef("case_id")).values("pk")
    return referrals.annotate(seen_case_id=Subquery(seen[:1]))


def _first(condition: Q) -> Case:
    return Case(When(condition, then=Value(0)), default=Value(1))


@dataclass(frozen=True)
class QueueRow:
    """One referral of the list, in the words of the list."""

    id: Any
    reference: str
    source: str
    waiting_for: str
    status: str
    status_label: str
    danger: bool
    overdue: bool


def queue_rows(referrals: list[Referral], at: datetime) -> list[QueueRow]:
    """The rows of a page of `with_names(queue(…))`."""
    return [
        QueueRow(
            id=referral.pk,
            reference=referral.reference,
            source=source_words(referral),
            waiting_for=_waiting_for(referral, at),
            status="linked" if referral.status == Status.LINKED_TO_CASE else referral.status,
            status_label=referral.get_status_display(),
            danger=referral.in_danger and referral.is_waiting,
            overdue=referral.is_overdue(at),
        )
        for referral in referrals
    ]


def source_words(referral: Referral) -> str:
    """Who sent it: the agency, the name as written, or the kind of source."""
    kind = str(referral.get_source_category_display())
    name = referral.source_agency.name if referral.source_agency else referral.source_name
    return f"{name} ({kind})" if name else kind


def _waiting_for(referral: Referral, at: datetime) -> str:
    if referral.status == Status.RECEIVED:
        return due(referral.triage_due, at)
    if referral.status == Status.IN_TRIAGE and referral.assigned_to:
        return _("With %(person)s") % {"person": referral.assigned_to.name}
    return when(referral.decided_at or referral.received_at)


@dataclass(frozen=True)
class Can:
    """What the reader may do on the page now."""

    start_triage: bool
    accept: bool
    decline: bool
    # They started the triage of a child in danger, so somebody else must decline.
    decline_needs_another: bool
    open_summary: bool


@dataclass(frozen=True)
class ReferralPage:
    """One referral as its page shows it. Nothing of L3 is in here."""

    referral: Referral
    case: CaseFile | None
    sentence: str
    source: Facts
    matter: Facts
    clocks: Facts
    history: list[dict[str, Any]]
    can: Can
    overdue: bool
    unreadable: list[str]


def referral_page(actor: User, referral: Referral, at: datetime) -> ReferralPage:
    """What the page of a visible referral shows `actor`."""
    case = CaseFile.objects.visible_to(actor).filter(pk=referral.case_id).first()
    return ReferralPage(
        referral=referral,
        case=case,
        sentence=_("Reached the %(team)s from: %(source)s")
        % {"team": referral.team.name, "source": source_words(referral)},
        source=_source_facts(referral),
        matter=_matter_facts(referral),
        clocks=_clock_facts(referral, at),
        history=history_of(actor, referral, case),
        can=what_can_be_done(actor, referral),
        overdue=referral.is_overdue(at),
        unreadable=unreadable_of(referral),
    )


def unreadable_of(referral: Referral) -> list[str]:
    """Sealed fields of the page that do not open; whoever shows them records it."""
    return [] if opened(referral, "source_reference").readable else ["source_reference"]


def what_can_be_done(actor: User, referral: Referral) -> Can:
    in_triage = referral.status == Status.IN_TRIAGE
    return Can(
        start_triage=referral.status == Status.RECEIVED and actor.may("referrals.start_triage"),
        accept=in_triage and actor.may("referrals.accept_referral"),
        decline=in_triage and actor.may("referrals.decline_referral"),
        decline_needs_another=needs_second_person(actor, referral),
        open_summary=can_read_summary(actor),
    )


def _source_facts(referral: Referral) -> Facts:
    return [
        (_("Who told us"), source_words(referral)),
        (_("Their reference"), opened(referral, "source_reference").value),
        (_("Country of the source"), _country(referral.originating_country)),
        (_("How it came to light"), referral.get_detection_method_display()),
        (_("We may keep it because of"), referral.get_legal_basis_display()),
    ]


def _matter_facts(referral: Referral) -> Facts:
    harms = [str(HarmType(code).label) for code in referral.harm_types]
    place = ", ".join(part for part in (referral.admin1, _country(referral.country)) if part)
    return [
        (_("Immediate danger"), referral.get_immediate_danger_display()),
        (_("How any material came about"), referral.get_content_origin_display()),
        (_("Kinds of harm"), ", ".join(harms)),
        (_("Children, as far as known"), referral.children_estimate),
        (_("Where"), place),
    ]


def _country(code: str) -> str:
    return COUNTRIES.get(code, code)


def _clock_facts(referral: Referral, at: datetime) -> Facts:
    facts: Facts = [(_("Reached us"), when(referral.received_at))]
    if referral.status == Status.RECEIVED:
        facts.append((_("Start triage by"), due(referral.triage_due, at)))
    if referral.triaged_at:
        facts.append((_("Triage started"), when(referral.triaged_at)))
        facts.append((_("With"), referral.assigned_to.name if referral.assigned_to else ""))
    if referral.decided_at:
        facts.append((_("Decided"), when(referral.decided_at)))
    return facts


def history_of(actor: User, referral: Referral, case: CaseFile | None) -> list[dict[str, Any]]:
    """What happened to a referral, newest first, from its kept history."""
    changes = (
        apps.get_model("referrals", "ReferralEvent")
        .objects.visible_to(actor)
        .filter(id=referral.pk)
        .select_related("assigned_to", "team")
        .order_by("pgh_id")
    )
    told: list[dict[str, Any]] = []
    before = None
    for change in changes:
        told += [
            {"at": change.pgh_created_at, "icon": icon, "sentence": sentence}
            for icon, sentence in _sentences(referral, case, before, change)
        ]
        before = change
    return told[::-1]


def _sentences(
    referral: Referral, case: CaseFile | None, before: Any, change: Any
) -> list[tuple[str, str]]:
    if before is None:
        if referral.import_batch_id:
            return [("import", _("It was taken in from a case sheet."))]
        return [("inbox", _("%(who)s logged it.") % {"who": referral.logged_by.name})]
    said = []
    if change.status != before.status:
        said.append((_ICONS.get(change.status, "dot"), _step_words(referral, case, change)))
    if change.team_id != before.team_id:
        said.append(("team", _("It moved to the %(team)s.") % {"team": change.team.name}))
    return said


_ICONS = {Status.IN_TRIAGE: "triage", Status.LINKED_TO_CASE: "accept", Status.DECLINED: "decline"}


def _step_words(referral: Referral, case: CaseFile | None, change: Any) -> str:
    decider = referral.decided_by.name if referral.decided_by else ""
    if change.status == Status.IN_TRIAGE and change.assigned_to:
        return _("%(who)s started the triage.") % {"who": change.assigned_to.name}
    if change.status == Status.LINKED_TO_CASE and case:
        words = {"who": decider, "case": case.reference}
        return _("%(who)s accepted it into the case %(case)s.") % words
    if change.status == Status.LINKED_TO_CASE:
        return _("%(who)s accepted it into a case.") % {"who": decider}
    if change.status == Status.DECLINED:
        words = {"who": decider, "reason": referral.get_decline_reason_display()}
        return _("%(who)s declined it: %(reason)s.") % words
    return _("It became “%(status)s”.") % {"status": Status(change.status).label}


def subject_facts(subject: dict[str, Any]) -> Facts:
    """Who a referral is about, for the reader who opened it: the standard's label, the value."""
    return [
        (FIELDS[name].label.capitalize(), _told(name, value)) for name, value in subject.items()
    ]


def _told(name: str, value: Any) -> str:
    """A value in the words of the standard's code lists."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(FIELDS[name].codes.get(one, one)) for one in values)
