"""Legal holds of a case, and erasures: asked for by one, decided by another."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.choices import ErasureStatus
from cases.forms import (
    AskForErasureForm,
    PlaceHoldForm,
    RefuseErasureForm,
    RequestErasureForm,
)
from cases.models import Case, ErasureRequest, LegalHold
from cases.rights_tabs import rights_tabs
from cases.selectors import (
    erasure_facts,
    receipt_facts,
    texts_are_left,
    waiting_erasure_of,
    waiting_erasure_of_texts,
)
from cases.services.erasure import (
    approve_erasure,
    refuse_erasure,
    request_erasure,
    request_texts_erasure,
    stopped_by,
)
from cases.services.holds import place_hold, release_hold
from cases.views.base import CaseForm, CaseTab
from cases.views.family import PersonForm
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage
from vault.opening import opened


def shown_holds(view: Any, holds: Any) -> list[dict[str, Any]]:
    """Holds with their texts opened; one that does not open says so, and it is recorded."""
    today = timezone.localdate()
    shown = []
    for hold in holds.select_related("case", "placed_by", "released_by"):
        texts = {name: opened(hold, name) for name in ("authority", "why")}
        unreadable = [name for name, text in texts.items() if not text.readable]
        if unreadable:
            with view.request.reading() as look:
                look.record("text.unreadable", hold, fields=unreadable)
        shown.append(
            {"hold": hold, "stands": hold.stands(today)}
            | {name: text.value for name, text in texts.items()}
        )
    return shown


class CaseHolds(CaseTab):
    """Every hold of a case: who, why, on whose authority, until when."""

    current = "cases:case"
    permission = "cases.read_case"
    reads = "hold.listed"
    template_name = "cases/holds.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        leads = record.lead_agency_id == user.agency_id
        holds = LegalHold.objects.visible_to(user).filter(case=record)
        return super().context(record) | {
            "holds": shown_holds(self, holds),
            "can": {
                "place": leads and user.may("cases.place_hold"),
                "erase": leads
                and user.may("cases.request_erasure")
                and texts_are_left(user, record),
            },
        }


class PlaceHold(CaseForm):
    """Forbid erasing anything of the case."""

    permission = "cases.place_hold"
    form_class = PlaceHoldForm
    success_message = _("The hold stands. Nothing of this case can be erased.")
    back_to = "cases:holds"

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Place a legal hold"),
            "sentence": _("While it stands nothing of this case is erased, whoever asks."),
            "button": _("Place the hold"),
        }

    def perform(self, data: dict[str, Any]) -> LegalHold:
        return place_hold(
            actor=self.request.user, case_id=self.kwargs["pk"], at=timezone.now(), **data
        )


class ReleaseHold(CaseForm):
    """Release a hold; the clock of keeping runs again."""

    permission = "cases.place_hold"
    success_message = _("The hold is released.")

    def find(self) -> Case:
        self.hold: LegalHold = (
            LegalHold.objects.visible_to(self.request.user)
            .select_related("case")
            .get(pk=self.kwargs["pk"])
        )
        return self.hold.case

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Release the legal hold"),
            "sentence": _("From then on the case may be erased when its time is over."),
            "button": _("Release it"),
            "back": reverse("cases:holds", args=[record.pk]),
        }

    def perform(self, data: dict[str, Any]) -> LegalHold:
        return release_hold(actor=self.request.user, hold_id=self.kwargs["pk"], at=timezone.now())

    def done_url(self, result: LegalHold) -> str:
        return reverse("cases:holds", args=[result.case_id])


class HoldList(ListPage):
    """Every legal hold of the agency's cases, for whoever answers for erasures."""

    model = LegalHold
    permission = "cases.read_erasure"
    reads = "hold.listed"
    template_name = "cases/all_holds.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("placed_by", "released_by")

    def context(self, page: Page) -> dict[str, Any]:
        today = timezone.localdate()
        return super().context(page) | {
            "tabs": rights_tabs(self.request.user, "rights:holds"),
            "holds": [{"hold": hold, "stands": hold.stands(today)} for hold in page.rows],
        }


