"""The people of a case, one of them, and who they are."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.choices import ALLEGED_OFFENDERS, SAFE_CONTACT_ROLES, SURVIVOR_ROLES, IdentityPurpose
from cases.forms import AddPersonForm, CorrectIdentityForm, RecordNeedsForm, ShowIdentityForm
from cases.models import Case, CaseParticipant, PersonIdentity
from cases.selectors import (
    contact_held_back,
    corrections_of,
    homes_of,
    identity_facts,
    known_details,
    law_of,
    people_of,
    person_facts,
    ties_of,
    who_wrote,
)
from cases.services.identity import correct_identity
from cases.services.needs import record_needs
from cases.services.people import add_participant, show_identity
from cases.views.base import CaseForm, CaseTab, case_context
from core.languages import name_of
from core.requests import session_mark
from core.views import DetailPage, FormPage


class CasePeople(CaseTab):
    """Everybody in the case, by code."""

    current = "cases:people"
    permission = "cases.read_person"
    reads = "person.listed"
    template_name = "cases/people.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        circles = people_of(user, record)
        return super().context(record) | {
            "circles": [
                {
                    "title": circle.title,
                    "people": [
                        {"place": place, "facts": person_facts(place)} for place in circle.places
                    ],
                }
                for circle in circles
            ],
            "can": {
                "add": user.may("cases.add_participant"),
                "show_identity": user.may("cases.show_identity"),
            },
        }


class AddPerson(CaseForm):
    """Add somebody to the case."""

    permission = "cases.add_participant"
    template_name = "cases/add_person.html"
    form_class = AddPersonForm
    success_message = _("The person was added under a code of their own.")
    back_to = "cases:people"

    def perform(self, data: dict[str, Any]) -> CaseParticipant:
        return add_participant(actor=self.request.user, case_id=self.kwargs["pk"], **data)


def find_place(view: Any) -> CaseParticipant:
    """The place in a case that the address names, with its person and case."""
    place: CaseParticipant = (
        CaseParticipant.objects.visible_to(view.request.user)
        .select_related("person", "case__lead_agency")
        .get(pk=view.kwargs["pk"])
    )
    return place


def person_context(user: Any, place: CaseParticipant) -> dict[str, Any]:
    """What `cases/person.html` shows before any identity is opened."""
    has_identity = PersonIdentity.objects.visible_to(user).filter(person_id=place.person_id)
    return case_context(user, place.case, current="cases:people") | {
        "place": place,
        "facts": person_facts(place),
        "has_identity": has_identity.exists(),
        "identity": None,
        "ties": ties_of(user, place),
        "homes": homes_of(user, place),
        "law": law_of(user, place),
        "can": {
            "record_needs": user.may("cases.record_needs") and place.person.erased_on is None,
            "show_identity": user.may("cases.show_identity"),
            "add": user.may("cases.add_participant"),
            "correct_identity": user.may("cases.correct_identity")
            and place.person.erased_on is None
            and not place.is_cleared,
            "read_safety": user.may("cases.read_safety") and place.role in SAFE_CONTACT_ROLES,
            "read_assessment": user.may("cases.read_assessment") and place.role in SURVIVOR_ROLES,
            "read_plan": user.may("cases.read_plan") and place.role in SURVIVOR_ROLES,
            "read_harm": user.may("cases.read_harm") and place.role in SAFE_CONTACT_ROLES,
            "raise_crisis": user.may("cases.raise_crisis") and place.role in SAFE_CONTACT_ROLES,
            "request_copy": user.may("cases.request_copy")
            and place.role in SURVIVOR_ROLES
            and place.person.erased_on is None
            and place.case.lead_agency_id == user.agency_id,
            "request_erasure": user.may("cases.request_erasure")
            and place.person.erased_on is None
            and place.case.lead_agency_id == user.agency_id,
            "change_legal_status": user.may("cases.change_legal_status")
            and place.role in ALLEGED_OFFENDERS,
        },
    }


class PersonPage(DetailPage):
    """One person of a case, masked."""

    model = CaseParticipant
    permission = "cases.read_person"
    reads = "person.opened"
    template_name = "cases/person.html"

    def find(self) -> CaseParticipant:
        return find_place(self)

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        return person_context(self.request.user, record) | {"form": ShowIdentityForm()}


class ShowIdentity(FormPage):
    """Open who somebody is, for a purpose. Answers with the page itself: nothing is kept."""

    permission = "cases.show_identity"
    steps_up = True
    reads = "person.opened"
    template_name = "cases/person.html"
    fragment_name = "cases/_identity.html"
    form_class = ShowIdentityForm

    def find(self) -> CaseParticipant:
        return find_place(self)

    def context(self, record: CaseParticipant, form: Any) -> dict[str, Any]:
        return person_context(self.request.user, record) | {"form": form}

    def perform(self, data: dict[str, Any]) -> dict[str, Any]:
        with self.request.reading():
            person_id = self.find().person_id
        mark = session_mark(self.request)
        details = show_identity(
            actor=self.request.user, person_id=person_id, session_mark=mark, **data
        )
        return {"details": details, "purpose": data["purpose"]}

    def go_on(self, result: dict[str, Any]) -> HttpResponse:
        with self.request.reading():
            place = self.find()
            held_back = contact_held_back(
                self.request.user, place.person_id, session_mark(self.request)
            )
            shown = {
                "identity": identity_facts(result["details"]),
                "corrections": corrections_of(
                    self.request.user, place.person_id, held_back=held_back
                ),
                "purpose": IdentityPurpose(result["purpose"]).label,
                "hide": reverse("cases:person", args=[place.pk]),
                "held_back": held_back,
            }
            return self.answer(person_context(self.request.user, place) | shown)


class CorrectIdentity(FormPage):
    """Put right who somebody is. What stands there is not shown for it."""

    permission = "cases.correct_identity"
    steps_up = True
    reads = "person.opened"
    template_name = "cases/correct_identity.html"
    form_class = CorrectIdentityForm
    success_message = _("It is put right. What stood there before is kept, sealed.")

    def find(self) -> CaseParticipant:
        return find_place(self)

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        version, known = known_details(self.request.user, record.person_id)
        return {"version": version, "known": known}

    def context(self, record: CaseParticipant, form: Any) -> dict[str, Any]:
        back = reverse("cases:person", args=[record.pk])
        return {"place": record, "case": record.case, "form": form, "back": back}

    def perform(self, data: dict[str, Any]) -> CaseParticipant:
        with self.request.reading():
            place = self.find()
        correct_identity(actor=self.request.user, person_id=place.person_id, **data)
        return place

    def done_url(self, result: CaseParticipant) -> str:
        return reverse("cases:person", args=[result.pk])


class RecordNeeds(FormPage):
    """Which languages somebody speaks, and what helps them."""

    permission = "cases.record_needs"
    reads = "person.opened"
    template_name = "cases/person_form.html"
    form_class = RecordNeedsForm
    success_message = _("It is written down, for every case they are in.")

    def find(self) -> CaseParticipant:
        return find_place(self)

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        person = record.person
        return {
            "version": person.version,
            "initial": {
                "languages": ", ".join(name_of(code) for code in person.languages),
                "interpreter_needed": person.interpreter_needed,
                "disability": person.disability,
                "needs": person.needs,
            },
        }

    def who_changed(self, record: CaseParticipant) -> str:
        return who_wrote(record.case_id, record.pk, "person.needs_recorded")

    def context(self, record: CaseParticipant, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "back": reverse("cases:person", args=[record.pk]),
            "title": _("Languages and what helps"),
            "sentence": _("Asked once: it stands with %(code)s wherever they are helped.")
            % {"code": record.person.code},
            "button": _("Save"),
        }

    def perform(self, data: dict[str, Any]) -> CaseParticipant:
        return record_needs(actor=self.request.user, participant_id=self.kwargs["pk"], **data)

    def done_url(self, result: CaseParticipant) -> str:
        return reverse("cases:person", args=[result.pk])
