"""Where the law stands with somebody: each step with its day and who says so."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.acting import Act, acting
from cases.choices import ALLEGED_OFFENDERS, LegalStatus, ParticipantRole, Source
from cases.clearing import check_clearing
from cases.models import Case, CaseParticipant, LegalStatusChange
from cases.services.asking_again import ask_again_where_conflict
from cases.services.people import check_role
from core.actors import Actor
from core.errors import DomainError


def change_legal_status(
    *, actor: Actor, participant_id: UUID, to: str, happened_on: date, source: str
) -> CaseParticipant:
    """Take one step of the law about an alleged offender. The word everybody reads follows it.

    Whoever is acquitted or discharged has their identity sealed at once (R-A6).

    Args:
        happened_on: the day of the arrest, the charge, the judgment …
        source: one of `Source`.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        InvalidTransition: there is no such step from here.
        DomainError: a day that lies ahead or before the last step, an unknown source, or something
            that speaks against clearing them (`cases.clearing`).
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).locked().get(pk=participant_id)
        act.authorise("cases.change_legal_status", place)
        if source not in Source.values:
            raise DomainError(_("Say where this comes from."), field="source")
        if happened_on > timezone.localdate():
            raise DomainError(_("This date is in the future."), field="happened_on")
        last = LegalStatusChange.objects.visible_to(actor).filter(participant=place).first()
        if last and happened_on < last.happened_on:
            raise DomainError(
                _("The step before was on %(day)s. Give that day or a later one.")
                % {"day": last.happened_on.isoformat()},
                field="happened_on",
            )
        check_clearing(place, to)
        came_from = place.legal_status
        place.change_legal_status(to)
        place.save(update_fields=["legal_status"])
        _keep(act, actor, place, came_from=came_from, happened_on=happened_on, source=source)
    return place


def follow_the_court(
    act: Act,
    *,
    participant_id: UUID,
    to: str,
    happened_on: date,
    conviction_fell: bool = False,
    source: str = Source.COURT_RECORD,
) -> CaseParticipant | None:
    """Let a person's status follow an arrest, a charge or a verdict, whatever steps came before.

    Part of the act that records it; `source` says by what it is known. A conviction in one country
    is not undone by a charge or a verdict in another: then nothing changes and None is returned.
    Only where every conviction fell on appeal does the word change back (`conviction_fell`).
    """
    place: CaseParticipant = CaseParticipant.objects.locked().get(pk=participant_id)
    came_from = place.legal_status
    if came_from == to or (came_from == LegalStatus.CONVICTED and not conviction_fell):
        return None
    place.legal_status = to
    place.save(update_fields=["legal_status"])
    _keep(
        act,
        act.actor,
        place,
        came_from=came_from,
        happened_on=happened_on,
        source=source,
    )
    return place


def give_role(
    *,
    actor: Actor,
    participant_id: UUID,
    role: str,
    legal_status: str = LegalStatus.NOT_APPLICABLE,
    case_id: UUID | None = None,
) -> CaseParticipant:
    """Give somebody a further role, in their case or in another one the actor sees.

    The same person keeps one code and one identity: what is known of an alleged offender, such as
    that they may not speak for a child, then holds wherever they appear (R-C5), and what they
    agreed to for one before is asked again (R-K4).

    Raises:
        CaseParticipant.DoesNotExist, Case.DoesNotExist: not visible to the actor.
        DomainError: they have this role already, or the role and the status do not go together.
    """
    with acting(actor) as act:
        known = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person")
            .get(pk=participant_id)
        )
        case = Case.objects.visible_to(actor).get(pk=case_id or known.case_id)
        act.authorise("cases.add_participant", case)
        check_role(role, legal_status, birth_year=known.person.birth_year)
        places = CaseParticipant.objects.visible_to(actor).filter(case=case, person=known.person)
        if places.filter(role=role).exists():
            raise DomainError(_("They have this place in the case already."), field="role")
        # A child whose behaviour harmed others is never put beside adult offenders (R-A7).
        if (
            role in ALLEGED_OFFENDERS
            and places.filter(role=ParticipantRole.CHILD_DISPLAYING_HSB).exists()
        ):
            raise DomainError(
                _("A child displaying harmful behaviour is not listed with alleged offenders."),
                field="role",
            )
        place = CaseParticipant(
            case=case, person=known.person, role=role, legal_status=legal_status
        )
        place.save(force_insert=True)
        act.record(
            "participant.role_given",
            place,
            facts={"role": str(role), "person": str(known.person_id)},
        )
        ask_again_where_conflict(act, known.person_id)
    return place


def _keep(
    act: Act,
    actor: Actor,
    place: CaseParticipant,
    *,
    came_from: str,
    happened_on: date,
    source: str,
) -> None:
    LegalStatusChange(
        case_id=place.case_id,
        participant=place,
        from_status=came_from,
        to_status=place.legal_status,
        happened_on=happened_on,
        source=source,
        recorded_by_id=actor.pk,
    ).save(force_insert=True)
    act.record(
        "participant.legal_status_changed",
        place,
        fields=["legal_status"],
        facts={"from": str(came_from), "to": str(place.legal_status)},
    )
    ask_again_where_conflict(act, place.person_id)
