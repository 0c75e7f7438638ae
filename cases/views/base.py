"""What the parts of a case page share, in this app and in those above it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from cases.models import Case
from cases.tabs import tabs_of
from core.views import DetailPage, FormPage


def case_context(actor: Any, case: Case, *, current: str) -> dict[str, Any]:
    """What `cases/case.html` needs; `current` is the open tab's URL name."""
    return {"case": case, "tabs": tabs_of(case, actor, current=current)}


class CaseTab(DetailPage):
    """One tab of a case page. Templates extend `cases/case.html` and fill its block `tab`.

    Attributes:
        current: the URL name under which the tab is registered.
    """

    model = Case
    permission = "cases.read_case"
    reads = "case.opened"
    current: ClassVar[str] = ""

    def queryset(self) -> Any:
        return super().queryset().select_related("lead_agency", "opened_by")

    def context(self, record: Case) -> dict[str, Any]:
        return case_context(self.request.user, record, current=self.current)


class CaseForm(FormPage):
    """A form about one case the person sees; it leads back to the case."""

    reads = "case.opened"
    template_name = "cases/form.html"
    back_to: ClassVar[str] = "cases:case"

    def find(self) -> Case:
        case: Case = Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return case

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"case": record, "form": form, "back": reverse(self.back_to, args=[record.pk])}

    def done_url(self, result: Any) -> str:
        return reverse(self.back_to, args=[self.kwargs["pk"]])
