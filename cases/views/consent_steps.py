"""Asking for consent, one step after another; what was filled in is kept from step to step."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from cases.choices import SHARING, ConsentStatus, InformationPoint
from cases.forms.consent import (
    AnswersForm,
    HowForm,
    ReadBackForm,
    StartConsentForm,
    TalkForm,
    WhoForm,
    WhoMayKnowForm,
)
from cases.models import Case, Consent
from cases.selectors.consent import (
    agency_choices,
    answers_of,
    consent_in_words,
    people_choices,
)
from cases.services import consent as service
from cases.services.consent_answers import is_a_child
from cases.views.base import CaseForm
from core.views import FormPage

STEPS: tuple[tuple[str, str | Promise], ...] = (
    ("start", _("Who answers")),
    ("talk", _("What you explain")),
    ("answers", _("What they agree to")),
    ("agencies", _("Who may be told")),
    ("how", _("How, and until when")),
    ("read_back", _("Read it back")),
)


def step_context(consent: Consent | None, name: str) -> dict[str, Any]:
    """Where one is; `{% steps %}` takes `steps` and `step`."""
    names = [code for code, _label in STEPS]
    return {
        "steps": [label for _code, label in STEPS],
        "step": names.index(name) + 1,
        "consent": consent,
    }


def next_step(consent: Consent, name: str) -> str:
    """The address of the step after this one; who may be told is asked only where it matters."""
    names = [code for code, _label in STEPS]
    following = names[names.index(name) + 1]
    if following == "agencies" and not set(consent.scopes) & set(SHARING):
        following = "how"
    return reverse(f"cases:consent_{following}", args=[consent.pk])


class StartConsent(CaseForm):
    """Step 1. The draft is kept from here on, so that a call that breaks off loses nothing."""

    permission = "cases.record_consent"
    template_name = "cases/consent_start.html"
    form_class = StartConsentForm
    back_to = "cases:consents"

    def form_options(self, record: Case) -> dict[str, Any]:
        survivors, others = people_choices(self.request.user, record)
        asked = self.request.GET.get("person", "")
        known = {str(one) for one, _words in survivors}
        initial = {"initial": {"person_id": asked}} if asked in known else {}
        return {"survivors": survivors, "others": others, **initial}

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | step_context(None, "start")

    def perform(self, data: dict[str, Any]) -> Consent:
        return service.start_consent(actor=self.request.user, case_id=self.kwargs["pk"], **data)

    def done_url(self, result: Consent) -> str:
        return next_step(result, "start")


class ConsentStep(FormPage):
    """A further step of a consent that is not finished."""

    permission = "cases.record_consent"
    reads = "consent.opened"
    step: ClassVar[str] = ""
    names: ClassVar[tuple[str, ...]] = ()

    @property
    def template_name(self) -> str:  # type: ignore[override]
        return f"cases/consent_{self.step}.html"

    def find(self) -> Consent:
        found: Consent = (
            Consent.objects.visible_to(self.request.user)
            .select_related("case", "person", "giver")
            .get(pk=self.kwargs["pk"])
        )
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        if record.status != ConsentStatus.DRAFT:
            self.record_read(record)
            return self.leave(record)
        return self.show(record, self.form(record))

    def leave(self, record: Consent) -> HttpResponse:
        """A finished consent has no steps any more; its page says what came of it."""
        return HttpResponse(
            status=302, headers={"Location": reverse("cases:consent", args=[record.pk])}
        )

    def form_options(self, record: Consent) -> dict[str, Any]:
        return {"version": record.version}

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        form = super().form(record, data, files)
        for name in self.names:
            if (value := getattr(record, name)) not in ("", None, []):
                form.initial[name] = value
        return form

    def context(self, record: Consent, form: Any) -> dict[str, Any]:
        return {
            "case": record.case,
            "form": form,
            "back": reverse("cases:consents", args=[record.case_id]),
            **step_context(record, self.step),
        }

    def perform(self, data: dict[str, Any]) -> Consent:
        return service.answer_consent(actor=self.request.user, consent_id=self.kwargs["pk"], **data)

    def done_url(self, result: Consent) -> str:
        if "later" in self.request.POST:
            return reverse("cases:consents", args=[result.case_id])
        return next_step(result, self.step)


class ConsentWho(ConsentStep):
    """Step 1 once more: who answers was chosen wrongly, or somebody else speaks for the child."""

    step = "start"
    names = (
        "given_by",
        "giver_id",
        "giver_details",
        "order_reference",
        "language",
        "interpreter_use",
        "interpreter_id",
    )
    form_class = WhoForm

    def form_options(self, record: Consent) -> dict[str, Any]:
        _survivors, others = people_choices(self.request.user, record.case)
        others = [(one, words) for one, words in others if one != record.person_id]
        return super().form_options(record) | {"others": others}


class ConsentTalk(ConsentStep):
    """Step 2: read it aloud, tick it off."""

    step = "talk"
    names = ("information_given",)
    form_class = TalkForm


class ConsentAnswers(ConsentStep):
    """Step 3: one question after another."""

    step = "answers"
    form_class = AnswersForm

    def form_options(self, record: Consent) -> dict[str, Any]:
        return super().form_options(record) | {"answers": answers_of(record)}


class ConsentAgencies(ConsentStep):
    """Step 4: which agencies, and what of it."""

    step = "agencies"
    names = ("recipients", "categories")
    form_class = WhoMayKnowForm

    def form_options(self, record: Consent) -> dict[str, Any]:
        return super().form_options(record) | {"agencies": agency_choices(self.request.user)}

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        form = super().form(record, data, files)
        form.initial["countries"] = ", ".join(record.countries)
        return form


class ConsentHow(ConsentStep):
    """Step 5: the child's own answer, how it was said, until when."""

    step = "how"
    names = (
        "child_assent",
        "assent_reason",
        "best_interest",
        "decided_by",
        "method",
        "witness",
        "valid_until",
        "review_on",
    )
    form_class = HowForm

    def form_options(self, record: Consent) -> dict[str, Any]:
        child = record.for_a_child or is_a_child(record, timezone.localdate())
        return super().form_options(record) | {"for_a_child": child}


class ConsentReadBack(ConsentStep):
    """Step 6: read it back, then record it; or record that everything was refused."""

    step = "read_back"
    form_class = ReadBackForm
    success_message = _("It is written down. They can take it back at any time.")

    def context(self, record: Consent, form: Any) -> dict[str, Any]:
        told = consent_in_words(record)
        untold = [p.label for p in InformationPoint if p not in record.information_given]
        change = [
            {"label": label, "url": reverse(f"cases:consent_{code}", args=[record.pk])}
            for code, label in STEPS[:-1]
        ]
        return super().context(record, form) | {
            "told": told,
            "untold": untold,
            "change": change,
            "refuse_url": reverse("cases:refuse_consent", args=[record.pk]),
        }

    def perform(self, data: dict[str, Any]) -> Consent:
        return service.give_consent(
            actor=self.request.user, consent_id=self.kwargs["pk"], version=data["version"]
        )

    def done_url(self, result: Consent) -> str:
        return reverse("cases:consent", args=[result.pk])


class RefuseConsent(ConsentReadBack):
    """Nothing was agreed to. That is an answer, and the help goes on."""

    success_message = _("It is written down that nothing was agreed to. The help goes on.")

    def perform(self, data: dict[str, Any]) -> Consent:
        return service.refuse_consent(
            actor=self.request.user, consent_id=self.kwargs["pk"], version=data["version"]
        )
