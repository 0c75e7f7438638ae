"""The referral desk: log what reached us, take it up, decide.

Every function is one act: what it refuses leaves nothing behind.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Agency, Team, User
from audit.acting import acting
from cases.choices import GrantReason, ParticipantRole, Risk
from cases.models import Case, CaseGroupObjectPermission
from cases.services.cases import open_case
from cases.services.duties import take_duties_along
from cases.services.people import add_participant
from core.errors import DomainError
from referrals.models import CyberTip, Referral, SourceFeedback, SourceQuestion
from referrals.numbers import number_digester
from referrals.policies import KnownNumber, can_read_summary
from referrals.routing import Facts
from referrals.services.drafts import end_draft
from referrals.services.intake import checked
from referrals.services.oncall import alert_danger
from referrals.services.routing import Placement, hand_to, placement_of
from referrals.services.subjects import participation_of
from referrals.subject_index import forget_subject, index_subject
from vault.keys import make_keys
from vault.opening import opened


def log_referral(
    *,
    actor: User,
    team_id: uuid.UUID | None,
    received_at: datetime,
    source_category: str,
    content_origin: str,
    immediate_danger: str,
    legal_basis: str,
    harm_types: Sequence[str] = (),
    summary: str = "",
    source_name: str = "",
    source_reference: str = "",
    source_agency_id: uuid.UUID | None = None,
    originating_country: str = "",
    side: str = "source",
    detection_method: str = "unknown",
    children_estimate: int | None = None,
    country: str = "",
    admin1: str = "",
    subject: Mapping[str, Any] | None = None,
    even_if_known: bool = False,
    ends_draft: bool = False,
    override_reason: str = "",
    by_rules: bool = True,
) -> Referral:
    """Put what reached us on a team's desk, its summary and subject sealed under its own key.

    Args:
        team_id: one of the actor's own teams; None where our rules are to say which team takes it,
            perhaps one whose desk the actor does not see.
        received_at: when it reached us; not in the future.
        source_category, content_origin, immediate_danger, legal_basis: required codes of
            `referrals.choices` and `cases.choices`; "unknown" is an answer.
        summary: the least that lets the desk decide, at most 4,000 characters.
        subject: who it is about as far as the source said, by HTCDS name.
        even_if_known: log it though a desk of the actor's has a referral with this number.
        override_reason: of `OverrideReason`, where the rules say another team than `team_id`.
        by_rules: ask the rules; a sibling goes where the first child went.
        ends_draft: it was typed into the form: the actor's draft is gone with the same act.

    Raises:
        KnownNumber: it has one; its reference is in the words.
        DomainError: a value breaks a rule; `field` names it.
    """
    with acting(actor) as act:
        act.authorise("referrals.log_referral")
        values = checked(
            {
                "received_at": received_at,
                "source_category": source_category,
                "content_origin": content_origin,
                "immediate_danger": immediate_danger,
                "legal_basis": legal_basis,
                "harm_types": harm_types,
                "summary": summary,
                "source_name": source_name,
                "source_reference": source_reference,
                "originating_country": originating_country,
                "side": side,
                "detection_method": detection_method,
                "children_estimate": children_estimate,
                "country": country,
                "admin1": admin1,
                "subject": subject,
            },
            now=timezone.now(),
        )
        number = number_digester()(source_category, values["source_reference"])
        if number is not None and not even_if_known:
            _refuse_known(actor, number)
        place = (
            placement_of(actor, _facts_of(values), team_id=team_id, override_reason=override_reason)
            if by_rules or team_id is None
            else Placement(_own_team(actor, team_id))
        )
        referral = Referral(
            team=place.team,
            routed_by=place.rule,
            override_reason=place.override_reason,
            source_agency=_known_agency(actor, source_agency_id),
            logged_by=actor,
            reference_digest=number,
            **values,
        )
        make_keys([("referral", referral.pk)])
        referral.save(force_insert=True)
        index_subject(referral)
        act.record(
            "referral.logged",
            referral,
            fields=sorted(
                name for name, value in values.items() if value not in ("", [], {}, None)
            ),
            facts={
                "source_category": source_category,
                "content_origin": content_origin,
                "immediate_danger": immediate_danger,
                **({"override": place.override_reason} if place.override_reason else {}),
            },
        )
        if ends_draft:
            end_draft(act, actor)
        if referral.in_danger:
            alert_danger(act, referral, at=timezone.now(), team_id=place.taken_by.pk)
        if place.to is not None:
            hand_to(referral, place.to)
            act.record("referral.handed_on", referral, facts={"team": str(place.to.pk)})
        # Afterwards and always, so that nobody can tell by the time it takes what is there.
        act.after_commit("referrals.compare_hidden", str(referral.pk))
    return referral


def start_triage(*, actor: User, referral_id: uuid.UUID) -> Referral:
    """Take a received referral off the queue; it is assigned to the actor.

    Raises:
        InvalidTransition: it is not waiting for triage.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.start_triage", referral)
        referral.start_triage(by=actor, at=timezone.now())
        referral.save(
            update_fields=["status", "version", "assigned_to", "triaged_at", "triaged_by"]
        )
        act.record("referral.triage_started", referral, fields=["status", "assigned_to"])
    return referral


