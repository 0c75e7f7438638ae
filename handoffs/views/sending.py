"""Pages of the sender: the list, the tab of a case, composing, sending, one handoff."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from cases.models import Case
from cases.selectors import who_wrote
from cases.views.base import CaseTab
from core.paging import Page
from core.views import DetailPage, FormPage, ListPage, Workspace
from handoffs import selectors
from handoffs.choices import Status
from handoffs.forms import ComposeForm, ReplyForm, SendForm
from handoffs.models import EmergencyDisclosure, Handoff
from handoffs.package import counts, digest_of
from handoffs.package_words import section_labels
from handoffs.policies import can_read_sent_package, needs_second_person
from handoffs.services import handoffs
from handoffs.services.answering import reply_to_receiver
from handoffs.services.authorising import authorising
from handoffs.services.sealing import recipients_of
from vault.opening import opened

STEPS = (_("Choose"), _("Check and send"))
SIDES = ("from_agency", "to_agency", "agreement", "composed_by", "authorised_by", "sent_by", "case")


def own(user: Any) -> models.QuerySet[Handoff]:
    """What the person's agency hands to others, as far as they see it."""
    return Handoff.objects.visible_to(user).sent_from(user).select_related(*SIDES)


class HandoffList(ListPage):
    """What left, what waits, what was answered."""

    model = Handoff
    permission = "handoffs.read_handoff"
    reads = "handoff.listed"
    template_name = "handoffs/list.html"

    @property
    def show(self) -> str:
        asked = self.request.GET.get("show", "")
        return asked if asked in selectors.SHOWN else "all"

    def queryset(self) -> Any:
        return selectors.outgoing(self.request.user, self.show, on=timezone.localdate())

    def context(self, page: Page) -> dict[str, Any]:
        today = timezone.localdate()
        return {
            "page": page,
            "rows": page.rows,
            "today": today,
            "can_sign": self.request.user.may("handoffs.replace_signing_key"),
            "can_export": self.request.user.may("handoffs.read_export"),
            "overdue": self.queryset().overdue(today).order_by().count(),
            "chips": [
                {
                    "label": label,
                    "url": f"{reverse('handoffs:list')}?show={code}",
                    "current": code == self.show,
                }
                for code, (label, _condition) in selectors.SHOWN.items()
            ],
        }


class HandoffTab(CaseTab):
    """The handoffs of one case."""

    permission = "handoffs.read_handoff"
    reads = "handoff.listed"
    current = "handoffs:tab"
    template_name = "handoffs/tab.html"

    def context(self, record: Case) -> dict[str, Any]:
        user, today = self.request.user, timezone.localdate()
        return super().context(record) | {
            "rows": list(selectors.outgoing(user, "all", on=today).filter(case=record)),
            "today": today,
            "told_at_once": list(
                EmergencyDisclosure.objects.visible_to(user)
                .filter(case=record)
                .select_related("to_agency")
            ),
            "can": {
                "compose": user.may("handoffs.compose_handoff"),
                "tell": user.may("handoffs.tell_in_emergency"),
            },
        }


class ComposePage(FormPage):
    """Left what is chosen, right what they will see."""

    permission = "handoffs.compose_handoff"
    reads = "package.previewed"
    form_class = ComposeForm
    template_name = "handoffs/compose.html"

    def case_of(self, record: Any) -> Case:
        raise NotImplementedError

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "receivers": selectors.receiver_choices(user, on=timezone.localdate()),
            "may_name": user.may("cases.show_identity"),
            "version": 0,
        }

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        case = self.case_of(record)
        preview = previewed(self.request, case, _choices(form), about=record)
        context = {
            "case": case,
            "record": record,
            "form": form,
            "preview": preview,
            "steps": STEPS,
        }
        return self.answer(context, status=status)

    def values(self, data: dict[str, Any]) -> dict[str, Any]:
        """The form's answers as the services take them."""
        return {
            "to_agency_id": data["to_agency"],
            "kind": data["kind"],
            "purpose": data["purpose"],
            "legal_basis": data["legal_basis"],
            "basis_reason": data["basis_reason"],
            "sections": data["sections"],
            "answer_by": data["answer_by"],
            "urgency": data["urgency"],
        }

    def done_url(self, result: Handoff) -> str:
        name = "handoffs:handoff" if "later" in self.request.POST else "handoffs:send"
        return reverse(name, args=[result.pk])


