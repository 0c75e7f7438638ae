"""Partners' systems: who is let in by the API, to what, and until when."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, PartnerSystem, Team
from accounts.partner_scopes import Scope
from accounts.services.partner_systems import (
    LetIn,
    end_system,
    register_system,
    replace_secret,
)
from core.forms import PlainForm
from core.paging import Page
from core.views import FormPage, ListPage
from desk.system_forms import RegisterSystemForm


class SystemsPage(ListPage):
    """Every system that is or was let in; those that are first."""

    model = PartnerSystem
    permission = "accounts.register_system"
    steps_up = True
    reads = "system.listed"
    template_name = "desk/systems.html"

    def queryset(self) -> QuerySet[Any]:
        found: QuerySet[Any] = (
            super()
            .queryset()
            .select_related("agency", "desk")
            .order_by("-ended_at", "agency__name", "name")
        )
        return found

    def context(self, page: Page) -> dict[str, Any]:
        labels = dict(Scope.choices)
        for system in page.rows:
            system.may_do = [str(labels[code]) for code in system.scopes]
        return super().context(page)


class RegisterSystem(FormPage):
    """Let one in. Its secret is shown on the page that answers, and never again."""

    model = PartnerSystem
    permission = "accounts.register_system"
    steps_up = True
    reads = "system.listed"
    form_class: ClassVar[type[PlainForm]] = RegisterSystemForm
    template_name = "desk/register_system.html"

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        partners = Agency.objects.filter(is_partner=True, is_active=True).order_by("name")
        teams = Team.objects.filter(agency_id=user.agency_id).order_by("name")
        return {
            "agencies": [(str(agency.pk), agency.name) for agency in partners],
            "desks": [(str(team.pk), team.name) for team in teams],
        }

    def perform(self, data: dict[str, Any]) -> LetIn:
        return register_system(
            actor=self.request.user,
            agency_id=data["agency"],
            name=data["name"],
            scopes=data["scopes"],
            desk_id=data["desk"] or None,
            certificate=data["certificate"],
        )

    def go_on(self, result: LetIn) -> HttpResponse:
        """No redirect: what is shown once must not stand in a session meanwhile."""
        with self.request.reading():
            self.record_read(result.system)
            return self.answer(
                {
                    "system": result.system,
                    "secret": result.secret,
                    "token_address": f"{settings.LIWANAG_PUBLIC_URL}{reverse('system_token')}",
                }
            )


class ReplaceSecret(RegisterSystem):
    """A new secret. The old one opens nothing from now on."""

    form_class = PlainForm
    template_name = "desk/replace_secret.html"

    def find(self) -> PartnerSystem:
        found: PartnerSystem = (
            PartnerSystem.objects.visible_to(self.request.user)
            .select_related("agency")
            .get(pk=self.kwargs["pk"], ended_at=None)
        )
        return found

    def form_options(self, record: Any) -> dict[str, Any]:
        return {}

    def perform(self, data: dict[str, Any]) -> LetIn:
        return replace_secret(actor=self.request.user, system_id=self.kwargs["pk"])


class EndSystem(FormPage):
    """Let it in no more."""

    model = PartnerSystem
    permission = "accounts.register_system"
    steps_up = True
    template_name = "desk/end_system.html"
    success_message = _("The system is let in no more.")

    def find(self) -> PartnerSystem:
        found: PartnerSystem = (
            PartnerSystem.objects.visible_to(self.request.user)
            .select_related("agency")
            .get(pk=self.kwargs["pk"], ended_at=None)
        )
        return found

    def perform(self, data: dict[str, Any]) -> PartnerSystem:
        return end_system(actor=self.request.user, system_id=self.kwargs["pk"])

    def done_url(self, result: Any) -> str:
        return reverse("directory:systems")
