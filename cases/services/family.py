"""Who is what to whom, and who lives with whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import OTHER_END, ROLL_UPS, Kinship, Source
from cases.models import CaseParticipant, Household, HouseholdMember, RelationshipLink
from cases.services.asking_again import ask_again_where_conflict
from core.actors import Actor
from core.approx_dates import UNKNOWN_DATE, ApproxDate
from core.errors import Conflict, DomainError


def link_people(
    *,
    actor: Actor,
    participant_id: UUID,
    of_participant_id: UUID,
    detail: str,
    source: str,
    version: int = 0,
) -> RelationshipLink:
    """Say what one person of a case is to another: “they are the [detail] of the other”.

    Two people have one link; saying it again, from either end, puts it right.

    Args:
        detail: one of `Kinship`; the roll-ups for HTCDS, CTDC and “family or friend” follow it.
        version: of the link that is put right; 0 where there is none yet.

    Raises:
        Conflict: somebody changed it since `version`, or it was recorded before.
        CaseParticipant.DoesNotExist: one of the two is not visible to the actor.
        DomainError: the same person twice, people of different cases, an unknown code.
    """
    with acting(actor) as act:
        places = CaseParticipant.objects.visible_to(actor)
        one = places.get(pk=participant_id)
        act.authorise("cases.add_participant", one)
        other = places.get(pk=of_participant_id)
        if one.case_id != other.case_id:
            raise DomainError(_("Choose somebody of this case."), field="of_participant_id")
        if one.person_id == other.person_id:
            raise DomainError(_("Choose somebody else."), field="of_participant_id")
        if detail not in Kinship.values:
            raise DomainError(_("Choose one of the answers."), field="detail")
        _check_source(source)
        link = (
            RelationshipLink.objects.visible_to(actor)
            .locked()
            .filter(case_id=one.case_id)
            .filter(
                Q(person=one.person_id, of_person=other.person_id)
                | Q(person=other.person_id, of_person=one.person_id)
            )
            .first()
        )
        said = ["detail", "source", "htcds", "closeness", "ctdc", "version"]
        known = link is not None
        if link is not None and not version:
            raise Conflict(
                _("What they are to each other is recorded already. Change it on the family page."),
                field="of_participant_id",
            )
        if link is None:
            link = RelationshipLink(
                case_id=one.case_id,
                person_id=one.person_id,
                of_person_id=other.person_id,
                version=0,
            )
        elif link.person_id != one.person_id:
            detail = OTHER_END.get(detail, detail)
        link.check_seen(version)
        link.version += 1
        htcds, closeness, ctdc = ROLL_UPS[detail]
        link.detail, link.source = detail, source
        link.htcds, link.closeness, link.ctdc = htcds, closeness, ctdc
        link.save(update_fields=said if known else None)
        act.record("person.linked", link, facts={"detail": str(detail)})
    return link


def join_household(
    *,
    actor: Actor,
    participant_id: UUID,
    source: str,
    household_id: UUID | None = None,
    since: ApproxDate = UNKNOWN_DATE,
) -> HouseholdMember:
    """Record that somebody lives in a household: one of the case's, or a new one.

    Whoever lives with an alleged offender speaks for no survivor: what they, or those they live
    with now, agreed to for one is asked again (R-C5, R-K4).

    Args:
        since: when they moved in, as well as it is known.

    Raises:
        CaseParticipant.DoesNotExist, Household.DoesNotExist: not visible to the actor.
        DomainError: a household of another case, or somebody who lives there already.
    """
    with acting(actor) as act:
        place = CaseParticipant.objects.visible_to(actor).get(pk=participant_id)
        act.authorise("cases.add_participant", place)
        _check_source(source)
        if household_id is None:
            household = Household(case_id=place.case_id)
            household.save(force_insert=True)
        else:
            household = Household.objects.visible_to(actor).get(pk=household_id)
        if household.case_id != place.case_id:
            raise DomainError(_("Choose a household of this case."), field="household_id")
        living = HouseholdMember.objects.visible_to(actor).filter(has_left=False)
        if living.filter(household=household, person_id=place.person_id).exists():
            raise DomainError(_("They live in this household already."), field="household_id")
        member = HouseholdMember(
            case_id=place.case_id,
            household=household,
            person_id=place.person_id,
            since=since,  # type: ignore[misc]
            since_day=since.first,
            source=source,
        )
        member.save(force_insert=True)
        act.record("household.joined", member, facts={"household": str(household.pk)})
        ask_again_where_conflict(act, place.person_id)
    return member


def leave_household(*, actor: Actor, member_id: UUID, until: ApproxDate) -> HouseholdMember:
    """Record that somebody does not live in a household any more.

    Args:
        until: when they left, as well as it is known; the latest day it can mean counts.

    Raises:
        HouseholdMember.DoesNotExist: not visible to the actor.
        DomainError: they left before, or before they moved in.
    """
    with acting(actor) as act:
        member = HouseholdMember.objects.visible_to(actor).locked().get(pk=member_id)
        act.authorise("cases.add_participant", member)
        if member.has_left:
            raise DomainError(_("They have left this household already."), field="until")
        if until.first is None:
            raise DomainError(
                _("Say when, at least the year: whoever lived together matters by date."),
                field="until",
            )
        if member.since_day and until.last and until.last < member.since_day:
            raise DomainError(_("They moved in later than that."), field="until")
        member.has_left, member.until, member.until_day = True, until, until.last
        member.save(update_fields=["has_left", "until", "until_day"])
        act.record("household.left", member, facts={"household": str(member.household_id)})
    return member


def _check_source(source: Any) -> None:
    if source not in Source.values:
        raise DomainError(_("Say where this comes from."), field="source")
