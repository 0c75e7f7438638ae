"""Writing a note: a draft on the server until it is signed, and a second look before that."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Agency
from cases.forms import WriteNoteForm
from cases.models import Case, CaseNote, NoteDraft
from cases.note_checks import TEXTS, SecondLook, look_again
from cases.selectors import PART_LABELS, colleagues_on, people_to_name
from cases.services.drafts import DRAFT_LISTS, discard_draft, save_draft
from cases.services.notes import write_note
from cases.views.base import CaseForm
from core.errors import DomainError
from core.views import Workspace


def draft_values(posted: QueryDict) -> dict[str, Any]:
    """What a form of a note was filled in with, as a draft keeps it."""
    return {
        name: posted.getlist(name) if name in DRAFT_LISTS else posted.get(name, "")
        for name in posted
    }


def keep_draft(actor: Any, posted: QueryDict) -> NoteDraft:
    """Save the draft that a posted form of a note holds.

    Raises:
        ValueError: it names no draft or case.
        DomainError, Case.DoesNotExist, Denied: as `save_draft`.
    """
    addendum_to = posted.get("addendum_to", "")
    return save_draft(
        actor=actor,
        draft_id=uuid.UUID(posted.get("draft_id", "")),
        case_id=uuid.UUID(posted.get("draft_case", "")),
        values=draft_values(posted),
        addendum_to_id=uuid.UUID(addendum_to) if addendum_to else None,
    )


class WriteNote(CaseForm):
    """Write a note."""

    permission = "cases.write_note"
    template_name = "cases/write_note.html"
    form_class = WriteNoteForm
    success_message = gettext_lazy(
        "The note is signed and in the case. It cannot be changed; you can add to it."
    )
    back_to = "cases:notes"

    @property
    def original(self) -> CaseNote | None:
        """The note that this one adds to."""
        return None

    @cached_property
    def draft_id(self) -> uuid.UUID:
        return uuid.uuid4()

    def form_options(self, record: Case) -> dict[str, Any]:
        user = self.request.user
        options: dict[str, Any] = {
            "colleagues": colleagues_on(user, record),
            "people": people_to_name(user, record),
            "agencies": list(Agency.objects.visible_to(user).values_list("pk", "name")),
            "draft_id": self.draft_id,
            "may_lower": user.may("cases.lower_sensitivity"),
        }
        if self.original is not None:
            options |= {"kind": self.original.kind, "lowest": self.original.sensitivity}
        return options

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        shown_draft = form["draft_id"].value()
        return super().context(record, form) | {
            "original": self.original,
            # "Exit this page" takes the draft along, without a script too.
            "exit_with": "note-form",
            "draft_page": reverse("cases:draft", args=[shown_draft]) if shown_draft else "",
        }

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if "later" in request.POST:
            return self.save_for_later(request)
        with self.request.reading():
            record = self.find()
            form = self.form(record, request.POST)
            looked = None
            if form.is_valid():
                looked = self.second_look(record, form.cleaned_data)
                if looked.seal in ("", form.cleaned_data["seen"]):
                    looked = None
                else:
                    form.show_noticed(looked.seal)
            if looked is not None or not form.is_valid():
                return self.show_again(record, form, looked)
        return super().post(request, *args, **kwargs)

    def second_look(self, case: Case, data: dict[str, Any]) -> SecondLook:
        return look_again(
            self.request.user,
            case,
            {part: data.get(part, "") for part in TEXTS},
            kind=data["kind"],
            sensitivity=data["sensitivity"],
            person_id=self.original.person_id if self.original else data.get("person_id"),
        )

    def show_again(self, record: Case, form: Any, looked: SecondLook | None) -> HttpResponse:
        self.record_read(record)
        labels = {**PART_LABELS, "facts_said_by": _("Who said so")}
        noticed = looked and {
            "words": [(labels[part], found) for part, found in looked.words.items()],
            "names_in": [labels[part] for part in looked.names_in],
            "long": looked.long,
        }
        return self.answer(self.context(record, form) | {"noticed": noticed}, status=422)

    def save_for_later(self, request: HttpRequest) -> HttpResponse:
        with self.request.reading():
            self.find()
        try:
            keep_draft(request.user, request.POST)
        except (DomainError, ValueError) as broken:
            with self.request.reading():
                record = self.find()
                form = self.form(record, request.POST)
                form.is_valid()
                words = broken.message if isinstance(broken, DomainError) else _("Reload the page.")
                form.add_rule_broken(words, getattr(broken, "field", None))
                return self.show_again(record, form, None)
        messages.success(request, _("The draft is saved. You find it under My work."))
        return redirect(self.done_url(None))

    def perform(self, data: dict[str, Any]) -> CaseNote:
        values = {name: value for name, value in data.items() if name not in ("seen", "draft_id")}
        return write_note(
            actor=self.request.user,
            case_id=self.original.case_id if self.original else self.kwargs["pk"],
            addendum_to_id=self.original.pk if self.original else None,
            note_id=data["draft_id"],
            **values,
        )


class AddToNote(WriteNote):
    """Add to a note: the original stays as it is and both are read together."""

    success_message = gettext_lazy("The addendum is in the case, beside the note it belongs to.")

    @cached_property
    def original(self) -> CaseNote:  # type: ignore[override]
        note: CaseNote = (
            CaseNote.objects.visible_to(self.request.user)
            .select_related("case", "author")
            .get(pk=self.kwargs["pk"], addendum_to=None)
        )
        return note

    def find(self) -> Case:
        return self.original.case

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {
            "back": reverse("cases:note", args=[self.original.pk])
        }

    def done_url(self, result: Any) -> str:
        return reverse("cases:note", args=[self.original.pk])


class ContinueDraft(WriteNote):
    """Go on with a draft where it was left."""

    reads = "note.draft_opened"

    @cached_property
    def draft(self) -> NoteDraft:
        draft: NoteDraft = (
            NoteDraft.objects.visible_to(self.request.user)
            .select_related("case", "addendum_to__author")
            .get(pk=self.kwargs["pk"])
        )
        return draft

    @property
    def original(self) -> CaseNote | None:
        note: CaseNote | None = self.draft.addendum_to
        return note

    @property
    def draft_id(self) -> uuid.UUID:  # type: ignore[override]
        draft_id: uuid.UUID = self.draft.pk
        return draft_id

    def find(self) -> Case:
        return self.draft.case

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        signed = CaseNote.objects.visible_to(self.request.user).filter(pk=kwargs["pk"]).first()
        if signed is not None:
            self.record_read(signed)
            return redirect("cases:note", signed.pk)
        return super().get(request, *args, **kwargs)

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, initial=dict(self.draft.content), **self.form_options(record))

    def perform(self, data: dict[str, Any]) -> CaseNote:
        values = {name: value for name, value in data.items() if name not in ("seen", "draft_id")}
        return write_note(
            actor=self.request.user,
            case_id=self.case_id,
            addendum_to_id=self.addendum_to_id,
            note_id=self.kwargs["pk"],
            **values,
        )

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            # Read once here: signing drops the draft.
            self.case_id, self.addendum_to_id = self.draft.case_id, self.draft.addendum_to_id
        return super().post(request, *args, **kwargs)

    def context(self, record: Case, form: Any) -> dict[str, Any]:
        return super().context(record, form) | {"draft": self.draft}

    def done_url(self, result: Any) -> str:
        if self.addendum_to_id is not None:
            return reverse("cases:note", args=[self.addendum_to_id])
        return reverse(self.back_to, args=[self.case_id])


class SaveDraft(Workspace):
    """Save the draft while somebody types. Answers with one quiet line."""

    http_method_names = ("post",)
    permission = "cases.write_note"
    template_name = fragment_name = "cases/_draft_state.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            draft = keep_draft(request.user, request.POST)
        except DomainError as broken:
            with self.request.reading() as look:
                look.record(
                    "act.stopped",
                    object_type="cases.notedraft",
                    facts={"code": broken.code, "field": broken.field or ""},
                )
            return self.answer({"refused": broken.message}, status=422)
        except ValueError:
            return self.answer({"refused": _("Reload the page.")}, status=422)
        return self.answer({"saved_at": draft.saved_at})


class DiscardDraft(Workspace):
    """Throw a draft away."""

    http_method_names = ("post",)
    permission = "cases.write_note"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case_id = discard_draft(actor=self.request.user, draft_id=self.kwargs["pk"])
        messages.success(request, _("The draft is gone."))
        return HttpResponseRedirect(reverse("cases:notes", args=[case_id]))
