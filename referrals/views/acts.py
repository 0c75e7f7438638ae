"""What is done about one referral, each on a page of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from cases.forms import NoteDutyForm
from cases.models import Case, ReportDuty
from cases.selectors import rule_choices
from core.views import FormPage
from referrals import selectors
from referrals.forms import (
    AcceptReferralForm,
    AcknowledgeForm,
    AnswerForm,
    AskSourceForm,
    AssignForm,
    ChaseForm,
    DeclineReferralForm,
    DuplicateForm,
    FeedbackForm,
    RedirectForm,
    ReopenForm,
    UnlinkForm,
    WithdrawForm,
)
from referrals.models import Referral
from referrals.services import asking, assigning, closing, deciding, desk
from referrals.services.duties import note_referral_duty
from referrals.views.desk import looked_for_matches, page_context, whole


class ReferralAct(FormPage):
    """Something done about one referral; a broken rule comes back on the page it was asked from.

    Attributes:
        service: what is called, with the actor, the referral's id and the form's answers by name.
        heading, sentence, button: the words of the page; the sentence may name the reference.
    """

    reads = "referral.opened"
    template_name = "referrals/act.html"
    service: ClassVar[Callable[..., Any]]
    heading: ClassVar[str | Promise] = ""
    sentence: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""

    def find(self) -> Referral:
        referrals = Referral.objects.visible_to(self.request.user)
        return whole(referrals).get(pk=self.kwargs["pk"])

    def context(self, record: Referral, form: Any) -> dict[str, Any]:
        return {
            **page_context(self.request, record),
            "form": form,
            "heading": self.heading,
            "sentence": str(self.sentence) % {"reference": record.reference},
            "button_words": self.button,
        }

    def perform(self, data: dict[str, Any]) -> Any:
        service = type(self).service
        return service(actor=self.request.user, referral_id=self.kwargs["pk"], **data)

    def done_url(self, result: Any) -> str:
        return reverse("referrals:referral", args=[self.kwargs["pk"]])


class StartTriage(ReferralAct):
    """Take it off the queue."""

    permission = "referrals.start_triage"
    service = desk.start_triage
    template_name = "referrals/referral.html"
    success_message = _("You started the triage. Decide when you know enough.")


class AcceptReferral(ReferralAct):
    """Accept it into a new case or into one that is open."""

    permission = "referrals.accept_referral"
    form_class = AcceptReferralForm
    template_name = "referrals/accept.html"
    success_message = _("The referral is accepted. This is its case.")

    def context(self, record: Referral, form: Any) -> dict[str, Any]:
        # Before a second case is made of one child.
        shown = super().context(record, form)
        return shown | {"matches": looked_for_matches(self.request, record)}

    def form_options(self, record: Any) -> dict[str, Any]:
        cases = Case.objects.visible_to(self.request.user).open()
        return {"cases": cases.order_by("-opened_on", "reference")}

    def perform(self, data: dict[str, Any]) -> Referral:
        joins = data["into"] == AcceptReferralForm.EXISTING
        return desk.accept_referral(
            actor=self.request.user,
            referral_id=self.kwargs["pk"],
            case_id=data["case"].pk if joins else None,
        )

    def done_url(self, result: Referral) -> str:
        return reverse("cases:case", args=[result.case_id])


class DeclineReferral(ReferralAct):
    """Say why it is not ours."""

    permission = "referrals.decline_referral"
    service = deciding.decline_referral
    form_class = DeclineReferralForm
    heading = _("Decline the referral")
    sentence = _(
        "%(reference)s will not become a case. It stays in the list with your name and the reason."
    )
    button = _("Decline")
    success_message = _("The referral is declined. Now tell its source.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"waits": record.status == "needs_information"}


class Acknowledge(ReferralAct):
    """Record that the source heard its referral arrived."""

    permission = "referrals.acknowledge_referral"
    service = asking.acknowledge_referral
    form_class = AcknowledgeForm
    heading = _("Tell the source that it arrived")
    sentence = _("Tell them over a way you trust, without a word of what is in %(reference)s.")
    button = _("I told them")
    success_message = _("It is recorded that the source was told.")


class AskSource(ReferralAct):
    """Ask the source; the clock stands still."""

    permission = "referrals.ask_source"
    service = asking.ask_source
    form_class = AskSourceForm
    heading = _("Ask the source")
    sentence = _(
        "You ask them over a way you trust; this page sends nothing. Until they answer, the clock "
        "of %(reference)s stands still."
    )
    button = _("I asked them")
    success_message = _("The question is recorded. The clock stands still until they answer.")


class ChaseSource(ReferralAct):
    """Ask the source again."""

    permission = "referrals.ask_source"
    service = asking.chase_source
    form_class = ChaseForm
    heading = _("Ask the source again")
    sentence = _("Their answer about %(reference)s is missing. They get as long again.")
    button = _("I asked them again")
    success_message = _("It is recorded that you asked again.")


class RecordAnswer(ReferralAct):
    """Take down what the source answered."""

    permission = "referrals.ask_source"
    service = asking.record_answer
    form_class = AnswerForm
    heading = _("Take down the answer")
    sentence = _("%(reference)s goes back into triage, and its clock goes on.")
    button = _("Keep the answer")
    success_message = _("The answer is kept. Decide when you know enough.")


class RedirectReferral(ReferralAct):
    """Say whose it is."""

    permission = "referrals.redirect_referral"
    service = deciding.redirect_referral
    form_class = RedirectForm
    heading = _("Redirect the referral")
    sentence = _(
        "Another agency is the one to act on %(reference)s. This records the decision and sends "
        "nothing: pass on what they need by a handoff or their own way of taking reports."
    )
    button = _("Redirect")
    success_message = _("The referral is redirected. Now tell its source.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {"agencies": Agency.objects.visible_to(user).active().exclude(pk=user.agency_id)}

    def perform(self, data: dict[str, Any]) -> Referral:
        agency = data.pop("agency")
        return super().perform({**data, "agency_id": agency.pk if agency else None})


class MarkDuplicate(ReferralAct):
    """Say which referral told it before."""

    permission = "referrals.mark_duplicate"
    service = deciding.mark_duplicate
    form_class = DuplicateForm
    heading = _("It was told before")
    sentence = _(
        "%(reference)s tells what an earlier referral told. The work goes on with the earlier one; "
        "add there what is new."
    )
    button = _("Mark as told before")
    success_message = _("It is marked as told before. Now tell its source.")


class WithdrawReferral(ReferralAct):
    """Record that the source took it back."""

    permission = "referrals.withdraw_referral"
    service = deciding.withdraw_referral
    form_class = WithdrawForm
    heading = _("The source takes it back")
    sentence = _("%(reference)s will not be followed up. It stays in the list with your name.")
    button = _("Record it")
    success_message = _("It is recorded that the source took the referral back.")


class GiveFeedback(ReferralAct):
    """Record what the source was told about the end."""

    permission = "referrals.give_feedback"
    service = closing.give_feedback
    form_class = FeedbackForm
    heading = _("Tell the source what came of it")
    sentence = _(
        "Whoever reports a child and never hears again may not report the next one. Tell them no "
        "more than what came of %(reference)s: no name, no place, nothing of the case."
    )
    button = _("Record it")
    success_message = _("It is recorded.")


class CloseReferral(ReferralAct):
    """Nothing is left to do."""

    permission = "referrals.close_referral"
    service = closing.close_referral
    template_name = "referrals/referral.html"
    success_message = _("The referral is closed.")


class ReopenReferral(ReferralAct):
    """Take a closed one up again."""

    permission = "referrals.reopen_referral"
    service = closing.reopen_referral
    form_class = ReopenForm
    heading = _("Reopen the referral")
    sentence = _("%(reference)s is taken up again: in its case, or else back in triage.")
    button = _("Reopen")
    success_message = _("The referral is open again.")


class UnlinkReferral(ReferralAct):
    """Take back that it was told before."""

    permission = "referrals.unlink_referral"
    service = closing.unlink_referral
    form_class = UnlinkForm
    heading = _("It was not told before")
    sentence = _("%(reference)s is back in triage, and its time begins again.")
    button = _("Take it back")
    success_message = _("The referral stands by itself again.")


class NoteReferralDuty(ReferralAct):
    """Note that an authority has to be told, whether it becomes a case or not."""

    permission = "cases.record_duty"
    form_class = NoteDutyForm
    template_name = "referrals/note_duty.html"
    success_message = _("The clock is running. Report it, then write it down here.")

    def form_options(self, record: Referral) -> dict[str, Any]:
        return {"rules": rule_choices(record.country)}

    def perform(self, data: dict[str, Any]) -> ReportDuty:
        return note_referral_duty(actor=self.request.user, referral_id=self.kwargs["pk"], **data)

    def done_url(self, result: Any) -> str:
        return reverse("cases:duty", args=[result.pk])


class AssignReferrals(FormPage):
    """Give waiting referrals to a colleague, several at once."""

    permission = "referrals.assign_referrals"
    reads = "referral.listed"
    form_class = AssignForm
    template_name = "referrals/assign.html"
    success_message = _("They are given to your colleague, and each is written down.")

    def form_options(self, record: Any) -> dict[str, Any]:
        user = self.request.user
        return {
            "colleagues": selectors.deciders(user),
            "waiting": selectors.assignable(user),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return assigning.assign_referrals(
            actor=self.request.user,
            referral_ids=[referral.pk for referral in data["referrals"]],
            to_id=data["to"].pk,
        )

    def done_url(self, result: Any) -> str:
        return reverse("referrals:list")
