"""An administrator sets up their agency's single sign-on."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import SignOnProvider
from accounts.services.sign_on import set_up_sign_on, turn_off_sign_on
from core.views import FormPage, Workspace
from desk.people_forms import SignOnForm


class SignOnPage(FormPage):
    permission = "accounts.set_up_sign_on"
    steps_up = True
    reads = "sign_on.opened"
    form_class = SignOnForm
    template_name = "desk/sign_on.html"
    success_message = _("Single sign-on is on. Try it yourself before you tell your people.")

    def find(self) -> SignOnProvider | None:
        found: SignOnProvider | None = SignOnProvider.objects.visible_to(self.request.user).first()
        return found

    def form_options(self, record: SignOnProvider | None) -> dict[str, Any]:
        names = ("issuer", "client_id", "trusts_second_factor")
        return {
            "version": record.version if record else 0,
            "initial": {name: getattr(record, name) for name in names} if record else {},
        }

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        start = reverse("account_sign_on", args=[record.pk]) if record else ""
        home = settings.LIWANAG_PUBLIC_URL
        return {
            "provider": record,
            "form": form,
            "return_address": f"{home}{reverse('account_sign_on_return')}",
            "start_address": f"{home}{start}",
        }

    def perform(self, data: dict[str, Any]) -> SignOnProvider:
        return set_up_sign_on(
            actor=self.request.user,
            issuer=data["issuer"].strip(),
            client_id=data["client_id"].strip(),
            client_secret=data["secret"],
            trusts_second_factor=data["trusts_second_factor"],
            version=data["version"] or 0,
        )

    def done_url(self, result: Any) -> str:
        return reverse("directory:sign_on")


class TurnOffSignOn(Workspace):
    http_method_names = ("post",)
    permission = "accounts.set_up_sign_on"
    steps_up = True
    model = SignOnProvider

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            provider = SignOnProvider.objects.visible_to(self.request.user).get(is_on=True)
        turn_off_sign_on(actor=self.request.user, provider_id=provider.pk)
        return redirect("directory:sign_on")
