"""What can wait for somebody: one kind each, with its number, its list and its cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet, Window
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import ngettext

from accounts.models import User
from desk.cards import Card


@dataclass(frozen=True)
class Kind:
    """One kind of thing that waits.

    Attributes:
        code: in the address of its list.
        title: head of its list.
        counted: its number in words, a lazy plural that takes `n`.
        permission: whoever holds it is asked; nobody else sees the kind.
        rows: what waits for somebody at a moment, most pressing first.
        cards: those rows as cards, in one go, so that keys and names are fetched together.
        late: which of the rows are overdue; none has a day where it is left out.
        own_list: URL name and query of the list elsewhere that shows these very rows.
        decides: whether a second person decides on what a colleague asked for: these stand on the
            page of approvals too, each card with the day it was asked for.
    """

    code: str
    title: str | Promise
    counted: Any
    permission: str
    rows: Callable[[User, datetime], QuerySet[Any]]
    cards: Callable[[User, Sequence[Any], datetime], list[Card]]
    late: Callable[[datetime], Q] | None = None
    own_list: tuple[str, str] | None = None
    decides: bool = False

    @property
    def url(self) -> str:
        """Where the number leads."""
        if self.own_list is None:
            return reverse("desk:waiting", args=[self.code])
        name, query = self.own_list
        return f"{reverse(name)}{query}"

    def first(self, actor: User, at: datetime, most: int) -> tuple[list[Any], int, int]:
        """(the most pressing rows, how many there are, how many of them are late).

        One statement, however many wait: the numbers come with the rows.
        """
        numbers = {"in_all": Window(Count("*"))}
        if self.late is not None:
            numbers["late_in_all"] = Window(Count("pk", filter=self.late(at)))
        rows = list(self.rows(actor, at).annotate(**numbers)[:most])
        if not rows:
            return [], 0, 0
        return rows, rows[0].in_all, getattr(rows[0], "late_in_all", 0)


@dataclass(frozen=True)
class Waiting:
    """How much of one kind waits, and the list of it."""

    words: str
    late: int
    url: str
    icon: str

    @property
    def label(self) -> str:
        if not self.late:
            return self.words
        late = ngettext("%(n)d late", "%(n)d late", self.late) % {"n": self.late}
        return f"{self.words}, {late}"
