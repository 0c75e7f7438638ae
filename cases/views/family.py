"""Where the law stands with somebody, who is what to whom, and who lives with whom."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import LEGAL_STEPS, LegalStatus
from cases.family_map import draw
from cases.forms import (
    ChangeLegalStatusForm,
    ChangeLinkForm,
    GiveRoleForm,
    JoinHouseholdForm,
    LeaveHouseholdForm,
    LinkPeopleForm,
)
from cases.models import Case, CaseParticipant, HouseholdMember, RelationshipLink
from cases.selectors import everybody_of, family_of, who_wrote
from cases.services.family import join_household, leave_household, link_people
from cases.services.legal_status import change_legal_status, give_role
from cases.views.base import CaseTab
from cases.views.people import find_place
from core.views import FormPage


class FamilyPage(CaseTab):
    """Family and households: the drawing and, beside it, the same in words."""

    current = "cases:people"
    permission = "cases.read_person"
    reads = "family.opened"
    template_name = "cases/family.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        family = family_of(user, record.pk)
        return super().context(record) | {
            "family": family,
            "drawing": draw(family),
            "can": {"add": user.may("cases.add_participant")},
        }


class PersonForm(FormPage):
    """A form about one person of a case; it leads back to the person's page."""

    reads = "person.opened"
    template_name = "cases/person_form.html"
    permission = "cases.add_participant"
    title: ClassVar[str | Promise] = ""
    sentence: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""

    def find(self) -> CaseParticipant:
        return find_place(self)

    def words(self, record: Any) -> dict[str, Any]:
        """Title, sentence and button; where they depend on the record, say so here."""
        return {"title": self.title, "sentence": self.sentence, "button": self.button}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "place": record,
            "back": reverse("cases:person", args=[record.pk]),
            **self.words(record),
        }

    def done_url(self, result: Any) -> str:
        return reverse("cases:person", args=[self.kwargs["pk"]])

    def others(self, place: CaseParticipant) -> list[tuple[Any, str]]:
        """The other people of the case, by code and place, as choices."""
        people = everybody_of(self.request.user, place.case_id).values()
        return [
            (who.participant_id, f"{who.code}, {who.label}")
            for who in people
            if who.person_id != place.person_id
        ]


class ChangeLegalStatus(PersonForm):
    """Take one step of the law."""

    permission = "cases.change_legal_status"
    form_class = ChangeLegalStatusForm
    title = _("Change the legal status")
    button = _("Change the status")
    success_message = _("The legal status is changed. The word everybody reads follows it.")

    def words(self, record: CaseParticipant) -> dict[str, Any]:
        return super().words(record) | {
            "sentence": _("Now: %(status)s. Whoever is acquitted or discharged is sealed at once.")
            % {"status": record.get_legal_status_display()},
            "no_step": "" if self.steps(record) else _("No further step is possible from here."),
        }

    def steps(self, record: CaseParticipant) -> list[tuple[str, str]]:
        return [
            (code, str(LegalStatus(code).label))
            for code in LEGAL_STEPS.get(record.legal_status, ())
        ]

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {"steps": self.steps(record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return change_legal_status(
            actor=self.request.user, participant_id=self.kwargs["pk"], **data
        )


class GiveRole(PersonForm):
    """Give somebody a further place in the case."""

    form_class = GiveRoleForm
    title = _("Give a further place in the case")
    sentence = _(
        "For somebody who is two things at once, such as an alleged offender who lives in the "
        "child’s household. They keep one code and one identity."
    )
    button = _("Give this place")
    success_message = _("The person has a further place in the case.")

    def perform(self, data: dict[str, Any]) -> Any:
        return give_role(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class LinkPeople(PersonForm):
    """Say what this person is to another."""

    form_class = LinkPeopleForm
    title = _("Record a relationship")
    sentence = _("What this person is to somebody else in the case. Said again, it is put right.")
    button = _("Record the relationship")
    success_message = _("The relationship is recorded.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {"others": self.others(record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return link_people(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class ChangeLink(FormPage):
    """Put right what two people are to each other."""

    permission = "cases.add_participant"
    reads = "family.opened"
    template_name = "cases/person_form.html"
    form_class = ChangeLinkForm
    success_message = _("The relationship is put right.")

    def find(self) -> RelationshipLink:
        link: RelationshipLink = (
            RelationshipLink.objects.visible_to(self.request.user)
            .select_related("person", "of_person", "case")
            .get(pk=self.kwargs["pk"])
        )
        return link

    def form_options(self, record: RelationshipLink) -> dict[str, Any]:
        return {
            "version": record.version,
            "initial": {"detail": record.detail, "source": record.source},
        }

    def who_changed(self, record: RelationshipLink) -> str:
        return who_wrote(record.case_id, record.pk, "person.linked")

    def context(self, record: RelationshipLink, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "back": reverse("cases:family", args=[record.case_id]),
            "title": _("Change a relationship"),
            "sentence": _("What %(one)s is to %(other)s.")
            % {"one": record.person.code, "other": record.of_person.code},
            "button": _("Save the change"),
        }

    def perform(self, data: dict[str, Any]) -> RelationshipLink:
        with self.request.reading():
            record = self.find()
            self.record_read(record)
            people = everybody_of(self.request.user, record.case_id)
        return link_people(
            actor=self.request.user,
            participant_id=people[record.person_id].participant_id,
            of_participant_id=people[record.of_person_id].participant_id,
            **data,
        )

    def done_url(self, result: RelationshipLink) -> str:
        return reverse("cases:family", args=[result.case_id])


class JoinHousehold(PersonForm):
    """Record that somebody lives in a household."""

    form_class = JoinHouseholdForm
    title = _("Record who lives here")
    sentence = _(
        "Households have a code, never an address. Whoever shares one with an alleged offender "
        "cannot speak for the child."
    )
    button = _("Record it")
    success_message = _("The household is recorded.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        homes = family_of(self.request.user, record.case_id).homes
        return {
            "households": [
                (home.household_id, f"{home.name}: {', '.join(m.who.code for m in home.now)}")
                for home in homes
            ]
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return join_household(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class LeaveHousehold(FormPage):
    """Record that somebody does not live in a household any more."""

    permission = "cases.add_participant"
    reads = "family.opened"
    template_name = "cases/person_form.html"
    form_class = LeaveHouseholdForm
    success_message = _("It is recorded that they moved out.")

    def find(self) -> HouseholdMember:
        member: HouseholdMember = (
            HouseholdMember.objects.visible_to(self.request.user)
            .select_related("household", "person", "case")
            .get(pk=self.kwargs["pk"])
        )
        return member

    def context(self, record: HouseholdMember, form: Any) -> dict[str, Any]:
        return {
            "form": form,
            "back": reverse("cases:family", args=[record.case_id]),
            "title": _("Record who moved out"),
            "sentence": _("%(code)s lives in household %(home)s.")
            % {"code": record.person.code, "home": record.household.reference},
            "button": _("Record it"),
        }

    def perform(self, data: dict[str, Any]) -> HouseholdMember:
        return leave_household(actor=self.request.user, member_id=self.kwargs["pk"], **data)

    def done_url(self, result: HouseholdMember) -> str:
        return reverse("cases:family", args=[result.case_id])
