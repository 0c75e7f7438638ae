"""Who is called when a child is in danger, and changing it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.views import FormPage
from referrals import selectors
from referrals.forms import OnCallForm
from referrals.models import OnCallShift
from referrals.services import oncall
from referrals.views.desk import teams_of


class OnCall(FormPage):
    """Who is on call now and next; supervisors add a time here."""

    permission = "referrals.read_referral"
    reads = "oncall.listed"
    form_class = OnCallForm
    template_name = "referrals/on_call.html"
    success_message = _("It is written down who is called.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {"teams": teams_of(user), "colleagues": selectors.deciders(user)}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        now = timezone.now()
        shifts = (
            OnCallShift.objects.visible_to(self.request.user)
            .filter(ends_at__gt=now)
            .select_related("team", "person")[:100]
        )
        return {
            "form": form,
            "shifts": [{"shift": shift, "on": shift.is_on(now)} for shift in shifts],
            "covered": any(shift.is_on(now) for shift in shifts),
            "may_set": self.request.user.may("referrals.set_on_call"),
        }

    def perform(self, data: dict[str, Any]) -> OnCallShift:
        return oncall.set_on_call(
            actor=self.request.user,
            team_id=data["team"].pk,
            person_id=data["person"].pk,
            place=data["place"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
        )

    def done_url(self, result: Any) -> str:
        return reverse("referrals:on_call")


class EndOnCall(FormPage):
    """End a time on call now."""

    permission = "referrals.set_on_call"
    reads = "oncall.listed"
    template_name = "referrals/on_call_end.html"
    success_message = _("This time on call is over.")

    def find(self) -> OnCallShift:
        shifts = OnCallShift.objects.visible_to(self.request.user).select_related("person")
        shift: OnCallShift = shifts.get(pk=self.kwargs["pk"])
        return shift

    def perform(self, data: dict[str, Any]) -> OnCallShift:
        return oncall.end_on_call(actor=self.request.user, shift_id=self.kwargs["pk"])

    def done_url(self, result: Any) -> str:
        return reverse("referrals:on_call")
