"""What a survivor went through, where they are placed, and who has custody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.choices import FLAGS, PARTICULARS, PHASES, SURVIVOR_ROLES
from cases.forms import (
    ChangeHarmForm,
    EndPlacementForm,
    NamePlacementReaderForm,
    PlacePersonForm,
    RecordCustodyForm,
    RecordHarmForm,
    SurvivorContextForm,
)
from cases.models import CaseParticipant, HarmRecord, Placement, SurvivorContext
from cases.selectors import (
    colleagues_on,
    context_facts,
    context_of,
    custodies_of,
    harms_of,
    identity_facts,
    placements_of,
    who_wrote,
)
from cases.services.care import (
    end_placement,
    name_placement_reader,
    place_person,
    record_custody,
    show_placement_address,
)
from cases.services.harm import record_harm, record_survivor_context
from cases.views.base import case_context
from cases.views.family import PersonForm
from cases.views.people import find_place
from cases.views.safety import OneSafetyRecord
from core.views import DetailPage
from vault.opening import opened


class CarePage(DetailPage):
    """Harm, placement and custody of one person. Level 3: parts open one by one (R-X4)."""

    model = CaseParticipant
    permission = "cases.read_harm"
    reads = "placement.opened"
    template_name = "cases/care.html"

    def find(self) -> CaseParticipant:
        return find_place(self)

    def context(self, record: CaseParticipant) -> dict[str, Any]:
        user = self.request.user
        context = context_of(user, record)
        facts: Any = []
        if context:
            facts, readable = context_facts(context)
            with self.request.reading() as look:
                look.record("survivor_context.opened", context)
                if not readable:
                    look.record("text.unreadable", context, fields=["particulars"])
        return case_context(user, record.case, current="cases:people") | {
            "place": record,
            "context_facts": facts,
            "harms": harms_of(user, record),
            "placements": placements_of(user, record),
            "custodies": custodies_of(user, record),
            "address": None,
            "can": {
                "record_harm": user.may("cases.record_harm") and record.role in SURVIVOR_ROLES,
                "place_person": user.may("cases.place_person"),
            },
        }


class CareForm(PersonForm):
    """A form of the care page; it leads back there."""

    reads = "placement.opened"

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"back": reverse("cases:care", args=[record.pk])}

    def done_url(self, result: Any) -> str:
        return reverse("cases:care", args=[self.kwargs["pk"]])


class RecordSurvivorContext(CareForm):
    """Record what is known about a survivor's exploitation and its end."""

    permission = "cases.record_harm"
    reads = "survivor_context.opened"
    form_class = SurvivorContextForm
    title = _("Record what is known")
    sentence = _(
        "Codes only: what keeps the child safe or is needed to refer. The investigator’s record "
        "holds the rest. Leave open what nobody has asked."
    )
    button = _("Record it")
    success_message = _("What is known is recorded.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        context = context_of(self.request.user, record)
        if context is None:
            return {"version": 0}
        return {"version": context.version, "initial": _known(context, record)}

    def who_changed(self, record: CaseParticipant) -> str:
        context = context_of(self.request.user, record)
        verb = "survivor_context.recorded"
        return who_wrote(record.case_id, context.pk, verb) if context else ""

    def perform(self, data: dict[str, Any]) -> Any:
        return record_survivor_context(
            actor=self.request.user, participant_id=self.kwargs["pk"], **data
        )


def _known(context: SurvivorContext, place: CaseParticipant) -> dict[str, Any]:
    said = opened(context, "particulars")
    sealed = said.value if said.readable else {}
    names = (
        "trafficking_status",
        "decided_by",
        "decided_on",
        "age_when_first",
        "age_missing",
        "first_abuse",
        "last_abuse",
        "safeguarded_how",
        "lives_with_alleged_offender",
    )
    return {
        **{name: getattr(context, name) for name in names},
        "safeguarded_on": place.safeguarded_on,
        "schooling": sealed.get("schooling", ""),
        **{name: sealed.get(name, []) for name in PARTICULARS},
    }


class RecordHarm(CareForm):
    """Record a kind of harm."""

    permission = "cases.record_harm"
    form_class = RecordHarmForm
    title = _("Record a harm")
    sentence = _("Codes only. No description of what was done is asked for, here or anywhere.")
    button = _("Record the harm")
    success_message = _("The harm is recorded.")

    def perform(self, data: dict[str, Any]) -> Any:
        return record_harm(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class ChangeHarm(OneSafetyRecord):
    """Put right what is recorded about a harm."""

    permission = "cases.record_harm"
    reads = "placement.opened"
    model = HarmRecord
    form_class = ChangeHarmForm
    success_message = _("The harm is put right.")

    def safety_url(self, record: HarmRecord) -> str:
        return reverse("cases:care", args=[record.participant_id])

    def form_options(self, record: HarmRecord) -> dict[str, Any]:
        answers = (*FLAGS, *PHASES, "content_origin", "since", "until")
        return {
            "version": record.version,
            "initial": {name: getattr(record, name) for name in answers},
        }

    def who_changed(self, record: HarmRecord) -> str:
        return who_wrote(record.case_id, record.pk, "harm.recorded")

    def words(self, record: HarmRecord) -> dict[str, Any]:
        return {
            "title": _("Change a harm"),
            "sentence": _("%(code)s: %(harm)s. Codes only, no description.")
            % {"code": record.person.code, "harm": record.get_harm_type_display()},
            "button": _("Save the change"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        with self.request.reading():
            record = self.find()
            self.record_read(record)
        return record_harm(
            actor=self.request.user,
            participant_id=record.participant_id,
            harm_type=record.harm_type,
            **data,
        )


class PlacePerson(CareForm):
    """Record where somebody lives from a day on."""

    permission = "cases.place_person"
    form_class = PlacePersonForm
    title = _("Record a placement")
    sentence = _("A shelter, relatives, a foster family. The placement before ends the same day.")
    button = _("Record the placement")
    success_message = _("The placement is recorded.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {
            "others": self.others(record),
            "colleagues": colleagues_on(self.request.user, record.case),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return place_person(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class RecordCustody(CareForm):
    """Record who has custody."""

    permission = "cases.place_person"
    form_class = RecordCustodyForm
    title = _("Record custody")
    sentence = _(
        "Who has custody by law or order. Whoever is accused, or lives with somebody accused, "
        "cannot consent for the child all the same."
    )
    button = _("Record custody")
    success_message = _("Custody is recorded.")

    def form_options(self, record: CaseParticipant) -> dict[str, Any]:
        return {"others": self.others(record)}

    def perform(self, data: dict[str, Any]) -> Any:
        return record_custody(actor=self.request.user, participant_id=self.kwargs["pk"], **data)


class OnePlacement(OneSafetyRecord):
    """A form about one placement; it leads back to the person's care page."""

    permission = "cases.place_person"
    reads = "placement.opened"
    model = Placement

    def safety_url(self, record: Any) -> str:
        placement = getattr(record, "placement", record)
        place = CaseParticipant.objects.visible_to(self.request.user).filter(
            case_id=placement.case_id, person_id=placement.person_id
        )
        return reverse("cases:care", args=[place.order_by("created_at")[0].pk])


class EndPlacement(OnePlacement):
    """Record that a placement ended."""

    form_class = EndPlacementForm
    success_message = _("The end of the placement is recorded.")

    def words(self, record: Placement) -> dict[str, Any]:
        return {
            "title": _("End a placement"),
            "sentence": _("%(code)s: %(kind)s.")
            % {"code": record.person.code, "kind": record.get_kind_display()},
            "button": _("Record the end"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return end_placement(actor=self.request.user, placement_id=self.kwargs["pk"], **data)


class NamePlacementReader(OnePlacement):
    """Name a colleague who may know where a placement is."""

    form_class = NamePlacementReaderForm
    success_message = _("They may know where it is now.")

    def form_options(self, record: Placement) -> dict[str, Any]:
        return {"colleagues": colleagues_on(self.request.user, record.case)}

    def words(self, record: Placement) -> dict[str, Any]:
        return {
            "title": _("Name somebody who may know where it is"),
            "sentence": _("Only whoever knows the address may name others."),
            "button": _("Name them"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return name_placement_reader(
            actor=self.request.user, placement_id=self.kwargs["pk"], **data
        )


class ShowPlacementAddress(CarePage):
    """Open where a placement is; for named people alone, and written down."""

    http_method_names = ["post"]

    def find(self) -> CaseParticipant:
        placement = Placement.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        places = CaseParticipant.objects.visible_to(self.request.user).filter(
            case_id=placement.case_id, person_id=placement.person_id
        )
        return places.select_related("person", "case__lead_agency").order_by("created_at")[0]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        details = show_placement_address(actor=self.request.user, placement_id=self.kwargs["pk"])
        with self.request.reading():
            place = self.find()
            self.record_read(place)
            shown = {"address": {"of": self.kwargs["pk"], "facts": identity_facts(details)}}
            return self.answer(self.context(place) | shown)
