"""Logging what reached us: the form, its draft, another child of the same night, the paper form."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from core.errors import DomainError
from core.views import FormPage, Workspace
from referrals.forms import LogAnotherForm, LogReferralForm, paper_parts
from referrals.models import Referral
from referrals.selectors.drafts import draft_of
from referrals.selectors.routing import has_rules
from referrals.selectors.siblings import night_of
from referrals.services import desk
from referrals.services.drafts import DRAFT_FIELDS, DRAFT_LISTS, discard_draft, save_draft
from referrals.services.siblings import basis_of_next, log_another_child
from referrals.views.desk import teams_of


def log_form_options(user: Any) -> dict[str, Any]:
    """What the form to log a referral is drawn from, for one person."""
    return {
        "teams": teams_of(user),
        "agencies": Agency.objects.visible_to(user).active().exclude(pk=user.agency_id),
        "home": user.agency.country,
    }


class LogReferral(FormPage):
    """Put on the desk what reached us, or keep what is typed for later."""

    permission = "referrals.log_referral"
    form_class = LogReferralForm
    template_name = "referrals/log.html"
    success_message = gettext_lazy("The referral is on the desk.")
    # Whoever opens the form opens their own draft with it.
    reads = "referral.draft_opened"

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {**log_form_options(user), "has_rules": has_rules(user)}

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        if data is not None:
            return super().form(record, data, files)
        draft = draft_of(self.request.user)
        if draft is not None and not draft.readable:
            with self.request.reading() as look:
                look.record("text.unreadable", draft.record, fields=["content"])
        return self.form_class(
            initial=draft.content if draft is not None else None, **self.form_options(record)
        )

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"draft": draft_of(self.request.user)}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "later" not in request.POST:
            return super().post(request, *args, **kwargs)
        typed: dict[str, Any] = {name: request.POST.get(name, "") for name in DRAFT_FIELDS}
        typed |= {name: request.POST.getlist(name) for name in DRAFT_LISTS}
        try:
            save_draft(actor=self.request.user, values=typed)
        except DomainError as broken:
            with self.request.reading():
                form = self.form(None, request.POST)
                form.is_valid()
                form.add_rule_broken(broken.message, broken.field)
                return self.show(None, form, status=422)
        messages.success(request, _("It is kept for you, for two weeks. Nobody else sees it."))
        return HttpResponseRedirect(reverse("referrals:list"))

    def perform(self, data: dict[str, Any]) -> Referral:
        agency = data["source_agency"]
        self.next_child = data["next_child"]
        return desk.log_referral(
            actor=self.request.user,
            team_id=data["team"].pk if data["team"] else None,
            override_reason=data["override_reason"],
            received_at=data["received_at"],
            source_category=data["source_category"],
            content_origin=data["content_origin"],
            immediate_danger=data["immediate_danger"],
            legal_basis=data["legal_basis"],
            harm_types=data["harm_types"],
            summary=data["summary"],
            source_name=data["source_name"],
            source_reference=data["source_reference"],
            source_agency_id=agency.pk if agency else None,
            originating_country=data["originating_country"],
            detection_method=data["detection_method"],
            children_estimate=data["children_estimate"],
            country=data["country"],
            admin1=data["admin1"],
            subject=data["subject"],
            even_if_known=data["even_if_known"],
            ends_draft=True,
        )

    def done_url(self, result: Referral) -> str:
        # Our rules may have put it onto the desk of a team that one is not in.
        with self.request.reading():
            seen = teams_of(self.request.user).filter(pk=result.team_id).exists()
        if not seen:
            words = _("%(reference)s went to the %(team)s, as our rules say.")
            told = {"reference": result.reference, "team": result.team.name}
            messages.success(self.request, words % told)
            return reverse("referrals:list")
        name = "referrals:log_another" if self.next_child else "referrals:referral"
        return reverse(name, args=[result.pk])


class DiscardDraft(FormPage):
    """Throw the draft away."""

    permission = "referrals.log_referral"
    template_name = "referrals/discard_draft.html"
    success_message = gettext_lazy("The draft is gone.")

    def perform(self, data: dict[str, Any]) -> bool:
        return discard_draft(actor=self.request.user)

    def done_url(self, result: bool) -> str:
        return reverse("referrals:log")


class LogAnother(FormPage):
    """Another child of the same operation: what is the same is not asked again."""

    permission = "referrals.log_referral"
    model = Referral
    form_class = LogAnotherForm
    template_name = "referrals/log_another.html"
    reads = "referral.opened"

    def find(self) -> Referral:
        self.night = night_of(self.request.user, self.kwargs["pk"])
        return self.night.first

    def form_options(self, record: Referral) -> dict[str, Any]:
        return {"initial": {"legal_basis": basis_of_next(record)}}

    def context(self, record: Referral, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"night": self.night}

    def perform(self, data: dict[str, Any]) -> Referral:
        return log_another_child(
            actor=self.request.user,
            referral_id=self.kwargs["pk"],
            immediate_danger=data["immediate_danger"],
            subject=data["subject"],
            summary=data["summary"],
            legal_basis=data["legal_basis"],
        )

    def go_on(self, result: Referral) -> HttpResponse:
        words = _("%(reference)s is on the desk. Here is room for the next child.")
        messages.success(self.request, words % {"reference": result.reference})
        return super().go_on(result)

    def done_url(self, result: Referral) -> str:
        return reverse("referrals:log_another", args=[self.kwargs["pk"]])


class PaperForm(Workspace):
    """The same questions on paper, for where there is no net. It is blank: nothing is read."""

    permission = "referrals.log_referral"
    template_name = "referrals/paper_form.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = LogReferralForm(**log_form_options(self.request.user))
        return self.answer(
            {
                "parts": paper_parts(form),
                "printed_at": timezone.now(),
                "purpose": _("A blank form to log a referral"),
                "back": reverse("referrals:log"),
            }
        )
