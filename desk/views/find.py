"""Find: one box, sent by POST, so that what is looked for stands in no address and no log."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from core.forms import PlainForm
from core.views import Workspace
from desk.forms import FindForm
from desk.selectors.finding import Found, find, read_code

# Codes alone are kept, and only as long as the session: a name that was looked for is nobody's to
# read over a shoulder.
RECENT = "recently_found"
MOST_RECENT = 8


class FindPage(Workspace):
    """The box, and what was found."""

    reads = "find.searched"
    template_name = "desk/find.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.record_read(facts={"asked": False})
        return self.show(FindForm())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = FindForm(request.POST)
        with self.request.reading():
            if not form.is_valid():
                self.record_read(facts={"asked": False})
                return self.show(form, status=422)
            text = form.cleaned_data["words"]
            found = find(self.request.user, text)
            self.record_read(
                facts={
                    "asked": True,
                    "found": len(found.hits),
                    "by_code": found.as_code,
                    "by_name": found.as_name and found.may_find_people,
                }
            )
            self.remember(text, found)
            return self.show(form, found)

    def show(self, form: PlainForm, found: Found | None = None, *, status: int = 200) -> Any:
        recent = self.request.session.get(RECENT, [])
        return self.answer({"form": form, "found": found, "recent": recent}, status=status)

    def remember(self, text: str, found: Found) -> None:
        code = read_code(text)
        if code is None or not found.hits:
            return
        prefix, begins = code
        words = f"{prefix}-{begins}" if prefix else begins
        recent = [words, *(one for one in self.request.session.get(RECENT, []) if one != words)]
        self.request.session[RECENT] = recent[:MOST_RECENT]
