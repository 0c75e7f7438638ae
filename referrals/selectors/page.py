"""One referral as its page shows it, and what its reader may do about it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from cases.models import Case as CaseFile
from core.ui.dates import due, when
from referrals.choices import HarmType, Status, TipAnnotation
from referrals.htcds.countries import COUNTRIES
from referrals.htcds.fields import FIELDS
from referrals.models import (
    DECIDED,
    OPEN,
    CyberTip,
    DangerAlert,
    Referral,
    SourceFeedback,
    SourceQuestion,
)
from referrals.policies import can_read_summary, needs_second_person
from referrals.selectors.hidden import TalkTo, talk_to
from referrals.selectors.history import history_of
from referrals.selectors.queue import source_words
from vault.keys import was_erased
from vault.opening import opened

Facts = list[tuple[str, Any]]


@dataclass(frozen=True)
class Can:
    """What the reader may do on the page now."""

    acknowledge: bool
    start_triage: bool
    accept: bool
    ask: bool
    answer: bool
    decline: bool
    redirect: bool
    duplicate: bool
    withdraw: bool
    # They started the triage of a child in danger, so somebody else decides that it is not ours.
    decline_needs_another: bool
    tell: bool
    close: bool
    reopen: bool
    unlink: bool
    open_summary: bool
    indicators: bool
    erase: bool


@dataclass(frozen=True)
class ReferralPage:
    """One referral as its page shows it. Nothing of L3 is in here."""

    referral: Referral
    case: CaseFile | None
    sentence: str
    source: Facts
    matter: Facts
    # What the report of a platform said; empty for other referrals.
    tip: Facts
    clocks: Facts
    history: list[dict[str, Any]]
    can: Can
    # The open question to the source, without its words.
    asked: SourceQuestion | None
    asked_late: bool
    # What the source was told last since the decision.
    told: SourceFeedback | None
    duplicate_of: Referral | None
    # Those that tell the same again.
    told_again: list[Referral]
    # Colleagues of other teams who ask to be talked to about it.
    talk_to: list[TalkTo]
    overdue: bool
    unreadable: list[str]


def referral_page(actor: User, referral: Referral, at: datetime) -> ReferralPage:
    """What the page of a visible referral shows `actor`."""
    case = CaseFile.objects.visible_to(actor).filter(pk=referral.case_id).first()
    asked = _open_question(actor, referral)
    told = _last_feedback(actor, referral)
    return ReferralPage(
        referral=referral,
        case=case,
        sentence=_("Reached the %(team)s from: %(source)s")
        % {"team": referral.team.name, "source": source_words(referral)},
        source=_source_facts(referral),
        matter=_matter_facts(referral),
        tip=_tip_facts(actor, referral),
        clocks=[*_clock_facts(referral, at), *_alert_facts(actor, referral)],
        history=history_of(actor, referral, case),
        can=what_can_be_done(actor, referral, told=told is not None),
        asked=asked,
        asked_late=asked is not None and asked.is_late(at),
        told=told,
        duplicate_of=_first_told(actor, referral),
        told_again=_told_again(actor, referral),
        talk_to=talk_to(actor, referral),
        overdue=referral.is_overdue(at),
        unreadable=unreadable_of(referral),
    )


def unreadable_of(referral: Referral) -> list[str]:
    """Sealed fields of the page that do not open; whoever shows them records it."""
    return [] if opened(referral, "source_reference").readable else ["source_reference"]


def what_can_be_done(actor: User, referral: Referral, *, told: bool) -> Can:
    """What `actor` may do about a visible referral in its state of now.

    Args:
        told: whether its source was told since the decision.
    """
    status = referral.status
    in_triage = status == Status.IN_TRIAGE
    asked = status == Status.NEEDS_INFORMATION
    alone = not needs_second_person(actor, referral)
    return Can(
        acknowledge=referral.needs_acknowledgement and actor.may("referrals.acknowledge_referral"),
        start_triage=status == Status.RECEIVED and actor.may("referrals.start_triage"),
        accept=in_triage and actor.may("referrals.accept_referral"),
        ask=in_triage and actor.may("referrals.ask_source"),
        answer=asked and actor.may("referrals.ask_source"),
        decline=(in_triage or asked) and actor.may("referrals.decline_referral"),
        redirect=in_triage and alone and actor.may("referrals.redirect_referral"),
        duplicate=in_triage and alone and actor.may("referrals.mark_duplicate"),
        withdraw=(status == Status.RECEIVED or asked)
        and not referral.in_danger
        and actor.may("referrals.withdraw_referral"),
        decline_needs_another=not alone,
        tell=status in DECIDED and actor.may("referrals.give_feedback"),
        close=status in DECIDED and told and actor.may("referrals.close_referral"),
        reopen=status == Status.CLOSED and actor.may("referrals.reopen_referral"),
        unlink=status == Status.DUPLICATE and actor.may("referrals.unlink_referral"),
        open_summary=can_read_summary(actor),
        indicators=can_read_summary(actor) and actor.may("referrals.record_indicator"),
        erase=actor.may("cases.request_erasure")
        and status not in OPEN
        and referral.case_id is None
        and referral.team.agency_id == actor.agency_id
        and not was_erased(("referral", referral.pk)),
    )


def _open_question(actor: User, referral: Referral) -> SourceQuestion | None:
    if referral.status != Status.NEEDS_INFORMATION:
        return None
    questions = SourceQuestion.objects.visible_to(actor).defer("question", "answer")
    found: SourceQuestion | None = questions.filter(referral=referral, ended_at=None).first()
    return found


def _last_feedback(actor: User, referral: Referral) -> SourceFeedback | None:
    if referral.decided_at is None:
        return None
    told: SourceFeedback | None = (
        SourceFeedback.objects.visible_to(actor)
        .defer("words")
        .filter(referral=referral, given_at__gte=referral.decided_at)
        .order_by("-given_at")
        .first()
    )
    return told


def _first_told(actor: User, referral: Referral) -> Referral | None:
    if referral.duplicate_of_id is None:
        return None
    seen: Referral | None = (
        Referral.objects.visible_to(actor)
        .only("reference")
        .filter(pk=referral.duplicate_of_id)
        .first()
    )
    return seen


def _told_again(actor: User, referral: Referral) -> list[Referral]:
    """Which of those that the reader sees were marked as telling the same again."""
    again = Referral.objects.visible_to(actor).filter(duplicate_of=referral)
    return list(again.only("reference", "received_at").order_by("received_at"))


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


def _tip_facts(actor: User, referral: Referral) -> Facts:
    tips = CyberTip.objects.visible_to(actor).defer("platform_words")
    tip = tips.filter(referral=referral).first()
    if tip is None:
        return []
    ticked = [str(TipAnnotation(code).label) for code in tip.annotations]
    return [
        (_("Reported as"), tip.get_incident_type_display()),
        (_("When it happened"), when(tip.incident_at)),
        (_("Platform"), tip.get_platform_display()),
        (_("The platform ticked"), ", ".join(ticked)),
        (_("Sees an immediate risk to a child"), _("Yes") if tip.escalated else _("Not said")),
        (_("Country of the reported account"), _countries(tip.reported_countries)),
        (_("Country of whom it wrote to"), _countries(tip.recipient_countries)),
        (_("Country of the child"), _countries(tip.victim_countries)),
        (
            _("Left out on purpose"),
            ngettext("%(n)s field", "%(n)s fields", tip.left_out) % {"n": tip.left_out},
        ),
    ]


def _countries(codes: list[str]) -> str:
    return ", ".join(_country(code) for code in codes)


def _country(code: str) -> str:
    return COUNTRIES.get(code, code)


def _clock_facts(referral: Referral, at: datetime) -> Facts:
    facts: Facts = [(_("Reached us"), when(referral.received_at))]
    if referral.acknowledged_at:
        facts.append((_("Source told it arrived"), when(referral.acknowledged_at)))
    elif referral.needs_acknowledgement:
        facts.append((_("Tell the source by"), due(referral.acknowledge_due, at)))
    if referral.is_waiting:
        facts.append((_("Decide by"), due(referral.triage_due, at)))
    if referral.triaged_at:
        facts.append((_("Triage started"), when(referral.triaged_at)))
    if referral.assigned_to:
        facts.append((_("With"), referral.assigned_to.name))
    if referral.decided_at:
        facts.append((_("Decided"), when(referral.decided_at)))
    if referral.closed_at:
        facts.append((_("Closed"), when(referral.closed_at)))
    return facts


def _alert_facts(actor: User, referral: Referral) -> Facts:
    """Who was called about a child in danger, latest step first."""
    if not referral.in_danger:
        return []
    alerts = DangerAlert.objects.visible_to(actor).filter(referral=referral)
    told: dict[Any, list[str]] = {}
    for alert in alerts.select_related("person").order_by("-sent_at", "person__name"):
        told.setdefault(alert.sent_at, []).append(alert.person.name)
    return [
        (_("Called"), format_html("{}: {}", when(at), ", ".join(who))) for at, who in told.items()
    ]


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
