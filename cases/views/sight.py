"""Who can see a case and why, who leads it, to whom it is restricted, and leave cover."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.forms.sight import (
    ChangeLeadForm,
    LiftRestrictionForm,
    RestrictCaseForm,
    SetCoverForm,
)
from cases.models import Case, CaseRestriction, LeaveCover
from cases.selectors import who_wrote
from cases.selectors.access import teams_granted
from cases.selectors.sight import (
    covers_of,
    last_restriction,
    lead_of,
    leads_so_far,
    log_readers,
    not_covered,
    restriction_of,
    restriction_version,
    seers_of,
    sight_of,
    workers,
)
from cases.services.sight import (
    change_lead,
    end_cover,
    lift_restriction,
    restrict_case,
    set_cover,
)
from cases.views.base import CaseForm, CaseTab
from core.views import FormPage, Workspace
from vault.opening import opened


class WhoSees(CaseTab):
    """Everybody who can see the case, person by person, and why."""

    current = "cases:case"
    permission = "cases.read_access"
    reads = "case.seers_listed"
    template_name = "cases/who_sees.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        sight = sight_of(user, record)
        why = None
        if sight.restriction is not None:
            why = opened(sight.restriction, "why")
            if not why.readable:
                with self.request.reading() as look:
                    look.record("text.unreadable", sight.restriction, fields=["why"])
        return super().context(record) | {
            "sight": sight,
            "why": why.value if why else "",
            "lead": lead_of(record.pk),
            "log_readers": log_readers(user),
            "can": {
                name: user.may(f"cases.{name}")
                for name in ("change_lead", "restrict_case", "assign_team")
            },
        }


class SightForm(CaseForm):
    """A form about who works on the case; it leads back to who sees it."""

    back_to = "cases:who_sees"
    reads = "case.seers_listed"


class ChangeLead(SightForm):
    """Give the case another lead."""

    permission = "cases.change_lead"
    form_class = ChangeLeadForm
    success_message = _("The case has another lead. Both are told.")

    def form_options(self, record: Case) -> dict[str, Any]:
        lead = lead_of(record.pk)
        mine = lead.user_id if lead else None
        found = workers(self.request.user)
        return {
            "version": leads_so_far(record.pk),
            "beside": [(_("Who leads it"), lead.user.name if lead else _("Nobody"))],
            "workers": [(code, name) for code, name in found if code != mine],
        }

    def who_changed(self, record: Case) -> str:
        lead = lead_of(record.pk)
        return who_wrote(record.pk, lead.pk, "case.lead_changed") if lead else ""

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        lead = lead_of(record.pk)
        return super().context(record, form) | {
            "title": _("Give the case another lead"),
            "sentence": _now("%(name)s leads it now.") % {"name": lead.user.name}
            if lead
            else _("Nobody leads it now."),
            "button": _("Give it to them, with the open tasks"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return change_lead(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class RestrictCase(SightForm):
    """Let only some of those who see the case see it."""

    permission = "cases.restrict_case"
    form_class = RestrictCaseForm
    success_message = _("Only they see the case from now on.")

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        standing = restriction_of(user, record.pk)
        known = list(standing.members.all()) if standing else []
        said = opened(standing, "why") if standing else None
        return {
            "version": restriction_version(user, record.pk),
            "teams": teams_granted(record.pk),
            "people": [(seer.pk, seer.name) for seer in seers_of(user, record)],
            "initial": {
                "team_ids": [member.team_id for member in known if member.team_id],
                "user_ids": [member.user_id for member in known if member.user_id],
                "why": said.value if said and said.readable else "",
            },
        }

    def who_changed(self, record: Case) -> str:
        last = last_restriction(self.request.user, record.pk)
        verbs = ("case.restricted", "case.restriction_lifted")
        return who_wrote(record.pk, last.pk, *verbs) if last else ""

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Restrict who may see the case"),
            "sentence": _(
                "Everybody else loses sight of it at once, also whole teams. Emergency access "
                "stays possible, and you would be told."
            ),
            "button": _("Restrict it to them"),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return restrict_case(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class LiftRestriction(FormPage):
    """Let everybody who was given sight see the case again."""

    permission = "cases.restrict_case"
    reads = "case.seers_listed"
    template_name = "cases/lift_restriction.html"
    form_class = LiftRestrictionForm
    success_message = _("The restriction is lifted.")

    def find(self) -> CaseRestriction:
        found: CaseRestriction = (
            CaseRestriction.objects.visible_to(self.request.user)
            .select_related("case")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def form_options(self, record: CaseRestriction) -> dict[str, Any]:
        return {"version": record.version}

    def context(self, record: CaseRestriction, form: Any) -> dict[str, Any]:
        sight = sight_of(self.request.user, record.case)
        return {
            "case": record.case,
            "form": form,
            "back": reverse("cases:who_sees", args=[record.case_id]),
            "title": _("Lift the restriction"),
            "sentence": _("Every team and person that was given sight of the case sees it again."),
            "button": _("Lift it"),
            "again": [one.name for one in sight.shut_out if one.by_restriction],
            "sight": sight,
        }

    def perform(self, data: dict[str, Any]) -> CaseRestriction:
        return lift_restriction(actor=self.request.user, restriction_id=self.kwargs["pk"], **data)

    def done_url(self, result: CaseRestriction) -> str:
        return reverse("cases:who_sees", args=[result.case_id])


class Covers(Workspace):
    """Who is away, who covers, and what is not covered."""

    permission = "cases.set_cover"
    reads = "cover.listed"
    template_name = "cases/covers.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user, now = self.request.user, timezone.now()
        self.record_read(object_type="cases.leavecover")
        covers = covers_of(user, now)
        left = not_covered(user, covers)
        rows = [
            {
                "cover": cover,
                "runs": cover.starts_at <= now,
                "last": cover.ends_at - timedelta(seconds=1),
                "left": left[cover.pk],
                "may_end": user.pk in (cover.away_id, cover.cover_id)
                or user.may("cases.manage_cover"),
            }
            for cover in covers
        ]
        return self.answer({"rows": rows})


class SetCover(FormPage):
    """Arrange who covers."""

    permission = "cases.set_cover"
    reads = "cover.listed"
    template_name = "cases/set_cover.html"
    form_class = SetCoverForm
    success_message = _("Both are told. It begins and ends by itself.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "workers": workers(user),
            "me": user.pk,
            "for_others": user.may("cases.manage_cover"),
        }

    def perform(self, data: dict[str, Any]) -> LeaveCover:
        return set_cover(actor=self.request.user, **data)

    def done_url(self, result: LeaveCover) -> str:
        return reverse("cases:covers")


class EndCover(Workspace):
    """They are back before the day."""

    permission = "cases.set_cover"
    http_method_names = ["post"]
    model = LeaveCover

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        end_cover(actor=self.request.user, cover_id=self.kwargs["pk"])
        messages.success(request, _now("The cover has ended. Both are told."))
        return HttpResponseRedirect(reverse("cases:covers"))
