"""The case file's own steps of an erasure."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cases.erasing import Erasing, ErasureStep, register_erasure
from cases.models import (
    CaseNote,
    HouseholdMember,
    PersonIdentity,
    RelationshipLink,
    survivor_code,
)


def erase_identity(erasing: Erasing) -> int:
    """Who the person is: emptied here, and unreadable in every copy with their key."""
    erasing.keys.add(("person", erasing.person.pk))
    identities = list(PersonIdentity.objects.filter(person=erasing.person))
    for identity in identities:
        identity.details = {}
        identity.save(update_fields=["details"])
    return len(identities)


def erase_person(erasing: Erasing) -> int:
    """What could still tell who it was: the code people knew, the year of birth, the countries.

    The row itself stays, without anything that leads to somebody: a person of this gender was in
    this case, so that figures do not change behind a published release.
    """
    person = erasing.person
    person.code, person.birth_year, person.citizenships = survivor_code(), None, []
    person.save(update_fields=["code", "birth_year", "citizenships"])
    return 1


def erase_family(erasing: Erasing) -> int:
    """Who they were to others, and with whom they lived."""
    ties = RelationshipLink.objects.filter(
        Q(person=erasing.person) | Q(of_person=erasing.person)
    ).delete()[0]
    return ties + HouseholdMember.objects.filter(person=erasing.person).delete()[0]


def erase_case_texts(erasing: Erasing) -> int:
    """The notes and all that is sealed under a case in which nobody else needs it.

    Siblings share a case: its key stays while another child or survivor is in it.
    """
    if not erasing.whole_case:
        return 0
    erasing.keys.update(("case", case_id) for case_id in erasing.case_ids)
    return CaseNote.objects.filter(case_id__in=erasing.case_ids).count()


def register() -> None:
    for name, label, covers, erase in (
        ("identity", _("Identities"), ("cases.PersonIdentity",), erase_identity),
        ("person", _("Codes, year of birth and countries"), ("cases.Person",), erase_person),
        (
            "family",
            _("Family ties and households"),
            ("cases.RelationshipLink", "cases.HouseholdMember"),
            erase_family,
        ),
        ("case_texts", _("Notes of the case"), (), erase_case_texts),
    ):
        register_erasure(ErasureStep(name, label, covers, erase))
