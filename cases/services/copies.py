"""A copy of what is kept about one person: asked for by one, released by another (R-D6)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from cases.choices import SURVIVOR_ROLES, AskedBy, CopyStatus
from cases.models import CaseParticipant, SafeContact, SubjectCopy
from cases.policies import may_decide_on_copy
from cases.selectors.access import supervisors_on
from cases.selectors.copies import PersonalCopy, copy_for
from core.errors import Denied, DomainError, InvalidTransition
from core.races import only_one


def request_copy(
    *, actor: User, participant_id: UUID, asked_for_by: str, at: datetime
) -> SubjectCopy:
    """Ask a supervisor to release a copy of what is kept about a survivor or child at risk.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Denied: the role may not, or another agency leads the case.
        DomainError: somebody else's copy, an unknown asker, or one that waits already.
    """
    with acting(actor) as act:
        place = (
            CaseParticipant.objects.visible_to(actor)
            .select_related("person", "case")
            .get(pk=participant_id)
        )
        act.authorise(
            "cases.request_copy", place, verdict=place.case.lead_agency_id == actor.agency_id
        )
        if place.role not in SURVIVOR_ROLES:
            raise DomainError(_("Copies are made here for survivors and children at risk alone."))
        if place.person.erased_on is not None:
            raise DomainError(_("This person was erased. Nothing is left to copy."))
        if asked_for_by not in AskedBy.values:
            raise DomainError(_("Choose who asks."), field="asked_for_by")
        waiting = SubjectCopy.objects.visible_to(actor).waiting()
        waits = DomainError(_("A copy for this person waits for a supervisor already."))
        if waiting.filter(case=place.case, person=place.person).exists():
            raise waits
        copy = SubjectCopy(
            case=place.case,
            person=place.person,
            participant=place,
            asked_for_by=asked_for_by,
            asked_by=actor,
        )
        with only_one("one_copy_waits", waits):
            copy.save(force_insert=True)
        act.record("copy.requested", copy, facts={"by": str(asked_for_by)})
        for user_id in supervisors_on(actor, place.case):
            if user_id != actor.pk:
                act.after_commit("cases.tell", str(user_id))
    return copy


def release_copy(*, actor: User, copy_id: UUID, at: datetime) -> SubjectCopy:
    """Let the copy be handed over, as a second person who has read it through.

    Raises:
        SubjectCopy.DoesNotExist: not visible to the actor.
        Denied: no supervisor, or the one who asked.
        DomainError: there is no safe way to hand it over (R-D6).
        InvalidTransition: it was decided before.
    """
    with acting(actor) as act:
        copy = _deciding(actor, copy_id)
        act.authorise("cases.release_copy", copy, verdict=may_decide_on_copy(actor, copy))
        contact = SafeContact.objects.visible_to(actor).newest_of(copy.person_id)
        if contact is None or contact.expires_at <= at or contact.do_not_contact:
            raise DomainError(
                _(
                    "There is no safe way to hand this over today. Ask the person how, and record "
                    "it as their safe contact first."
                ),
                code="no_safe_contact",
            )
        copy.decide(CopyStatus.RELEASED, by=actor, at=at)
        copy.save(update_fields=["status", "decided_by", "decided_at"])
        act.record("copy.released", copy)
        act.after_commit("cases.tell", str(copy.asked_by_id))
    return copy


def refuse_copy(*, actor: User, copy_id: UUID, at: datetime) -> SubjectCopy:
    """Do not let it leave; whoever asked is told, and asks anew when what is wrong is put right.

    Raises:
        SubjectCopy.DoesNotExist, Denied, InvalidTransition: as `release_copy`.
    """
    with acting(actor) as act:
        copy = _deciding(actor, copy_id)
        act.authorise("cases.release_copy", copy, verdict=may_decide_on_copy(actor, copy))
        copy.decide(CopyStatus.REFUSED, by=actor, at=at)
        copy.save(update_fields=["status", "decided_by", "decided_at"])
        act.record("copy.refused", copy)
        act.after_commit("cases.tell", str(copy.asked_by_id))
    return copy


def show_copy(*, actor: User, copy_id: UUID, at: datetime) -> tuple[SubjectCopy, PersonalCopy]:
    """The copy itself, made from what is kept now. The event is in the log before it is shown.

    Whoever releases reads it before; everybody else after, for 14 days.

    Raises:
        SubjectCopy.DoesNotExist: not visible to the actor.
        Denied: it is not released, and not the actor's to look through.
    """
    with acting(actor) as act:
        copy: SubjectCopy = (
            SubjectCopy.objects.visible_to(actor)
            .select_related("participant__person", "case")
            .get(pk=copy_id)
        )
        looks_through = copy.status == CopyStatus.ASKED and may_decide_on_copy(actor, copy)
        act.authorise("cases.show_copy", copy, verdict=copy.is_open(at) or looks_through)
        made = copy_for(actor, copy.participant, at)
        act.record(
            "copy.shown",
            copy,
            facts={
                "released": not looks_through,
                "taken_out": made.taken_out,
                "held_back": made.held_back,
            },
        )
        for record, name in made.unreadable:
            act.record("text.unreadable", record, fields=[name])
    return copy, made


def _deciding(actor: User, copy_id: UUID) -> SubjectCopy:
    copy: SubjectCopy = SubjectCopy.objects.visible_to(actor).locked().get(pk=copy_id)
    if copy.status != CopyStatus.ASKED:
        if not actor.may("cases.release_copy"):
            raise Denied("cases.release_copy", case_id=copy.case_id)
        raise InvalidTransition(_("This was decided before."))
    return copy
