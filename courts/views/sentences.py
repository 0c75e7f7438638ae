"""Appeals, sentences, awards and releases of a proceeding."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.selectors import who_wrote
from courts.forms.sentence import (
    AwardCompensationForm,
    DecideAppealForm,
    FileAppealForm,
    RecordPaymentForm,
    RecordReleaseForm,
    RecordSentenceForm,
    RecordWishForm,
)
from courts.models import Appeal, CompensationAward, Proceeding, ReleaseWish, Sentence
from courts.selectors.sentence import (
    convicted_choices,
    decided_choices,
    survivor_choices,
    survivor_of,
    wish_of,
)
from courts.services import appeals, releases, sentences
from courts.views.proceedings import ProceedingAct


class RecordSentence(ProceedingAct):
    permission = "courts.record_sentence"
    form_class = RecordSentenceForm
    title = _("Record a sentence")
    button = _("Record the sentence")
    success_message = _("The sentence is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"charges": convicted_choices(record)}

    def perform(self, data: dict[str, Any]) -> Sentence:
        charge = data.pop("charge")
        return sentences.record_sentence(
            actor=self.request.user,
            proceeding_id=self.kwargs["pk"],
            charge_id=charge or None,
            **data,
        )


class _PartAct(ProceedingAct):
    """Something recorded about a part of one proceeding; it must be its own."""

    part: Any = None
    model: Any = None

    def find(self) -> Proceeding:
        proceeding = super().find()
        parts = self.model.objects.visible_to(self.request.user)
        self.part = parts.get(pk=self.kwargs["part"], proceeding=proceeding)
        return proceeding


class RecordRelease(_PartAct):
    permission = "courts.record_release"
    form_class = RecordReleaseForm
    model = Sentence
    title = _("How the sentence is served")
    button = _("Save")
    success_message = _("Saved. Who wants to hear of a release is in the tasks of the case.")

    def form_options(self, record: Any) -> dict[str, Any]:
        names = [name for name in RecordReleaseForm.base_fields if hasattr(self.part, name)]
        return {
            "version": self.part.version,
            "initial": {name: getattr(self.part, name) for name in names if name != "version"},
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, self.kwargs["part"], "sentence.release_recorded")

    def perform(self, data: dict[str, Any]) -> Sentence:
        return sentences.record_release(
            actor=self.request.user, sentence_id=self.kwargs["part"], **data
        )


class FileAppeal(ProceedingAct):
    permission = "courts.file_appeal"
    form_class = FileAppealForm
    title = _("Record an appeal")
    button = _("Record the appeal")
    success_message = _("The appeal is recorded.")

    def perform(self, data: dict[str, Any]) -> Appeal:
        return appeals.file_appeal(actor=self.request.user, proceeding_id=self.kwargs["pk"], **data)


class DecideAppeal(_PartAct):
    permission = "courts.decide_appeal"
    form_class = DecideAppealForm
    model = Appeal
    template_name = "courts/decide_appeal.html"
    title = _("What the higher court decided")
    button = _("Record the decision")
    success_message = _("The decision is recorded. Figures follow from its day.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"version": self.part.version, "charges": decided_choices(record)}

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, self.kwargs["part"], "appeal.decided")

    def perform(self, data: dict[str, Any]) -> Appeal:
        with self.request.reading():
            own = {str(charge.pk): charge.pk for charge in self.find().charges.all()}
        rulings = {own[pk]: result for pk, result in data.pop("rulings").items() if pk in own}
        return appeals.decide_appeal(
            actor=self.request.user, appeal_id=self.kwargs["part"], rulings=rulings, **data
        )


class AwardCompensation(ProceedingAct):
    permission = "courts.award_compensation"
    form_class = AwardCompensationForm
    title = _("Record what a survivor was awarded")
    button = _("Record the award")
    success_message = _("The award is recorded.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {"survivors": survivor_choices(self.request.user, record.case_id)}

    def perform(self, data: dict[str, Any]) -> CompensationAward:
        return releases.award_compensation(
            actor=self.request.user,
            proceeding_id=self.kwargs["pk"],
            person_id=data.pop("person"),
            **data,
        )


class RecordPayment(_PartAct):
    permission = "courts.award_compensation"
    form_class = RecordPaymentForm
    model = CompensationAward
    title = _("Record what was paid")
    button = _("Save")
    success_message = _("Saved.")

    def form_options(self, record: Any) -> dict[str, Any]:
        return {
            "version": self.part.version,
            "initial": {"paid": self.part.paid or None, "paid_on": self.part.paid_on},
            "beside": [(_("Awarded"), str(self.part))],
        }

    def who_changed(self, record: Any) -> str:
        return who_wrote(record.case_id, self.kwargs["part"], "compensation.paid")

    def perform(self, data: dict[str, Any]) -> CompensationAward:
        return releases.record_payment(
            actor=self.request.user, award_id=self.kwargs["part"], **data
        )


class RecordWish(ProceedingAct):
    permission = "courts.record_wish"
    form_class = RecordWishForm
    template_name = "courts/wish.html"
    title = _("Does the survivor want to hear of a release?")
    button = _("Save their answer")
    success_message = _("Their answer is kept. They may change it at any time.")

    def find(self) -> Proceeding:
        proceeding = super().find()
        self.survivor = survivor_of(self.request.user, proceeding.case_id, self.kwargs["survivor"])
        self.wish = wish_of(self.request.user, proceeding, self.survivor.person_id)
        return proceeding

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"survivor": self.survivor}

    def form_options(self, record: Any) -> dict[str, Any]:
        known = self.wish
        return {
            "version": known.version if known else 0,
            "initial": {"wish": known.wish, "asked_on": known.asked_on} if known else {},
        }

    def perform(self, data: dict[str, Any]) -> ReleaseWish:
        with self.request.reading():
            self.find()
        return releases.record_wish(
            actor=self.request.user,
            proceeding_id=self.kwargs["pk"],
            person_id=self.survivor.person_id,
            **data,
        )
