"""Partner agencies and the agreements with them: who may be handed what, and until when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, DataSharingAgreement
from accounts.services import directory, partners
from core.forms import PlainForm
from core.paging import Page
from core.views import FormPage, ListPage
from desk.people_forms import AddAgreementForm, EndAgreementForm
from desk.views.people import AddsToDirectory
from handoffs.choices import Section


class PartnersPage(ListPage):
    """Every agency the house may hand something to, with what was agreed; the closed ones last."""

    model = Agency
    permission = "accounts.read_directory"
    reads = "agreement.listed"
    template_name = "desk/partners.html"

    def queryset(self) -> QuerySet[Any]:
        user = self.request.user
        every: Any = Agency.objects.all() if user.of_the_house else super().queryset()
        ours = DataSharingAgreement.objects.visible_to(user).filter(from_agency_id=user.agency_id)
        found: QuerySet[Any] = (
            every.exclude(pk=user.agency_id)
            .order_by("-is_active", "name")
            .prefetch_related(
                Prefetch("agreements_in", ours.order_by("-valid_from"), to_attr="agreed")
            )
        )
        return found

    def context(self, page: Page) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        labels = dict(Section.choices)
        for agency in page.rows:
            for agreement in agency.agreed:
                ends = agreement.valid_until
                agreement.over = ends is not None and ends < today
                agreement.covers = ", ".join(
                    str(labels.get(code, code)) for code in agreement.categories
                )
        return super().context(page) | {
            "can": {
                "agree": user.may("accounts.invite_user"),
                "let_in": user.may("accounts.register_system") and user.of_the_house,
                "close": user.may("accounts.invite_user") and user.of_the_house,
            }
        }


class AddAgreement(AddsToDirectory):
    """What the own agency may hand to another, and until when."""

    form_class: ClassVar[type[PlainForm]] = AddAgreementForm
    template_name = "desk/add_agreement.html"
    success_message = _("The agreement is recorded. Handoffs under it can be composed now.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        every: Any = Agency.objects if user.of_the_house else Agency.objects.visible_to(user)
        others = every.filter(is_active=True).exclude(pk=user.agency_id).order_by("name")
        return {"agencies": [(str(agency.pk), agency.name) for agency in others]}

    def perform(self, data: dict[str, Any]) -> DataSharingAgreement:
        return directory.add_agreement(
            actor=self.request.user,
            reference=data["reference"],
            to_agency_id=data["to_agency"],
            scope=data["scope"],
            categories=data["categories"],
            valid_from=data["valid_from"],
            valid_until=data["valid_until"],
        )

    def done_url(self, result: Any) -> str:
        return reverse("directory:partners")


class EndAgreement(AddAgreement):
    """Bring its last day forward."""

    model = DataSharingAgreement
    form_class = EndAgreementForm
    template_name = "desk/end_agreement.html"
    success_message = _("The last day is set. Nothing more is handed over after it.")

    def find(self) -> DataSharingAgreement:
        user = self.request.user
        found: DataSharingAgreement = (
            DataSharingAgreement.objects.visible_to(user)
            .select_related("to_agency")
            .get(pk=self.kwargs["pk"], from_agency_id=user.agency_id)
        )
        return found

    def form_options(self, record: DataSharingAgreement) -> dict[str, Any]:
        return {"initial": {"last_day": timezone.localdate()}}

    def perform(self, data: dict[str, Any]) -> DataSharingAgreement:
        return partners.end_agreement(
            actor=self.request.user, agreement_id=self.kwargs["pk"], last_day=data["last_day"]
        )


class CloseAgency(FormPage):
    """Hand nothing to a partner any more."""

    model = Agency
    permission = "accounts.invite_user"
    steps_up = True
    template_name = "desk/close_agency.html"
    success_message = _("The agency is closed. It is offered nowhere from now on.")

    def find(self) -> Agency:
        found: Agency = Agency.objects.get(pk=self.kwargs["pk"], is_partner=True)
        if not self.request.user.of_the_house:
            raise Agency.DoesNotExist
        return found

    def perform(self, data: dict[str, Any]) -> Agency:
        return partners.close_agency(actor=self.request.user, agency_id=self.kwargs["pk"])

    def done_url(self, result: Any) -> str:
        return reverse("directory:partners")


class ReopenAgency(CloseAgency):
    """Offer it again."""

    template_name = "desk/reopen_agency.html"
    success_message = _("The agency is open again.")

    def perform(self, data: dict[str, Any]) -> Agency:
        return partners.reopen_agency(actor=self.request.user, agency_id=self.kwargs["pk"])
