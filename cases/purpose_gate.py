"""The gate before a case: whoever opens it says why, once in four hours, with one tap.

View bases call it for every record of a case (`core.views.Workspace.record_read`); it knows from
the request who asks. Whoever does not see the case (a partner with a handoff, a reviewer) is not
asked: what they see has its own reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.step_up import way_back
from audit.events import case_of
from audit.purposes import note_purpose, purpose_for
from cases.models import Case, CaseParticipant
from cases.selectors.purpose import purpose_of
from core.errors import PurposeNeeded

# Whose records are a case's own.
GATED = frozenset({"cases", "courts", "handoffs"})


def prepare(request: HttpRequest) -> None:
    """Put on the request what view bases ask for without knowing this app."""
    request.require_purpose = partial(require_purpose, request)  # type: ignore[attr-defined]
    request.require_purpose_for = partial(require_purpose_for, request)  # type: ignore[attr-defined]
    request.ask_purpose = partial(ask_purpose, request)  # type: ignore[attr-defined]


def require_purpose(request: HttpRequest, record: Model | None) -> None:
    """Note the purpose that the person stated for the record's case.

    Raises:
        PurposeNeeded: they see the case and have not said why.
    """
    if record is not None and record._meta.app_label in GATED:
        # What stands in no case's log (a planned operation) says itself which case it opens.
        _require(request, case_of(record) or getattr(record, "opens_case_id", None))


def require_purpose_for(
    request: HttpRequest, named: Mapping[str, Any], models: Mapping[str, type[Model]]
) -> None:
    """Note the purpose for the case that a program names before its body is looked at.

    Args:
        named: what was sent. `case` is a case; `participant` is somebody in one.
        models: what other names stand for.

    Raises:
        PurposeNeeded: as `require_purpose`.
    """
    known: dict[str, type[Model]] = {"case": Case, "participant": CaseParticipant, **models}
    for name, model in known.items():
        try:
            pk = UUID(str(named[name]))
        except (KeyError, ValueError):
            continue  # Nothing, or nothing one could find: the body is refused for it.
        objects: Any = model._default_manager
        require_purpose(request, objects.visible_to(request.user).filter(pk=pk).first())


def _require(request: HttpRequest, case_id: UUID | None) -> None:
    user = request.user
    if case_id is None or not isinstance(user, User) or purpose_for(case_id):
        return
    code = purpose_of(user, case_id, timezone.now())
    if code == "":
        raise PurposeNeeded(case_id)
    if code:
        note_purpose(case_id, code)


def ask_purpose(request: HttpRequest, needed: PurposeNeeded) -> HttpResponse:
    """Lead to the page that asks, and from there back; a form that was sent is kept."""
    with request.reading() as look:  # type: ignore[attr-defined]
        look.record(
            "purpose.asked",
            object_type="cases.case",
            object_id=needed.case_id,
            case_id=needed.case_id,
        )
    asks = reverse("cases:state_purpose", args=[needed.case_id])
    address = f"{asks}?{urlencode({'next': way_back(request)})}"
    if getattr(request, "htmx", None):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = address
        return answer
    return HttpResponseRedirect(address)
