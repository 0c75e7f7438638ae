"""One kind of row of a case that has a place in time, for the timeline and the dates to come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import (
    DateField,
    DateTimeField,
    F,
    Model,
    Q,
    QuerySet,
    TextField,
    UUIDField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, TruncDate
from django.urls import reverse
from django.utils.functional import Promise

from cases.models import Case
from core.actors import Actor

Words = str | Promise


@dataclass(frozen=True)
class Branch:
    """One kind of row that has a place in time.

    Attributes:
        at: the column that places it.
        words: the sentence; may name `code` (of the person) and `what` (the row's own code).
        page: the page of the row; `of_person` where it takes the person's place in the case.
        code, what, who: columns for the sentence and for whose doing it was.
        labels: words of the row's own code.
        lower: whether those words stand inside a sentence.
    """

    model: type[Model]
    kind: str
    icon: str
    at: str
    words: Words
    page: str = ""
    of_person: bool = False
    code: str = ""
    what: str = ""
    who: str = ""
    labels: Callable[[str], str] = str
    lower: bool = True
    where: Q = field(default_factory=Q)

    def rows(self, actor: Actor, case: Case) -> QuerySet[Any]:
        manager: Any = self.model._default_manager
        found: QuerySet[Any] = manager.visible_to(actor).filter(
            self.where, **{"case": case, f"{self.at}__isnull": False}
        )
        return found

    def columns(self, number: int, time: Any) -> dict[str, Any]:
        person = F("person_id") if self.of_person else Cast(Value(None), UUIDField())
        return {
            "branch": Value(number),
            "row": F("pk"),
            "placed": self._placed(time),
            "code_of": self._text(self.code),
            "what_of": self._text(self.what),
            "who_of": self._text(self.who),
            "person_of": person,
        }

    def _placed(self, time: Any) -> Any:
        """A moment, or the reader's day of it."""
        column: Any = self.model._meta.get_field(self.at)
        if type(time) is DateField and isinstance(column, DateTimeField):
            return TruncDate(self.at)
        return F(self.at)

    def _text(self, column: str) -> Any:
        if not column:
            return Value("", output_field=TextField())
        return Coalesce(Cast(F(column), TextField()), Value(""), output_field=TextField())

    def sentence(self, code: str, what: str) -> str:
        words = self.labels(what)
        if self.lower:
            words = words[:1].lower() + words[1:]
        return str(self.words) % {"code": code, "what": words}

    def url(self, row: UUID, person: UUID | None, places: dict[UUID, UUID]) -> str:
        if not self.page:
            return ""
        if not self.of_person:
            return reverse(self.page, args=[row])
        place = places.get(person) if person else None
        return reverse(self.page, args=[place]) if place else ""
