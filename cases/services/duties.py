"""The duty to report: noting it, doing it, and the alarm when it was not done."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team, User
from accounts.roles import Role, roles_with
from accounts.second_person import Matter, second_person
from accounts.services.second_person import look_afterwards
from audit.acting import Act, acting
from audit.reading import reading
from audit.reviewing import open_review
from cases.choices import ONLY_SAID, DutyStatus, DutyTrigger, GrantReason, NotRequired, ReportedHow
from cases.models import Case, CaseGroupObjectPermission, ReportDuty
from cases.reporting_rules import ReportingRule, reporting_rules_in
from cases.selectors.access import teams_seeing
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError

TWO_PEOPLE = 2


def note_duty(
    *,
    actor: Actor,
    rule: str,
    trigger: str,
    learned_at: datetime,
    case_id: UUID | None = None,
    team_id: UUID | None = None,
    referral_id: UUID | None = None,
    country: str = "",
) -> ReportDuty:
    """Write down that an authority has to be told; its clock runs from when we learned of it.

    Args:
        rule: the code of a rule of the country (`cases.reporting_rules`).
        case_id: the case it is about; its country and team are used.
        team_id, referral_id, country: of a referral that is no case yet; `referrals` says so.

    Raises:
        Case.DoesNotExist, Team.DoesNotExist: not visible to the actor.
        DomainError: an unknown rule or trigger, a moment in the future, or the same duty twice.
    """
    with acting(actor) as act:
        case = None
        if case_id is not None:
            # Locked: two who learn of the same at once note it once.
            case = Case.objects.visible_to(actor).locked().get(pk=case_id)
            country, team = case.country, _team_of(case)
        else:
            team = Team.objects.visible_to(actor).get(pk=team_id)
        act.authorise("cases.record_duty", case or team)
        chosen = _rule(rule, country)
        if trigger not in DutyTrigger.values:
            raise DomainError(_("Choose what set the clock going."), field="trigger")
        if learned_at > timezone.now():
            raise DomainError(
                _("This moment is in the future. Say when you learned of it."), field="learned_at"
            )
        same = ReportDuty.objects.visible_to(actor).due().filter(rule=chosen.code, trigger=trigger)
        same = same.filter(case=case) if case else same.filter(referral_id=referral_id)
        if same.exists():
            raise DomainError(
                _("This duty stands already. Report it there."), code="duty_stands", field="rule"
            )
        duty = ReportDuty(
            team=team,
            case=case,
            referral_id=referral_id,
            rule=chosen.code,
            authority=chosen.authority,
            trigger=trigger,
            learned_at=learned_at,
            due_at=learned_at + chosen.within,
            recorded_by_id=actor.pk,
        )
        duty.save(force_insert=True)
        act.record("duty.noted", duty, facts={"rule": chosen.code, "trigger": str(trigger)})
    return duty


def report_duty(
    *,
    actor: Actor,
    duty_id: UUID,
    version: int,
    how: str,
    reported_at: datetime,
    office: str,
    spoken_to: str = "",
    receipt_number: str = "",
) -> ReportDuty:
    """Write down that the authority was told, how, when and whom.

    Args:
        spoken_to: whom one spoke with; needed for what was only said.
        receipt_number: the authority's number; may follow later.

    Raises:
        ReportDuty.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        InvalidTransition: it was reported already, or is not required.
        DomainError: a value breaks a rule; `field` names it.
    """
    now = timezone.now()
    with acting(actor) as act:
        duty = _found(act, actor, duty_id, version)
        if how not in ReportedHow.values:
            raise DomainError(_("Choose how it was reported."), field="how")
        if reported_at > now:
            raise DomainError(
                _("This moment is in the future. Say when it was reported."), field="reported_at"
            )
        if reported_at < duty.learned_at:
            raise DomainError(
                _("This is before anybody knew of it. Check the moment."), field="reported_at"
            )
        duty.office = check_text(office, field="office", most=200)
        if not duty.office:
            raise DomainError(_("Say which office was told."), field="office")
        duty.spoken_to = check_text(spoken_to, field="spoken_to", most=120)
        if how in ONLY_SAID and not duty.spoken_to:
            raise DomainError(_("Say whom you spoke with."), field="spoken_to")
        number = check_text(receipt_number, field="receipt_number", most=80)
        duty.report(by=actor, at=reported_at, how=how)
        if number:
            duty.acknowledge(receipt_number=number, at=now)
        duty.save(
            update_fields=[
                "status",
                "version",
                "how",
                "reported_at",
                "reported_by",
                "office",
                "spoken_to",
                "receipt_number",
                "acknowledged_at",
            ]
        )
        act.record(
            "duty.reported",
            duty,
            fields=["status"],
            facts={
                "how": str(how),
                "in_time": reported_at <= duty.due_at,
                "receipt": bool(number),
            },
        )
    return duty


def confirm_receipt(
    *, actor: Actor, duty_id: UUID, version: int, receipt_number: str
) -> ReportDuty:
    """Write down the number that the authority gave.

    Raises:
        ReportDuty.DoesNotExist: not visible to the actor.
        Conflict, InvalidTransition, DomainError: as `report_duty`.
    """
    with acting(actor) as act:
        duty = _found(act, actor, duty_id, version)
        number = check_text(receipt_number, field="receipt_number", most=80)
        if not number:
            raise DomainError(_("Give the number they gave you."), field="receipt_number")
        if duty.status == DutyStatus.DUE:
            raise DomainError(_("Write down first how it was reported."), code="invalid_transition")
        duty.acknowledge(receipt_number=number, at=timezone.now())
        duty.save(update_fields=["status", "version", "receipt_number", "acknowledged_at"])
        act.record("duty.acknowledged", duty, fields=["status"])
    return duty


def waive_duty(*, actor: Actor, duty_id: UUID, version: int, reason: str) -> ReportDuty:
    """A second person says that there is no such duty after all.

    Raises:
        ReportDuty.DoesNotExist: not visible to the actor.
        Denied: not the role's to say, or the actor recorded it.
        Conflict, InvalidTransition: as `report_duty`.
        DomainError: no reason was chosen.
    """
    with acting(actor) as act:
        duty: ReportDuty = ReportDuty.objects.visible_to(actor).locked().get(pk=duty_id)
        standing = second_person(actor, first_id=duty.recorded_by_id, matter=Matter.WAIVE_DUTY)
        act.authorise("cases.waive_duty", duty, verdict=standing.may)
        duty.check_seen(version)
        if reason not in NotRequired.values:
            raise DomainError(_("Choose why it is not required."), field="reason")
        duty.waive(by=actor, why=reason)
        duty.decided_alone = standing.alone
        duty.save(
            update_fields=["status", "version", "decided_by", "not_required", "decided_alone"]
        )
        act.record("duty.waived", duty, fields=["status"], facts={"reason": str(reason)})
        teams = teams_seeing(duty.case_id) if duty.case_id else []
        look_afterwards(act, standing, matter=Matter.WAIVE_DUTY, about=duty, team_ids=teams)
    return duty


def take_duties_along(act: Act, *, referral_id: UUID, case: Case) -> int:
    """A referral became a case: its duties stand there too, by the same act. Returns how many."""
    mine = ReportDuty.objects.visible_to(act.actor).locked()
    duties = list(mine.filter(referral_id=referral_id, case=None))
    for duty in duties:
        duty.case = case
        duty.version += 1
        duty.save(update_fields=["case", "version"])
        act.record("duty.joined_case", duty, fields=["case"])
    return len(duties)


def alert_overdue_duties(*, actor: Actor, at: datetime) -> int:
    """Have two people told, once, of every duty whose time ran out. Returns how many duties.

    The mail says nothing but "come and look" (R-P3); supervisors and the data protection officer
    find a review of it besides, which stays until one of them writes down why it was late.

    Args:
        actor: the housekeeping service, which opens nothing that is sealed.
    """
    with reading(actor):
        overdue = ReportDuty.objects.visible_to(actor).overdue(at).filter(alerted_at=None)
        late = list(overdue.values_list("pk", flat=True))
    for duty_id in late:
        with acting(actor) as act:
            duty = ReportDuty.objects.visible_to(actor).locked().get(pk=duty_id)
            act.authorise("cases.alert_overdue_duties", duty)
            people = _whom_to_alert(duty, at)
            duty.alerted_at = at
            duty.save(update_fields=["alerted_at"])
            act.record("duty.alarm_raised", duty, facts={"people": len(people)})
            for person_id in people:
                act.after_commit("cases.tell", str(person_id))
            open_review(
                act,
                kind="duty",
                about=duty,
                case_id=duty.case_id,
                team_ids=_reviewing_teams(duty),
                facts={"rule": duty.rule},
                mark=str(duty.pk),
                at=at,
            )
    return len(late)


def _of_duty(function: str, duty: ReportDuty) -> list[UUID]:
    """What the database alone can say to this service: who sees a case is a matter of grants,
    restrictions and conflicts of interest, none of which it reads."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [duty.pk])
        return sorted(cursor.fetchone()[0])


