"""Charts of use, for those who audit."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from core.views import Workspace
from desk.selectors.usage import PERIODS, agencies_of, usage


class UsagePage(Workspace):
    """How much was opened, by whom, when, and what was refused."""

    permission = "audit.read_log"
    reads = "usage.listed"
    template_name = "desk/usage.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        period = request.GET.get("period", PERIODS[0][0])
        agencies = agencies_of(user)
        agency = next((one for one in agencies if str(one.pk) == request.GET.get("agency")), None)
        self.record_read(
            object_type="audit.auditevent",
            facts={"filters": sorted({"period", "agency"} & set(request.GET))},
        )
        charts = usage(
            user, period=period, agency_id=agency.pk if agency else None, at=timezone.now()
        )
        here = reverse("audit_trail:usage")
        kept = {"agency": str(agency.pk)} if agency else {}
        return self.answer(
            {
                "charts": charts,
                "agencies": agencies,
                "agency": agency,
                "period": period,
                "chips": [
                    {
                        "label": label,
                        "url": f"{here}?{urlencode({**kept, 'period': code})}",
                        "current": code == period,
                    }
                    for code, label, _days, _step in PERIODS
                ],
            }
        )
