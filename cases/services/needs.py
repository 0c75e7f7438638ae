"""What makes it possible for somebody to understand and to be understood."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from audit.acting import acting
from cases.choices import PersonNeed
from cases.models import CaseParticipant, Person
from core.actors import Actor
from core.choices import YesNoUnknown
from core.errors import DomainError
from core.languages import LANGUAGES

MOST_LANGUAGES = 8
ANSWERS = ("languages", "interpreter_needed", "disability", "needs")


def record_needs(
    *,
    actor: Actor,
    participant_id: UUID,
    version: int,
    languages: Sequence[str] = (),
    interpreter_needed: str = YesNoUnknown.NOT_ASKED,
    disability: str = YesNoUnknown.NOT_ASKED,
    needs: Sequence[str] = (),
) -> CaseParticipant:
    """Write down which languages a person speaks and what helps them, asked once (R-T1).

    It stands with the person, so in every case they are in.

    Args:
        languages: codes of ISO 639-2 (`core.languages`), the best one first.
        needs: codes of `PersonNeed`.
        version: of the person as they were seen.

    Raises:
        CaseParticipant.DoesNotExist: not visible to the actor.
        Conflict: somebody changed it since `version`.
        DomainError: an unknown code, or a person who was erased.
    """
    with acting(actor) as act:
        place: CaseParticipant = (
            CaseParticipant.objects.visible_to(actor).select_related("case").get(pk=participant_id)
        )
        act.authorise("cases.record_needs", place)
        person = Person.objects.visible_to(actor).locked().get(pk=place.person_id)
        if person.erased_on is not None:
            raise DomainError(_("This person was erased. Nothing is written down about them."))
        person.check_seen(version)
        spoken, helps = list(dict.fromkeys(languages)), list(dict.fromkeys(needs))
        if set(spoken) - set(LANGUAGES):
            raise DomainError(
                _("Give each language by its name or its ISO 639 code, such as Cebuano or ceb."),
                field="languages",
            )
        if len(spoken) > MOST_LANGUAGES:
            raise DomainError(
                _("Give up to %(most)d languages, the best one first.") % {"most": MOST_LANGUAGES},
                field="languages",
            )
        for name, code in (("interpreter_needed", interpreter_needed), ("disability", disability)):
            if code not in YesNoUnknown.values:
                raise DomainError(_("Choose one of the answers."), field=name)
        if set(helps) - set(PersonNeed.values):
            raise DomainError(_("Choose from what is listed."), field="needs")
        said = {
            "languages": spoken,
            "interpreter_needed": interpreter_needed,
            "disability": disability,
            "needs": [str(code) for code in PersonNeed if code in helps],
        }
        changed = [name for name in ANSWERS if getattr(person, name) != said[name]]
        for name in ANSWERS:
            setattr(person, name, said[name])
        person.version += 1
        person.save(update_fields=[*ANSWERS, "version"])
        act.record("person.needs_recorded", place, fields=changed)
    return place
