"""Flags on a case."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.forms import LowerFlagForm, RaiseFlagForm, ReviewFlagForm
from cases.models import Case, CaseFlag
from cases.selectors import people_to_name, who_wrote
from cases.selectors.flag import ShownFlag, raised_flags, show_flags
from cases.services import flags as service
from cases.views.base import CaseForm
from core.forms import PlainForm
from core.ui.dates import spell
from core.views import FormPage


def record_closed_flags(view: Any, shown: list[ShownFlag]) -> None:
    """Write down each flag whose words did not open."""
    for one in shown:
        if one.unreadable:
            with view.request.reading() as look:
                look.record("text.unreadable", one.flag, fields=one.unreadable)


def flags_context(view: Any, case: Case) -> dict[str, Any]:
    """What `cases/_flags.html` shows."""
    user = view.request.user
    shown = raised_flags(user, case, timezone.localdate())
    record_closed_flags(view, shown)
    return {"flags": shown, "may_flag": user.may("cases.flag_case")}


class RaiseFlag(CaseForm):
    """Have everybody who opens the case mind something."""

    permission = "cases.flag_case"
    form_class = RaiseFlagForm
    success_message = _("The flag is raised. It comes back on My work on its day.")

    def form_options(self, record: Case) -> dict[str, Any]:
        return {"people": people_to_name(self.request.user, record)}

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Raise a flag"),
            "sentence": _("What everybody who opens this case is to mind, until a day."),
            "button": _("Raise the flag"),
        }

    def perform(self, data: dict[str, Any]) -> CaseFlag:
        return service.raise_flag(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class FlagStep(FormPage):
    """A form about one flag; it leads back to the case."""

    permission = "cases.flag_case"
    reads = "flag.opened"
    template_name = "cases/form.html"
    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""

    def find(self) -> CaseFlag:
        flags = CaseFlag.objects.visible_to(self.request.user).select_related("case")
        found: CaseFlag = flags.get(pk=self.kwargs["pk"])
        return found

    def form_options(self, record: CaseFlag) -> dict[str, Any]:
        stands = spell(record.review_on) if record.lowered_at is None else _("Lowered")
        return {"version": record.version, "beside": [(_("Looked at again"), stands)]}

    def who_changed(self, record: CaseFlag) -> str:
        return who_wrote(record.case_id, record.pk, "flag.reviewed", "flag.lowered")

    def context(self, record: CaseFlag, form: Any) -> dict[str, Any]:
        shown = show_flags([record], timezone.localdate())
        record_closed_flags(self, shown)
        return {
            "case": record.case,
            "form": form,
            "title": self.title,
            "sentence": shown[0].why,
            "button": self.button,
            "back": reverse("cases:case", args=[record.case_id]),
        }

    def done_url(self, result: CaseFlag) -> str:
        return reverse("cases:case", args=[result.case_id])


class ReviewFlag(FlagStep):
    """It still counts, until another day."""

    form_class: ClassVar[type[PlainForm]] = ReviewFlagForm
    title = _("Look at a flag again")
    button = _("It still counts")
    success_message = _("The flag stays. It comes back on My work on its day.")

    def perform(self, data: dict[str, Any]) -> CaseFlag:
        return service.review_flag(actor=self.request.user, flag_id=self.kwargs["pk"], **data)


class LowerFlag(FlagStep):
    """It is seen to."""

    form_class: ClassVar[type[PlainForm]] = LowerFlagForm
    title = _("Lower a flag")
    button = _("Lower the flag")
    success_message = _("The flag is lowered.")

    def perform(self, data: dict[str, Any]) -> CaseFlag:
        return service.lower_flag(actor=self.request.user, flag_id=self.kwargs["pk"], **data)