def _reviewing_teams(duty: ReportDuty) -> list[UUID]:
    return _of_duty("liwanag_duty_teams", duty)


def _whom_to_alert(duty: ReportDuty, at: datetime) -> list[UUID]:
    """Two people who see the duty: a supervisor first, then whoever recorded it, then others who
    may report it. Where the team has fewer, those of the agency who find its review."""
    seers = _of_duty("liwanag_duty_seers", duty)
    live = Membership.objects.live(at).filter(
        user__is_active=True, user__kind=User.Kind.PERSON, team__agency_id=duty.team.agency_id
    )
    able = live.filter(user_id__in=seers, role__in=roles_with("cases.record_duty"))
    named = able.order_by("user__name")
    ranked: list[UUID] = [
        *named.filter(role=Role.CASE_SUPERVISOR).values_list("user_id", flat=True)[:1],
        *able.filter(user_id=duty.recorded_by_id).values_list("user_id", flat=True),
        *named.values_list("user_id", flat=True),
        *live.filter(role__in=[Role.DATA_PROTECTION_OFFICER, Role.AUDITOR])
        .order_by("-role", "user__name")
        .values_list("user_id", flat=True),
    ]
    return list(dict.fromkeys(ranked))[:TWO_PEOPLE]


def _team_of(case: Case) -> Team:
    """The team whose duty it is: the one that opened the case, else the first that works on it."""
    grants = CaseGroupObjectPermission.objects.live(timezone.now()).filter(content_object=case)
    first = (
        grants.filter(reason=GrantReason.OPENED).first() or grants.order_by("granted_at").first()
    )
    if first is None:
        raise DomainError(_("No team works on this case. Assign one first."))
    team: Team = Team.objects.get(group_id=first.group_id)
    return team


def _rule(code: str, country: str) -> ReportingRule:
    for rule in reporting_rules_in(country):
        if rule.code == code:
            return rule
    raise DomainError(_("Choose whom to report to."), field="rule")


def _found(act: Act, actor: Actor, duty_id: UUID, version: int) -> ReportDuty:
    duty: ReportDuty = ReportDuty.objects.visible_to(actor).locked().get(pk=duty_id)
    act.authorise("cases.record_duty", duty)
    duty.check_seen(version)
    return duty