class ComposeHandoff(ComposePage):
    """A new handoff of a case."""

    def find(self) -> Case:
        found: Case = Case.objects.visible_to(self.request.user).get(pk=self.kwargs["pk"])
        return found

    def case_of(self, record: Any) -> Case:
        found: Case = record
        return found

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.compose_handoff(
            actor=self.request.user, case_id=self.kwargs["pk"], **self.values(data)
        )


class ChangeHandoff(ComposePage):
    """A draft again."""

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def case_of(self, record: Any) -> Case:
        found: Case = record.case
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        if record.has_left:
            return to_handoff(self.request, record)
        return self.show(record, self.form(record))

    def form_options(self, record: Any) -> dict[str, Any]:
        fields = ("kind", "purpose", "legal_basis", "sections", "urgency", "answer_by")
        initial = {name: getattr(record, name) for name in fields}
        initial["to_agency"] = str(record.to_agency_id)
        return {**super().form_options(record), "version": record.version, "initial": initial}

    def who_changed(self, record: Handoff) -> str:
        return who_wrote(record.case_id, record.pk, "handoff.changed")

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.change_handoff(
            actor=self.request.user,
            handoff_id=self.kwargs["pk"],
            version=data["version"],
            **self.values(data),
        )


class PreviewChoices(Workspace):
    """The right pane, again after every choice; what is missing is left blank."""

    permission = "handoffs.compose_handoff"
    template_name = "handoffs/_pane.html"
    model = Case

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        with self.request.reading():
            case = Case.objects.visible_to(user).get(pk=self.kwargs["pk"])
            form = ComposeForm(
                request.POST,
                receivers=selectors.receiver_choices(user, on=timezone.localdate()),
                may_name=user.may("cases.show_identity"),
                version=0,
            )
            preview = previewed(self.request, case, _choices(form), about=case)
            return self.answer({"case": case, "preview": preview})


class SendHandoff(FormPage):
    """Look at what leaves, then let it leave."""

    permission = "handoffs.send_handoff"
    steps_up = True
    reads = "package.previewed"
    form_class = SendForm
    template_name = "handoffs/send.html"
    success_message = _("The handoff is sent. You will be told when they answer.")

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        if record.status not in (Status.DRAFT, Status.AUTHORISED):
            return to_handoff(self.request, record)
        return self.show(record, self.form(record))

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        preview = selectors.preview(self.request.user, record)
        self.record_read(record, facts=counts(preview.package))
        return self.answer(send_context(self.request.user, record, preview, form), status=status)

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.send_handoff(
            actor=self.request.user, handoff_id=self.kwargs["pk"], seen=data["seen"]
        )

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:handoff", args=[result.pk])


class HandoffPage(DetailPage):
    """One handoff as the sender sees it: its outside, and the chain of what happened."""

    model = Handoff
    permission = "handoffs.read_handoff"
    reads = "handoff.opened"
    template_name = "handoffs/handoff.html"

    def queryset(self) -> models.QuerySet[Any]:
        return own(self.request.user)

    def context(self, record: Any) -> dict[str, Any]:
        return handoff_context(self.request.user, record)


class ReplyToReceiver(FormPage):
    """A reply to what the receiver asked; a broken rule comes back on the handoff."""

    permission = "handoffs.reply_to_receiver"
    reads = "handoff.opened"
    form_class = ReplyForm
    template_name = "handoffs/handoff.html"
    success_message = _("They have your reply. You will be told when they answer.")

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:handoff", args=[self.kwargs["pk"]]))

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        problems = form.non_field_errors()
        return {
            **handoff_context(self.request.user, record),
            "reply_form": form,
            "problem": problems[0] if problems else "",
        }

    def perform(self, data: dict[str, Any]) -> Handoff:
        return reply_to_receiver(
            actor=self.request.user, handoff_id=self.kwargs["pk"], reply=data["reply"]
        )

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:handoff", args=[result.pk])


