"""View bases: find scoped → validate → call a service → answer. No rules and no writes here.

Safe requests run inside the reading that `audit.middleware` opened around them; `FormPage` opens
one itself for validation and re-display, and leaves it before it calls the service.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.views import View

from core.errors import Conflict, Denied, DomainError, PurposeNeeded
from core.forms import PlainForm
from core.paging import Page, page_of
from core.requests import SignedInRequest
from core.versioned_forms import VersionedForm


class Workspace(View):
    """A page for somebody signed in.

    Attributes:
        permission: asked before anything is read; a refusal is recorded and answered with 403.
        reads: the audit verb written for what the page shows; the read fails if it can't be.
        steps_up: asks for a second factor when none was given in the last half hour (R-P6): what
            shows an identity, takes data out or lets something leave. What was typed is kept.
        takes_file: the most bytes of the one file a form here may bring; 0 for none (R-U1).
        template_name: the whole page. HTMX requests get `fragment_name` where one is given.
    """

    # Signed in (LoginRequiredMiddleware), with what `audit.middleware` puts on it.
    request: SignedInRequest
    permission: ClassVar[str] = ""
    reads: ClassVar[str] = ""
    steps_up: ClassVar[bool] = False
    takes_file: ClassVar[int] = 0
    template_name: ClassVar[str] = ""
    fragment_name: ClassVar[str] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.permission and not self.request.user.may(self.permission):
            refusal = Denied(self.permission)
            if request.method not in ("GET", "HEAD", "OPTIONS"):
                self.request.refused(refusal)
            raise refusal
        if self.steps_up and not self.request.confirmed_lately():
            return self.request.ask_to_confirm()
        try:
            return super().dispatch(request, *args, **kwargs)
        except PurposeNeeded as needed:
            return self.request.ask_purpose(needed)
        except ObjectDoesNotExist:
            # Asking for what one may not see stands in the log: that is how probing is noticed.
            with self.request.reading() as look:
                look.record(
                    "record.missed",
                    object_type=self.model._meta.label_lower if hasattr(self, "model") else "",
                    facts={"asked": str(kwargs.get("pk", ""))},
                )
            raise Http404 from None

    def record_read(self, record: models.Model | None = None, **more: Any) -> None:
        """Write the event of this reading. Of a case only to somebody who said why they open it."""
        self.require_purpose(record)
        with self.request.reading() as look:
            look.record(self.reads, record, **more)

    def require_purpose(self, record: models.Model | None) -> None:
        """Raises `PurposeNeeded`, which leads to the page that asks, and from there back here."""
        self.request.require_purpose(record)

    def answer(self, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        """Render now, inside the open reading; a fragment when HTMX asks for one."""
        wants_fragment = self.fragment_name and getattr(self.request, "htmx", None)
        name = self.fragment_name if wants_fragment else self.template_name
        return render(self.request, name, context, status=status)


class ListPage(Workspace):
    """A list of what the person may see; one event names the query, not each row."""

    model: ClassVar[type[models.Model]]
    per_page: ClassVar[int] = 25
    # What the address may ask for; only these names reach the log, which nobody can clean.
    filters: ClassVar[frozenset[str]] = frozenset({"show"})

    def queryset(self) -> models.QuerySet[Any]:
        """What is listed. Narrow it; never widen it."""
        manager: Any = self.model._default_manager
        found: models.QuerySet[Any] = manager.visible_to(self.request.user)
        return found

    def listed(self) -> str:
        """The kind of record that the list's event names."""
        return self.model._meta.label_lower

    def context(self, page: Page) -> dict[str, Any]:
        return {"page": page, "rows": page.rows}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        page = page_of(self.queryset(), request.GET.get("page"), self.per_page)
        self.record_read(
            object_type=self.listed(),
            facts={"filters": sorted(self.filters & set(request.GET)), "rows": len(page.rows)},
        )
        return self.answer(self.context(page))


class DetailPage(Workspace):
    """One record. What the person may not see does not exist for them: 404."""

    model: ClassVar[type[models.Model]]

    def queryset(self) -> models.QuerySet[Any]:
        manager: Any = self.model._default_manager
        found: models.QuerySet[Any] = manager.visible_to(self.request.user)
        return found

    def find(self) -> Any:
        return self.queryset().get(pk=self.kwargs["pk"])

    def context(self, record: Any) -> dict[str, Any]:
        return {"record": record}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        self.record_read(record)
        return self.answer(self.context(record))


class FormPage(Workspace):
    """A form and the one service it calls.

    Bad input comes back as the same page with 422, what was typed still in it. A broken rule
    (`DomainError`) is shown beside the field it names, or at the top. Where somebody changed the
    record meanwhile (`Conflict` on a `VersionedForm`), the form is drawn on what stands there now:
    nothing was saved, what was typed is kept, and what the other changed is said.
    """

    form_class: ClassVar[type[PlainForm]] = PlainForm
    success_message: ClassVar[str | Promise] = ""

    def find(self) -> Any:
        """The record the form is about, scoped; None where it is about a new one."""
        return None

    def form(self, record: Any, data: Any = None, files: Any = None) -> Any:
        return self.form_class(data, files, **self.form_options(record))

    def form_options(self, record: Any) -> dict[str, Any]:
        """Keyword arguments of the form; choices are scoped by `visible_to` here."""
        return {}

    def perform(self, data: dict[str, Any]) -> Any:
        """Call the service with plain values. Returns what `done_url` needs."""
        raise NotImplementedError

    def done_url(self, result: Any) -> str:
        """Where the person goes next: a URL or a URL name."""
        raise NotImplementedError

    def who_changed(self, record: Any) -> str:
        """The name of whoever changed the record last, where the page may say it."""
        return ""

    def context(self, record: Any, form: Any) -> dict[str, Any]:
        return {"record": record, "form": form}

    def show(self, record: Any, form: Any, *, status: int = 200) -> HttpResponse:
        if self.reads:
            self.record_read(record)
        return self.answer(self.context(record, form), status=status)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        record = self.find()
        # What was typed before the person was asked who they are, back in its fields.
        return self.show(record, self.form(record, self.request.kept_form()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with self.request.reading():
            record = self.find()
            self.require_purpose(record)
            form = self.form(record, request.POST, request.FILES)
            if not form.is_valid():
                return self.show(record, form, status=422)
        try:
            result = self.perform(form.cleaned_data)
        except DomainError as broken:
            with self.request.reading():
                record = self.find()
                form = self.form(record, request.POST, request.FILES)
                form.is_valid()
                if isinstance(broken, Conflict) and isinstance(form, VersionedForm):
                    fresh = self.form(record)
                    fresh.stand_in_for(form)
                    fresh.met_whom = self.who_changed(record)
                    return self.show(record, fresh, status=422)
                form.add_rule_broken(broken.message, broken.field)
                return self.show(record, form, status=422)
        if self.success_message:
            messages.success(request, str(self.success_message))
        return self.go_on(result)

    def go_on(self, result: Any) -> HttpResponse:
        url = self.done_url(result)
        if getattr(self.request, "htmx", None):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = url
            return response
        return HttpResponseRedirect(url) if url.startswith("/") else redirect(url)
