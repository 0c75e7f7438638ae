"""The list of cases, a case's overview and history, and its own steps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Team
from cases.case_history import history_of
from cases.choices import JUSTICE_STEPS, JusticeStage, ProtectionStage
from cases.forms import (
    AssessRiskForm,
    AssignTeamForm,
    ChangeStageForm,
    MoveJusticeTrackForm,
    OpenCaseForm,
)
from cases.models import OPEN_STAGES, STAGE_STEPS, Case
from cases.moments import next_dates
from cases.selectors import (
    FILTERS,
    conflicts_of,
    counts_of,
    crises_of,
    duties_of_case,
    everybody_of,
    hotlines,
    last_closure,
    next_steps,
    people_of,
    plan_of,
    who_changed_case,
)
from cases.selectors.consent import consents_of
from cases.selectors.sight import sight_of
from cases.services.cases import assess_risk, assign_team, change_stage, open_case
from cases.services.justice import move_justice_track
from cases.timeline import KINDS
from cases.told import Place, Told, told_of
from cases.tracks import tracks_of
from cases.views.base import CaseForm, CaseTab
from cases.views.flags import flags_context
from cases.views.safety import plan_in_words
from cases.views.work import OVERVIEW, tasks_context
from core.paging import Page
from core.views import FormPage, ListPage

# The part of the page that what happened earlier takes the place of.
EARLIER = "earlier"
ON_PAPER = 60
# Where closing may be asked for; at follow-up it stands among what comes next.
CLOSABLE = (*OPEN_STAGES[:-1], ProtectionStage.REOPENED)
TASKS_AT_FIRST = 6


class CaseList(ListPage):
    """The cases the person sees, by what stands open."""

    model = Case
    permission = "cases.read_case"
    reads = "case.listed"
    template_name = "cases/list.html"

    @property
    def shown(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in FILTERS else "open"

    def queryset(self) -> models.QuerySet[Any]:
        found: Any = super().queryset().filter(FILTERS[self.shown][1]).select_related("lead_agency")
        if self.shown == "mine":
            return found.led_by(self.request.user)
        return found.covered_by(self.request.user) if self.shown == "covered" else found

    def context(self, page: Page) -> dict[str, Any]:
        return super().context(page) | {
            "counts": counts_of(self.queryset()),
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('cases:list')}?show={code}",
                    "current": code == self.shown,
                }
                for code, (label, _condition) in FILTERS.items()
            ],
            "can": {
                "open": self.request.user.may("cases.open_case"),
                "break_glass": self.request.user.may("cases.break_glass"),
                "cover": self.request.user.may("cases.set_cover"),
                "change_lead": self.request.user.may("cases.change_lead"),
            },
        }


class CasePage(CaseTab):
    """What happened, who is in it, what comes next, and who can see it."""

    current = "cases:case"
    template_name = "cases/overview.html"

    @property
    def kind(self) -> str:
        """Which part of what happened is asked for."""
        asked = self.request.GET.get("kind", "")
        return asked if asked in KINDS else ""

    def told(self, record: Case) -> Told:
        asked = self.request.GET
        place = Place.asked(asked.get("until", ""), asked.get("skip", ""))
        return told_of(self.request.user, record, kind=self.kind, place=place)

    def newest_url(self, record: Case) -> str:
        return f"?kind={self.kind}#happened" if self.kind else f"{self.request.path}#happened"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        htmx: Any = getattr(request, "htmx", None)
        if htmx and htmx.target == EARLIER:
            # What happened before, and nothing else of the page.
            record = self.find()
            self.record_read(record)
            return render(request, "cases/_told.html", {"told": self.told(record)})
        return super().get(request, *args, **kwargs)

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        told = self.told(record)
        tracks = tracks_of(user, record, timezone.localdate())
        return super().context(record) | {
            **tasks_context(self, record, TASKS_AT_FIRST),
            "from": OVERVIEW,
            "tracks": tracks,
            "may_move_justice": user.may("cases.move_justice_track"),
            "told": told,
            "newest_url": self.newest_url(record) if "until" in self.request.GET else "",
            "chips": [
                {
                    "label": label,
                    "url": f"?kind={code}#happened" if code else self.request.path,
                    "current": code == self.kind,
                }
                for code, label in KINDS.items()
                if not code or code in told.kinds
            ],
            "dates": next_dates(user, record, tracks.justice.ahead),
            "circles": people_of(user, record) if user.may("cases.read_person") else [],
            "next_steps": next_steps(user, record),
            "consent_rows": consents_of(user, record, timezone.localdate())
            if user.may("cases.read_consent")
            else None,
            "closure": last_closure(user, record),
            "sight": sight_of(user, record),
            **flags_context(self, record),
            "crises": self.crises(record),
            "hotlines": hotlines(),
            "conflicts": conflicts_of(user, record.pk),
            "duties": duties_of_case(user, record, timezone.now()),
            "note_duty_url": reverse("cases:note_duty", args=[record.pk])
            if user.may("cases.record_duty")
            else "",
            "can": {
                "assign_team": user.may("cases.assign_team"),
                "request_closure": user.may("cases.request_closure")
                and record.protection_stage in CLOSABLE,
                "lift_conflict": user.may("cases.lift_conflict"),
            },
        }

    def crises(self, record: Case) -> list[dict[str, Any]]:
        """Whoever is in a crisis, with their safety plan: what stands first on the page (R-T7)."""
        user = self.request.user
        flags = crises_of(user, record.pk)
        if not (flags and user.may("cases.read_safety")):
            return [{"flag": flag, "plan": None, "url": ""} for flag in flags]
        places = {who.person_id: who for who in everybody_of(user, record.pk).values()}
        return [
            {
                "flag": flag,
                "plan": plan_in_words(self, plan_of(user, flag.person_id, record.pk)),
                "url": reverse("cases:safety", args=[places[flag.person_id].participant_id]),
            }
            for flag in flags
        ]


class PrintCase(CaseTab):
    """The case on paper: where it stands, who is in it by code, what is ahead and what happened.

    No words of notes, no identity and no way of contact: a sheet of paper lies about.
    """

    template_name = "cases/print.html"

    def context(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        tracks = tracks_of(user, record, timezone.localdate())
        return {
            "case": record,
            "tracks": tracks,
            "circles": people_of(user, record) if user.may("cases.read_person") else [],
            "dates": next_dates(user, record, tracks.justice.ahead, most=ON_PAPER),
            "told": told_of(user, record, most=ON_PAPER),
            "printed_at": timezone.now(),
            "purpose": _("For the work on this case"),
            "back": reverse("cases:case", args=[record.pk]),
        }


class CaseHistory(CaseTab):
    """How the case's fields changed, in sentences."""

    current = "cases:history"
    template_name = "cases/history.html"

    def context(self, record: Case) -> dict[str, Any]:
        return super().context(record) | {"moments": history_of(self.request.user, record)}


