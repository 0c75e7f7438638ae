"""A paper's file as pages show it, page by page, and who had it in their hands."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import AuditEvent
from audit.verbs import registry
from cases.choices import CopyOutReason, DestroyReason, FileForm, FileState
from cases.models import Paper, PaperContent, PaperFile
from cases.paper_words import words_of
from cases.papers.rebuilt import NotOurs, page_as_png, read_pages
from core.actors import Actor
from vault.opening import Opened, opened

# A table on a page; the rest is in the copy.
MOST_ROWS = 300


@dataclass(frozen=True)
class ShownFile:
    """The newest file of a paper in words.

    Attributes:
        refusal: what `cases/_refused.html` shows; empty when it was not refused.
    """

    file: PaperFile
    state: str
    form: str
    refusal: dict[str, Any]


def file_of(actor: Actor, paper: Paper) -> ShownFile | None:
    """The newest file that was brought for a paper, whatever became of it."""
    file: PaperFile | None = (
        PaperFile.objects.visible_to(actor)
        .filter(paper=paper)
        .select_related("received_by")
        .first()
    )
    if file is None:
        return None
    return ShownFile(
        file=file,
        state=str(file.get_state_display()),
        form=str(file.get_form_display()),
        refusal=words_of(file.refusal) if file.state == FileState.REFUSED else {},
    )


def _content(actor: Actor, file: PaperFile) -> Opened:
    return opened(PaperContent.objects.visible_to(actor).get(file=file), "content")


def page_to_show(actor: Actor, file: PaperFile, number: int) -> bytes | None:
    """One page as a picture, made now; None when it does not open or there is none.

    Raises:
        PaperContent.DoesNotExist: nothing is kept that the actor may read.
    """
    content = _content(actor, file)
    if not content.readable or file.form != FileForm.PDF:
        return None
    try:
        pages = read_pages(content.value)
        return page_as_png(pages[number - 1]) if 0 < number <= len(pages) else None
    except NotOurs:
        return None


@dataclass(frozen=True)
class ShownText:
    """Text that is kept: as it stands, or the rows of a table."""

    text: str = ""
    head: list[str] | None = None
    rows: list[list[str]] | None = None
    more: int = 0
    readable: bool = True


def text_to_show(actor: Actor, file: PaperFile) -> ShownText:
    """The text of a kept letter, text or table.

    Raises:
        PaperContent.DoesNotExist: nothing is kept that the actor may read.
    """
    content = _content(actor, file)
    if not content.readable:
        return ShownText(text=str(content.value), readable=False)
    text = content.value.decode()
    if file.form != FileForm.TABLE:
        return ShownText(text=text)
    head, *rows = list(csv.reader(io.StringIO(text)))
    rows = [row + [""] * (len(head) - len(row)) for row in rows if row]
    return ShownText(head=head, rows=rows[:MOST_ROWS], more=max(0, len(rows) - MOST_ROWS))


# The steps of custody, in the order in which they come.
CUSTODY = (
    *("paper.registered", "paper.original_moved", "paper.received", "paper.check_began"),
    *(
        "paper.turned_away",
        "paper.kept",
        "paper.refused",
        "paper.opened",
        "paper.copied_out",
        "paper.destroyed",
    ),
)
REASONS = dict(CopyOutReason.choices) | dict(DestroyReason.choices)


@dataclass(frozen=True)
class Custody:
    """Who did what with a paper or its file, when, and for what."""

    at: Any
    who: str
    what: str
    why: str


def custody_of(paper: Paper) -> list[Custody]:
    """The chain of custody of a visible paper, from the log itself, the latest step last."""
    files = PaperFile.objects.filter(paper=paper).values_list("pk", flat=True)
    ids: list[UUID] = [paper.pk, *files]
    events = list(
        AuditEvent.objects.all()
        .of_case(paper.case_id)
        .filter(object_id__in=ids, verb__in=CUSTODY)
        .order_by("id")
    )
    people = User.objects.filter(pk__in={event.actor_id for event in events})
    names = dict(people.values_list("pk", "name"))
    verbs = registry()
    return [
        Custody(
            at=event.at,
            who=names.get(event.actor_id) or _("Somebody"),
            what=str(verbs[event.verb]),
            why=_why(event),
        )
        for event in events
    ]


def _why(event: AuditEvent) -> str:
    facts: dict[str, Any] = event.facts or {}
    # The purpose of any other step is why the case was open, which is no part of the custody.
    reason = event.purpose if event.verb == "paper.copied_out" else facts.get("reason")
    if reason:
        return str(REASONS.get(reason, ""))
    if event.verb in ("paper.refused", "paper.turned_away"):
        return str(words_of(str(facts.get("why", "")))["found"])
    if event.verb == "paper.opened" and "page" in facts:
        return _("Page %(number)s") % {"number": facts["page"]}
    return ""