def accept_referral(
    *, actor: User, referral_id: uuid.UUID, case_id: uuid.UUID | None = None
) -> Referral:
    """Accept a referral in triage into a new case of its team, or into an open case we see.

    Its subject, if the source named one, becomes a survivor of the case, the identity sealed under
    their own key; the referral keeps no copy. A referral that joins a case of another team of the
    agency moves to that team.

    Raises:
        Referral.DoesNotExist, Case.DoesNotExist: not visible to the actor.
        InvalidTransition: it is not in triage (somebody may have decided meanwhile).
        DomainError: the case is closed.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).locked().get(pk=referral_id)
        act.authorise("referrals.accept_referral", referral)
        referral.accept(by=actor, at=timezone.now())
        case = _case_for(actor, referral, case_id)
        referral.link_to(case)
        take_duties_along(act, referral_id=referral.pk, case=case)
        _move_subject(actor, referral, case)
        referral.save(
            update_fields=[
                "status",
                "version",
                "decided_by",
                "decided_at",
                "case",
                "team",
                "subject",
                "subject_person",
            ]
        )
        act.record(
            "referral.accepted",
            referral,
            fields=["status", "case"],
            facts={"into": "existing_case" if case_id else "new_case"},
        )
    return referral


@dataclass(frozen=True)
class AskedAndAnswered:
    """One question to the source, opened."""

    record: SourceQuestion
    question: str
    answer: str


@dataclass(frozen=True)
class ToldSource:
    """One feedback to the source, opened."""

    record: SourceFeedback
    words: str


@dataclass(frozen=True)
class OpenedSummary:
    """The L3 part of a referral.

    Attributes:
        summary: the text; words that say so where it does not open.
        subject: whom it is about, by HTCDS name; None where that does not open.
        decision_note: why it was decided as it was.
        platform: what a CyberTip calls a platform that is none of our list.
        questions: what the source was asked and answered, oldest first.
        feedback: what the source was told in the end, oldest first.
        unreadable: names of what does not open.
    """

    referral: Referral
    summary: str
    subject: dict[str, Any] | None
    decision_note: str = ""
    platform: str = ""
    questions: tuple[AskedAndAnswered, ...] = ()
    feedback: tuple[ToldSource, ...] = ()
    unreadable: tuple[str, ...] = ()


def open_summary(*, actor: User, referral_id: uuid.UUID) -> OpenedSummary:
    """Open the L3 part of a referral to read it. The event is in the log before it is returned.

    Raises:
        Denied: neither cleared for L3 nor of the desk that decides.
    """
    with acting(actor) as act:
        referral = Referral.objects.visible_to(actor).get(pk=referral_id)
        act.authorise("referrals.read_referral", referral, verdict=can_read_summary(actor))
        parts = {name: opened(referral, name) for name in ("summary", "subject", "decision_note")}
        of_it = {"referral": referral}
        asked = SourceQuestion.objects.visible_to(actor).select_related("asked_by").filter(**of_it)
        told = SourceFeedback.objects.visible_to(actor).select_related("given_by").filter(**of_it)
        questions = [(one, opened(one, "question"), opened(one, "answer")) for one in asked]
        feedback = [(one, opened(one, "words")) for one in told]
        tip = CyberTip.objects.visible_to(actor).filter(**of_it).first()
        if tip is not None:
            parts["platform"] = opened(tip, "platform_words")
        unreadable = {name for name, part in parts.items() if not part.readable}
        if not all(part.readable for _one, *sealed in questions for part in sealed):
            unreadable.add("questions")
        if not all(part.readable for _one, part in feedback):
            unreadable.add("feedback")
        if unreadable:
            act.record("text.unreadable", referral, fields=sorted(unreadable))
        act.record(
            "referral.summary_opened",
            referral,
            fields=[
                *(name for name, part in parts.items() if part.readable and part.value),
                *(["questions"] if questions else []),
                *(["feedback"] if feedback else []),
            ],
        )
    return OpenedSummary(
        referral,
        summary=parts["summary"].value,
        subject=parts["subject"].value if parts["subject"].readable else None,
        decision_note=parts["decision_note"].value,
        platform=parts["platform"].value if tip is not None else "",
        questions=tuple(
            AskedAndAnswered(one, question.value, answer.value)
            for one, question, answer in questions
        ),
        feedback=tuple(ToldSource(one, words.value) for one, words in feedback),
        unreadable=tuple(sorted(unreadable)),
    )


def _refuse_known(actor: User, number: bytes) -> None:
    """Before a second referral is made of one report (R: search before create).

    What the actor may not see is not told of: two desks may both have it.
    """
    known = Referral.objects.visible_to(actor).filter(reference_digest=number).only("reference")
    if found := known.order_by("created_at").first():
        raise KnownNumber(
            _(
                "%(reference)s has this number already. Look at it before you log it again, or say "
                "that this is another report."
            )
            % {"reference": found.reference},
            field="source_reference",
        )


def _own_team(actor: User, team_id: uuid.UUID) -> Team:
    team = Team.objects.of_member(actor, timezone.now()).filter(pk=team_id).first()
    if team is None:
        raise DomainError(_("Choose one of your own teams."), field="team")
    return team


def _facts_of(values: Mapping[str, Any]) -> Facts:
    return Facts(
        source_category=values["source_category"],
        country=values["country"],
        harm_types=values["harm_types"],
        immediate_danger=values["immediate_danger"],
    )


def _known_agency(actor: User, agency_id: uuid.UUID | None) -> Agency | None:
    if agency_id is None:
        return None
    agency = Agency.objects.visible_to(actor).active().filter(pk=agency_id).first()
    if agency is None:
        raise DomainError(_("Choose an agency of the list."), field="source_agency")
    return agency


def _case_for(actor: User, referral: Referral, case_id: uuid.UUID | None) -> Case:
    """A new case of the referral's team, or the existing one, to whose team the referral moves."""
    if case_id is None:
        return open_case(
            actor=actor,
            team_id=referral.team_id,
            country=referral.country,
            admin1=referral.admin1,
            # What reached us as danger does not become "not assessed" by being accepted.
            risk=Risk.IMMEDIATE if referral.in_danger else Risk.NOT_ASSESSED,
        )
    # Locked, so that nobody closes it while it takes the referral in.
    case = Case.objects.visible_to(actor).locked().get(pk=case_id)
    if not case.is_open:
        raise DomainError(_("This case is closed. Choose an open one."), field="case")
    opened_for = CaseGroupObjectPermission.objects.visible_to(actor).filter(
        content_object=case, reason=GrantReason.OPENED
    )
    team = Team.objects.filter(
        group_id__in=opened_for.order_by("granted_at").values("group_id")[:1],
        agency_id=referral.team.agency_id,
    ).first()
    if team is not None:
        referral.team = team
    return case


def _move_subject(actor: User, referral: Referral, case: Case) -> None:
    if not referral.subject:
        return
    about = participation_of(referral.subject)
    place = add_participant(
        actor=actor,
        case_id=case.pk,
        role=ParticipantRole.SURVIVOR,
        gender=about.gender,
        birth_year=about.birth_year,
        citizenships=about.citizenships,
        identity=about.identity,
    )
    referral.subject, referral.subject_person_id = {}, place.person_id
    forget_subject(referral)