class RequestErasure(PersonForm):
    """Ask for a person to be erased."""

    template_name = "cases/request_erasure.html"

    permission = "cases.request_erasure"
    form_class = RequestErasureForm
    title = _("Ask for this person to be erased")
    sentence = _(
        "The data protection officer decides. When they agree, the identity and all that is kept "
        "under this person’s key is destroyed for good; the other people of the case stay."
    )
    button = _("Ask for it")
    success_message = _("The data protection officer has been told.")

    def words(self, record: Any) -> dict[str, Any]:
        waits = waiting_erasure_of(self.request.user, record.person_id)
        return super().words(record) | {"waiting": waits}

    def perform(self, data: dict[str, Any]) -> ErasureRequest:
        return request_erasure(
            actor=self.request.user, participant_id=self.kwargs["pk"], at=timezone.now(), **data
        )

    def done_url(self, result: ErasureRequest) -> str:
        return reverse("rights:erasure", args=[result.pk])


class RequestTextsErasure(CaseForm):
    """Ask for the shared texts of a case to be erased in which nobody is left."""

    permission = "cases.request_erasure"
    form_class = AskForErasureForm
    template_name = "cases/request_texts_erasure.html"
    success_message = _("The data protection officer has been told.")
    back_to = "cases:holds"

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Ask for the shared texts to be erased"),
            "sentence": _(
                "Everybody in this case was erased, but what was written about all of them is "
                "still kept. When the data protection officer agrees, it is destroyed for good."
            ),
            "button": _("Ask for it"),
            "waiting": waiting_erasure_of_texts(self.request.user, record),
        }

    def perform(self, data: dict[str, Any]) -> ErasureRequest:
        return request_texts_erasure(
            actor=self.request.user, case_id=self.kwargs["pk"], at=timezone.now(), **data
        )

    def done_url(self, result: ErasureRequest) -> str:
        return reverse("rights:erasure", args=[result.pk])


class ErasureList(ListPage):
    """Erasures that wait, and those decided."""

    model = ErasureRequest
    permission = "cases.read_erasure"
    reads = "erasure.listed"
    template_name = "cases/erasures.html"

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {
            "tabs": rights_tabs(self.request.user, "rights:erasures"),
            "waiting": self.queryset().filter(status=ErasureStatus.REQUESTED).count(),
        }


class ErasurePage(DetailPage):
    """One erasure: what was asked, what speaks for keeping, the decision and its receipt."""

    model = ErasureRequest
    reads = "erasure.opened"
    template_name = "cases/erasure.html"

    def queryset(self) -> Any:
        return super().queryset().select_related("requested_by", "decided_by")

    def context(self, record: ErasureRequest) -> dict[str, Any]:
        user = self.request.user
        waits = record.status == ErasureStatus.REQUESTED
        decides = user.may("cases.approve_erasure") and user.pk != record.requested_by_id
        return {
            "erasure": record,
            "facts": erasure_facts(record),
            "receipt": receipt_facts(record),
            "held": stopped_by(record) if waits and decides else "",
            "can": {
                "decide": waits and decides,
                "list": user.may("cases.read_erasure"),
            },
        }


class DecideErasure(FormPage):
    """The second person's page: what will happen, and the decision."""

    permission = "cases.approve_erasure"
    reads = "erasure.opened"
    template_name = "cases/decide_erasure.html"

    def find(self) -> ErasureRequest:
        found: ErasureRequest = (
            ErasureRequest.objects.visible_to(self.request.user)
            .select_related("requested_by", "decided_by")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def context(self, record: ErasureRequest, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"erasure": record, "facts": erasure_facts(record)}

    def done_url(self, result: ErasureRequest) -> str:
        return reverse("rights:erasure", args=[result.pk])


class ApproveErasure(DecideErasure):
    """Erase."""

    steps_up = True
    success_message = _("It was erased. The receipt is below.")

    def context(self, record: ErasureRequest, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"approve": True}

    def perform(self, data: dict[str, Any]) -> ErasureRequest:
        return approve_erasure(
            actor=self.request.user, request_id=self.kwargs["pk"], at=timezone.now()
        )


class RefuseErasure(DecideErasure):
    """Keep the data, with a ground."""

    steps_up = True
    form_class = RefuseErasureForm
    success_message = _("The request was refused, with the ground you gave.")

    def perform(self, data: dict[str, Any]) -> ErasureRequest:
        return refuse_erasure(
            actor=self.request.user, request_id=self.kwargs["pk"], at=timezone.now(), **data
        )
