"""The page of the key with which one's agency signs what it hands out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from core.views import FormPage
from handoffs.key_forms import ReplaceSigningKeyForm
from handoffs.models import SigningKey
from handoffs.services.keys import replace_signing_key


class SigningKeys(FormPage):
    """The key in use, those before it, and how it is replaced."""

    permission = "handoffs.replace_signing_key"
    reads = "signing_key.looked_at"
    steps_up = True
    form_class = ReplaceSigningKeyForm
    template_name = "handoffs/signing.html"
    success_message = _("The key is replaced. Tell your partners the new one.")

    def find(self) -> SigningKey | None:
        found: SigningKey | None = self._ours().in_use().first()
        return found

    def _ours(self) -> Any:
        user = self.request.user
        return SigningKey.objects.visible_to(user).filter(agency_id=user.agency_id)

    def form_options(self, record: SigningKey | None) -> dict[str, Any]:
        return {"initial": {"key": record.pk if record else ""}}

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        before = self._ours().filter(retired_at__isnull=False)
        return {**super().context(record, form), "before": list(before)}

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        self.record_read(object_type="handoffs.signingkey")
        return self.answer(self.context(record, form), status=status)

    def perform(self, data: dict[str, Any]) -> SigningKey:
        return replace_signing_key(actor=self.request.user, key_id=data["key"])

    def done_url(self, result: SigningKey) -> str:
        return "handoffs:signing_key"