class RevokeHandoff(FormPage):
    """End it; what was opened cannot be called back, and the page says so."""

    permission = "handoffs.revoke_handoff"
    reads = "handoff.opened"
    template_name = "handoffs/revoke.html"
    success_message = _("The handoff is revoked. Its package does not open any more.")

    def find(self) -> Handoff:
        return own(self.request.user).get(pk=self.kwargs["pk"])

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"handoff": record, "form": form}

    def perform(self, data: dict[str, Any]) -> Handoff:
        return handoffs.revoke_handoff(actor=self.request.user, handoff_id=self.kwargs["pk"])

    def done_url(self, result: Handoff) -> str:
        return reverse("handoffs:handoff", args=[result.pk])


def to_handoff(request: Any, record: Handoff) -> HttpResponse:
    """A draft's pages lead to the handoff once it has left."""
    with request.reading() as look:
        look.record("handoff.opened", record)
    return HttpResponseRedirect(reverse("handoffs:handoff", args=[record.pk]))


def _choices(form: ComposeForm) -> dict[str, Any]:
    """What was chosen so far: valid answers of a sent form, or the first values of a new one."""
    if form.is_bound:
        form.is_valid()
        return dict(form.cleaned_data)
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def previewed(
    request: Any, case: Case, choices: dict[str, Any], *, about: Any
) -> selectors.Preview:
    """The preview of unsaved choices, in the log before anybody sees it."""
    request.require_purpose(case)
    preview = selectors.preview(request.user, selectors.draft_of(request.user, case, choices))
    with request.reading() as look:
        look.record("package.previewed", about, facts=counts(preview.package))
    return preview


def send_context(
    user: User, record: Handoff, preview: selectors.Preview, form: Any
) -> dict[str, Any]:
    package = preview.package
    digest = digest_of(package["content"]) if package else b""
    authorised = record.status == Status.AUTHORISED
    return {
        "handoff": record,
        "asks": needs_second_person(record) and not authorised,
        "other_than_authorised": authorised and digest != bytes(record.authorised_digest),
        "is_sealed": bool(recipients_of(user, record)),
        "preview": preview,
        "form": form,
        "steps": STEPS,
        "leaving": section_labels(record.sections),
        "counts": counts(package) if package else {},
        "seen": digest.hex(),
    }


def handoff_context(user: Any, record: Handoff) -> dict[str, Any]:
    sent = record.has_left
    return {
        "handoff": record,
        "leaving": section_labels(record.sections),
        "chain": selectors.chain_of(record, user, selectors.CHAIN_OF_SENDER),
        "question": opened(record, "question").value,
        "outcome_words": opened(record, "outcome_words").value,
        "reply_form": ReplyForm(),
        "late": record.status == Status.SENT and record.answer_by < timezone.localdate(),
        "can": {
            "send": record.status in (Status.DRAFT, Status.AUTHORISED)
            and user.may("handoffs.send_handoff"),
            "authorise": record.status == Status.PENDING
            and user.may("handoffs.authorise_handoff")
            and authorising(user, record).may,
            "change": not sent and user.may("handoffs.compose_handoff"),
            "reply": record.status == Status.NEEDS_INFORMATION
            and user.may("handoffs.reply_to_receiver"),
            "revoke": record.status in (Status.SENT, Status.NEEDS_INFORMATION, Status.ACCEPTED)
            and user.may("handoffs.revoke_handoff"),
            "show_sent": sent and not record.sealed_to and can_read_sent_package(user, record),
            "take_archived": sent and bool(record.sealed_to),
            "letter": sent,
        },
    }
