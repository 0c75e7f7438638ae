"""Correcting who somebody is: with a reason, and with what stood before kept sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from audit.acting import acting
from cases.models import CaseParticipant, IdentityCorrection, Person, PersonIdentity
from cases.person_index import index_person
from cases.services.asking_again import ask_again_by_age
from cases.services.people import checked_identity
from cases.text_rules import check_text
from core.actors import Actor
from core.errors import DomainError
from core.records import check_seen
from vault.commitments import commit

LONGEST_REASON = 600


def correct_identity(
    *,
    actor: Actor,
    person_id: UUID,
    version: int,
    reason: str,
    changes: Mapping[str, Any],
    remove: Sequence[str] = (),
) -> PersonIdentity:
    """Put right what is known of who somebody is; or write it down where nothing was.

    A corrected birth date moves the 18th birthday: a guardian's consent that would outlive it
    covers nothing from now on, and the person is asked (R-K6); what a child agreed to alone
    neither (R-K3). In every case, whether the actor sees it or not.

    Args:
        version: of the identity as the actor saw it; 0 where nothing was recorded.
        reason: how one knows better; it is sealed with what stood before.
        changes: details that get another value; empty ones are left as they are.
        remove: names of details that were never theirs.

    Raises:
        Person.DoesNotExist: not visible to the actor.
        Denied: not the role's to correct.
        Conflict: somebody corrected it since `version`.
        DomainError: no reason, nothing to change, or a value that is not kept; `field` names it.
        vault.errors.CannotOpen: what stands there cannot be opened, so nothing is put over it.
    """
    with acting(actor) as act:
        person = Person.objects.visible_to(actor).get(pk=person_id)
        act.authorise("cases.correct_identity", person)
        reason = check_text(reason, field="reason", most=LONGEST_REASON)
        if not reason:
            raise DomainError(_("Say how you know better."), field="reason")
        identity = PersonIdentity.objects.visible_to(actor).locked().filter(person=person).first()
        check_seen(identity.version if identity else 0, version)
        details = dict(identity.details) if identity else {}
        wanted = checked_identity(changes)
        changed = sorted(
            {name for name, value in wanted.items() if details.get(name) != value}
            | {name for name in remove if name in details and name not in wanted}
        )
        if not changed:
            raise DomainError(_("Nothing would change. Fill in what is to be put right."))
        before = {name: details[name] for name in changed if name in details}
        details = {name: value for name, value in details.items() if name not in changed}
        details |= {name: wanted[name] for name in changed if name in wanted}
        if identity is None:
            identity = PersonIdentity(person=person, details=details)
            identity.save(force_insert=True)
        else:
            identity.details = details
            identity.version += 1
            identity.save(update_fields=["details", "version"])
        index_person(person.pk, details, anew=True)
        IdentityCorrection(
            person=person, corrected_by_id=actor.pk, fields=changed, before=before, reason=reason
        ).save(force_insert=True)
        if "birthdate" in changed:
            ask_again_by_age(act, person, details)
        places = CaseParticipant.objects.visible_to(actor).filter(person=person)
        for case_id in sorted(set(places.values_list("case_id", flat=True))):
            act.record(
                "identity.corrected",
                person,
                fields=changed,
                case_id=case_id,
                commitment=commit(
                    act.id, "cases.person", person.pk, details, ("person", person.pk)
                ),
            )
    return identity
