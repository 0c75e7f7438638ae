"""Keep a list of the queue; forget it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from core.views import FormPage
from referrals.forms import KeepListForm
from referrals.models import KeptList
from referrals.selectors.kept import asked_of, list_words
from referrals.services.kept_lists import forget_list, keep_list


class KeepList(FormPage):
    """Keep the list that the queue shows now."""

    permission = "referrals.read_referral"
    form_class = KeepListForm
    template_name = "referrals/keep_list.html"
    success_message = _("The list is kept. It stands above the queue.")

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        asked = asked_of(self.request.GET)
        return {"form": form, "words": list_words(**asked), "query": urlencode(asked)}

    def perform(self, data: dict[str, Any]) -> KeptList:
        asked = asked_of(self.request.GET)
        return keep_list(
            actor=self.request.user,
            show=asked["show"],
            source_category=asked["source"],
            country=asked["country"],
            digest=data["digest"],
        )

    def done_url(self, result: Any) -> str:
        return f"{reverse('referrals:list')}?{urlencode(asked_of(self.request.GET))}"


class ForgetList(FormPage):
    """Remove a list one has kept."""

    permission = "referrals.read_referral"
    reads = "list.opened"
    template_name = "referrals/forget_list.html"
    success_message = _("The list is not kept any more.")

    def find(self) -> KeptList:
        kept: KeptList = KeptList.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return kept

    def context(self, record: KeptList, form: Any) -> dict[str, Any]:
        words = list_words(record.show, record.source_category, record.country)
        return {"record": record, "form": form, "words": words}

    def perform(self, data: dict[str, Any]) -> None:
        forget_list(actor=self.request.user, list_id=self.kwargs["pk"])

    def done_url(self, result: Any) -> str:
        return reverse("referrals:list")
