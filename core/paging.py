"""Pages of a list that do not jump: numbered, with the count in words made from one query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True)
class Page:
    """A page of rows. `total` counts what the person may see, nothing else."""

    rows: list[Any]
    number: int
    pages: int
    total: int

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None


def page_of(queryset: models.QuerySet[Any], asked: str | None, per_page: int) -> Page:
    """The asked page; the first for nonsense, the last for a number past the end."""
    total = queryset.count()
    pages = max(1, -(-total // per_page))
    # No list has a page of ten digits, and Python refuses to read thousands of them.
    plain = asked and len(asked) < 10 and asked.isascii() and asked.isdigit()
    number = int(asked) if asked and plain else 1
    number = min(max(number, 1), pages)
    start = (number - 1) * per_page
    return Page(list(queryset[start : start + per_page]), number, pages, total)
