"""Another team told of somebody whom we may know: answer it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from core.views import FormPage
from referrals.forms import AnswerMatchForm
from referrals.models import HiddenMatch
from referrals.selectors.hidden import known_as, known_at, unanswered_matches
from referrals.services.hidden_matches import answer_match


class AnswerMatch(FormPage):
    """Ask the other desk to talk to us, or say that it is somebody else."""

    permission = "referrals.answer_match"
    reads = "referral.match_opened"
    form_class = AnswerMatchForm
    template_name = "referrals/answer_match.html"
    success_message = _("Your answer is kept.")

    def find(self) -> HiddenMatch:
        match: HiddenMatch = unanswered_matches(self.request.user).get(pk=self.kwargs["pk"])
        return match

    def context(self, record: HiddenMatch, form: Any) -> dict[str, Any]:
        names = {"reference": record.reference, "team": record.told_by.name}
        return {
            "facts": [
                (_("What we have"), format_html('<a href="{}">{}</a>', url, known_as(record)))
                for url in [known_at(record)]
            ]
            + [
                (_("What they have"), str(_("Referral %(reference)s, of the %(team)s")) % names),
                (_("Why it may be the same"), record.get_why_display()),
            ],
            "form": form,
        }

    def perform(self, data: dict[str, Any]) -> HiddenMatch:
        return answer_match(
            actor=self.request.user, match_id=self.kwargs["pk"], answer=data["answer"]
        )

    def done_url(self, result: Any) -> str:
        return reverse("desk:my_work")