class OpenCase(FormPage):
    """Open a case that no referral led to."""

    permission = "cases.open_case"
    template_name = "cases/open.html"
    form_class = OpenCaseForm
    success_message = _("The case is open. Your team sees it.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        mine = Team.objects.filter(pk__in=Team.objects.of_member(user, timezone.now()).values("pk"))
        return {"teams": [(team.pk, team.name) for team in mine]}

    def perform(self, data: dict[str, Any]) -> Case:
        return open_case(actor=self.request.user, **data)

    def done_url(self, result: Case) -> str:
        return reverse("cases:case", args=[result.pk])


class ChangesCase(CaseForm):
    """A form about what the case itself says, which a colleague may be changing too."""

    permission = "cases.change_stage"
    template_name = "cases/step.html"

    def form_options(self, record: Case) -> dict[str, Any]:
        return {
            "version": record.version,
            "beside": [
                (_("Stage"), record.get_protection_stage_display()),
                (_("Risk"), record.get_risk_display()),
            ],
        }

    def who_changed(self, record: Case) -> str:
        return who_changed_case(record.pk)


class ChangeStage(ChangesCase):
    """Take one step of the protection track."""

    form_class = ChangeStageForm
    success_message = _("The case is in its new stage.")

    def form_options(self, record: Case) -> dict[str, Any]:
        steps = STAGE_STEPS.get(record.protection_stage, ())
        return super().form_options(record) | {
            "next_stages": [(code, ProtectionStage(code).label) for code in steps],
            "every_stage": ProtectionStage.choices,
        }

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Move the case along"),
            "button": _("Move the case"),
            "now": record.get_protection_stage_display(),
            "no_step": not STAGE_STEPS.get(record.protection_stage),
        }

    def perform(self, data: dict[str, Any]) -> Case:
        return change_stage(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class MoveJusticeTrack(ChangesCase):
    """Take one step of the justice track."""

    permission = "cases.move_justice_track"
    form_class = MoveJusticeTrackForm
    success_message = _("The justice track has moved. The protection track goes its own way.")

    def form_options(self, record: Case) -> dict[str, Any]:
        steps = JUSTICE_STEPS.get(record.justice_stage, ())
        return {
            "version": record.version,
            "beside": [(_("Justice"), record.get_justice_stage_display())],
            "next_stages": [(code, JusticeStage(code).label) for code in steps],
            "every_stage": JusticeStage.choices,
        }

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Move the justice track"),
            "sentence": _("Help for the survivor never waits for it."),
            "button": _("Move the track"),
            "now": record.get_justice_stage_display(),
            "no_step": not JUSTICE_STEPS.get(record.justice_stage),
        }

    def perform(self, data: dict[str, Any]) -> Case:
        return move_justice_track(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class AssessRisk(ChangesCase):
    """Say how great the risk is now."""

    form_class = AssessRiskForm
    success_message = _("The risk is assessed.")

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "title": _("Assess the risk"),
            "button": _("Save the assessment"),
            "now": record.get_risk_display(),
        }

    def perform(self, data: dict[str, Any]) -> Case:
        return assess_risk(actor=self.request.user, case_id=self.kwargs["pk"], **data)


class AssignTeam(CaseForm):
    """Give another team of the agency sight of the case."""

    permission = "cases.assign_team"
    template_name = "cases/assign_team.html"
    form_class = AssignTeamForm
    success_message = _("The team sees the case now.")

    def form_options(self, record: Case) -> dict[str, Any]:
        teams = Team.objects.visible_to(self.request.user)
        return {"teams": [(team.pk, team.name) for team in teams]}

    def perform(self, data: dict[str, Any]) -> Case:
        return assign_team(actor=self.request.user, case_id=self.kwargs["pk"], **data)
