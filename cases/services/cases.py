"""Opening a case, moving it along, and giving sight of it."""

from __future__ import annotations

import re
from datetime import date, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership, Team
from audit.acting import acting
from cases.choices import TEAM_REASONS, GrantReason, Risk
from cases.models import Case, CaseGroupObjectPermission
from cases.querysets import VIEW
from cases.services.grants import view_permission
from cases.services.sight import give_first_lead
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from vault.keys import make_keys

COUNTRY = re.compile(r"[A-Z]{2}")


def open_case(
    *,
    actor: Actor,
    team_id: UUID,
    opened_on: date | None = None,
    country: str = "",
    admin1: str = "",
    risk: str = Risk.NOT_ASSESSED,
) -> Case:
    """Open a new case for one of the actor's own teams, which gains sight of it.

    Whoever opens it leads it, when they do casework; otherwise a supervisor gives it a lead.

    Args:
        opened_on: today when left out.
        country: ISO 3166 alpha-2, of the child.
        admin1: region or province; nothing nearer is kept on the case (R-P8).

    Raises:
        Team.DoesNotExist: no such team in the actor's agency.
        DomainError: a team of others, a date in the future, an unknown code.
    """
    with acting(actor) as act:
        team = Team.objects.visible_to(actor).get(pk=team_id)
        act.authorise("cases.open_case", team)
        now = timezone.now()
        # Whoever opens a case must not lose sight of it by the very same click.
        if not Membership.objects.live(now).filter(user_id=actor.pk, team=team).exists():
            raise DomainError(_("Choose a team you work in."), field="team_id")
        opened_on = opened_on or timezone.localdate(now)
        if opened_on > timezone.localdate(now):
            raise DomainError(_("This date is in the future."), field="opened_on")
        _check_risk(risk)
        country = country.strip().upper()
        if country and not COUNTRY.fullmatch(country):
            raise DomainError(_("Give the country as two letters, such as PH."), field="country")
        case = Case(
            lead_agency_id=team.agency_id,
            opened_by_id=actor.pk,
            opened_on=opened_on,
            country=country,
            admin1=check_text(admin1, field="admin1", most=80),
            risk=risk,
        )
        # In this order: row security lets children in only once somebody sees the case.
        case.save(force_insert=True)
        make_keys([("case", case.pk)])
        CaseGroupObjectPermission.objects.create(
            content_object=case,
            group_id=team.group_id,
            permission=view_permission(),
            reason=GrantReason.OPENED,
        )
        if actor.may("cases.change_stage"):
            give_first_lead(case, actor.pk)
        act.record("case.opened_new", case, facts={"risk": str(risk)})
    return case


def change_stage(*, actor: Actor, case_id: UUID, to: str, version: int) -> Case:
    """Take one step of the protection track.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody changed the case since `version`.
        InvalidTransition: there is no such step.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.change_stage", case)
        case.check_seen(version)
        came_from = case.protection_stage
        case.change_stage(to)
        case.save(update_fields=["protection_stage", "version"])
        act.record(
            "case.stage_changed",
            case,
            fields=["protection_stage"],
            facts={"from": str(came_from), "to": str(to)},
        )
    return case


def assess_risk(*, actor: Actor, case_id: UUID, risk: str, version: int) -> Case:
    """Say how great the risk is now.

    Raises:
        Case.DoesNotExist: not visible to the actor.
        Conflict: somebody changed the case since `version`.
        DomainError: an unknown code.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.change_stage", case)
        case.check_seen(version)
        _check_risk(risk)
        came_from, case.risk = case.risk, risk
        case.version += 1
        case.save(update_fields=["risk", "version"])
        act.record(
            "case.risk_assessed",
            case,
            fields=["risk"],
            facts={"from": str(came_from), "to": str(risk)},
        )
    return case


def assign_team(
    *,
    actor: Actor,
    case_id: UUID,
    team_id: UUID,
    reason: str,
    until: datetime | None = None,
) -> Case:
    """Give another team of one's own agency sight of the case, for good or until a moment.

    A team that was given sight before keeps its grant, with the new reason and end.

    Args:
        reason: one of `TEAM_REASONS`.

    Raises:
        Case.DoesNotExist, Team.DoesNotExist: not visible to the actor.
        DomainError: an unknown reason, an end that lies in the past, or the team that opened it.
    """
    with acting(actor) as act:
        case = Case.objects.visible_to(actor).locked().get(pk=case_id)
        act.authorise("cases.assign_team", case)
        team = Team.objects.visible_to(actor).get(pk=team_id)
        if reason not in TEAM_REASONS:
            raise DomainError(_("Choose why this team needs to see the case."), field="reason")
        if until is not None and until <= timezone.now():
            raise DomainError(_("Choose an end that lies ahead."), field="until")
        grant = CaseGroupObjectPermission.objects.filter(
            content_object=case, group_id=team.group_id, permission__codename=VIEW
        ).first()
        if grant is None:
            CaseGroupObjectPermission.objects.create(
                content_object=case,
                group_id=team.group_id,
                permission=view_permission(),
                reason=reason,
                until=until,
            )
        elif grant.reason == GrantReason.OPENED:
            raise DomainError(
                _("This team opened the case and keeps sight of it."), field="team_id"
            )
        else:
            grant.until, grant.reason = until, reason
            grant.save(update_fields=["until", "reason"])
        act.record(
            "case.team_assigned",
            case,
            facts={"team": str(team.pk), "reason": str(reason), "ends": until is not None},
        )
    return case


def _check_risk(risk: str) -> None:
    if risk not in Risk.values:
        raise DomainError(_("Choose one of the levels of risk."), field="risk")
