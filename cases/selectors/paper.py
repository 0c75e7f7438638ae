"""Papers as pages show them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.models import Case, Paper
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened

SEALED = ("reference", "signatories", "original_at")


@dataclass(frozen=True)
class ShownPaper:
    """A paper in words.

    Attributes:
        broken: sealed fields that did not open; whoever shows this records it.
    """

    paper: Paper
    title: str
    whom: str
    facts: list[tuple[str, Any]]
    broken: list[str] = field(default_factory=list)


def papers_of(actor: Actor, case: Case) -> Any:
    """The papers of a visible case, newest first, as a queryset to page through."""
    return Paper.objects.visible_to(actor).filter(case=case).select_related("person")


def in_words(papers: list[Paper]) -> list[ShownPaper]:
    """Papers as a list or a page shows them; their keys are fetched with one query."""
    load_keys(
        [
            ("person", paper.person_id) if paper.person_id else ("case", paper.case_id)
            for paper in papers
        ]
    )
    return [_in_words(paper) for paper in papers]


def _in_words(paper: Paper) -> ShownPaper:
    said = {name: opened(paper, name) for name in SEALED}
    return ShownPaper(
        paper=paper,
        title=str(paper.get_kind_display()),
        whom=paper.person.code if paper.person else _("Everybody in the case"),
        facts=[
            (_("Date on it"), date_format(paper.dated_on, "j M Y") if paper.dated_on else ""),
            (_("Reference"), str(said["reference"].value)),
            (_("Signed by"), str(said["signatories"].value)),
            (_("Where the original lies"), str(said["original_at"].value)),
        ],
        broken=[name for name, value in said.items() if not value.readable],
    )
