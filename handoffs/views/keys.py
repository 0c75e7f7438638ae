"""Pages of keys: a desk's own, made and opened in the browser, and the archive's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.errors import DomainError
from core.views import FormPage, Workspace
from handoffs.key_forms import ArchiveForm, CopyForm, KeyForm
from handoffs.key_selectors import desk_keys, for_the_browser
from handoffs.models import AgencyKey, ArchiveKey, WrappedKey
from handoffs.services import keys


class DeskKey(Workspace):
    """The key packages for this desk are sealed to, and who opens it.

    The second factor is asked for before a key is made, not when it is sent: a key exists in the
    browser alone until then.
    """

    steps_up = True
    permission = "handoffs.hold_key"
    reads = "desk_key.listed"
    template_name = "handoffs/keys.html"
    model: ClassVar[type[models.Model]] = AgencyKey

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.show()

    def show(self, problem: str = "", kept: Any = None) -> HttpResponse:
        held = desk_keys(self.request.user)
        self.record_read(object_type="handoffs.agencykey")
        context = {
            "held": held,
            "own": for_the_browser(held.own_in_use),
            "problem": problem,
            "kept": kept,
            "kept_url": self.request.path,
            "make_form": KeyForm(auto_id=False),
            "copy_form": CopyForm(auto_id=False),
        }
        return self.answer(context, status=422 if problem else 200)


class ChangeKeys(DeskKey):
    """Something done with keys; a broken rule comes back on the page of the keys.

    What the browser made and sent too late for the second factor waits there to be sent again.
    """

    form_class: Any = CopyForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = self.request.kept_form()
        if kept is None:
            return HttpResponseRedirect(reverse("handoffs:desk_key"))
        return self.show(kept=self.form_class(kept, auto_id=False))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        problem = "" if form.is_valid() else str(_("Nothing was made. Try again."))
        if not problem:
            try:
                self.perform(form.cleaned_data)
            except DomainError as broken:
                problem = broken.message
        if problem:
            with self.request.reading():
                return self.show(problem)
        return HttpResponseRedirect(reverse("handoffs:desk_key"))

    def perform(self, data: dict[str, Any]) -> None:
        raise NotImplementedError


class MakeKey(ChangeKeys):
    form_class = KeyForm

    def perform(self, data: dict[str, Any]) -> None:
        keys.make_agency_key(
            actor=self.request.user,
            recipient=data["recipient"],
            way=data["way"],
            copy=data["copy"],
            hint=data["hint"],
            replace=data["replace"],
        )


class AddCopy(ChangeKeys):
    def perform(self, data: dict[str, Any]) -> None:
        keys.add_key_copy(
            actor=self.request.user,
            key_id=self.kwargs["pk"],
            way=data["way"],
            copy=data["copy"],
            hint=data["hint"],
            officer_id=data["officer"],
        )


class RemoveCopy(ChangeKeys):
    model = WrappedKey

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return HttpResponseRedirect(reverse("handoffs:desk_key"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            keys.remove_key_copy(actor=self.request.user, copy_id=self.kwargs["pk"])
        except DomainError as broken:
            with self.request.reading():
                return self.show(broken.message)
        return HttpResponseRedirect(reverse("handoffs:desk_key"))


class Archive(FormPage):
    """Who opens the sender's own copies: two people, together."""

    permission = "handoffs.keep_archive"
    reads = "archive_key.looked_at"
    steps_up = True
    form_class = ArchiveForm
    template_name = "handoffs/archive.html"
    success_message = _("The archive has its key. Give each holder their half.")

    def find(self) -> ArchiveKey | None:
        found: ArchiveKey | None = (
            ArchiveKey.objects.visible_to(self.request.user)
            .in_use()
            .select_related("first_holder", "second_holder")
            .first()
        )
        return found

    def form_options(self, record: Any) -> dict[str, Any]:
        people = User.objects.visible_to(self.request.user).people().filter(is_active=True)
        return {
            "people": [(str(pk), name) for pk, name in people.values_list("pk", "name")],
            "replaces": record is not None,
        }

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        holders = (record.first_holder, record.second_holder) if record else ()
        gone = [person.name for person in holders if not person.is_active]
        return {**super().context(record, form), "gone": gone}

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        self.record_read(object_type="handoffs.archivekey")
        return self.answer(self.context(record, form), status=status)

    def perform(self, data: dict[str, Any]) -> ArchiveKey:
        return keys.make_archive_key(
            actor=self.request.user,
            holders=[
                (data["first_holder"], data["first_key"].strip()),
                (data["second_holder"], data["second_key"].strip()),
            ],
            replace=data.get("replace", False),
        )

    def done_url(self, result: ArchiveKey) -> str:
        return "handoffs:archive"


class ArchiveHalf(Workspace):
    """The halves of archive keys that the person holds, sealed to a key of their own."""

    reads = "archive_key.half_looked_at"
    template_name = "handoffs/archive_half.html"
    model = ArchiveKey

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = self.request.user
        held = [
            (key, key.first_half if key.first_holder_id == user.pk else key.second_half)
            for key in ArchiveKey.objects.visible_to(user)
            if user.pk in (key.first_holder_id, key.second_holder_id)
        ]
        if not held:
            raise ArchiveKey.DoesNotExist
        self.record_read(object_type="handoffs.archivekey")
        return self.answer({"held": held})
