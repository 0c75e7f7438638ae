"""Files of papers: brought, checked by a service account, kept, copied out, destroyed.

The steps that read a stranger's file run outside any transaction, in the locked-in process of
`cases.papers`; an act begins when its answer is there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import acting
from audit.reading import reading
from audit.reviewing import open_review
from cases.choices import CopyOutReason, DestroyReason, FileForm, FileState
from cases.models import LegalHold, Paper, PaperContent, PaperFile, PaperWaiting
from cases.paper_words import FileRefused
from cases.papers import intake, rebuilt
from cases.papers.refusals import Refused
from cases.papers.scanner import scan
from cases.selectors.access import teams_seeing
from core.actors import Actor
from core.errors import DomainError
from core.sniffing import HEAD, kind_of, size_class

Progress = Callable[[int, int], None]
SUFFIX = {FileForm.PDF: "pdf", FileForm.DOCX: "txt", FileForm.TEXT: "txt", FileForm.TABLE: "csv"}


def keep_paper(*, actor: Actor, paper_id: UUID, content: bytes) -> PaperFile:
    """Bring a file for a registered paper. It is looked at at once, and checked in the background.

    What is refused here was never written anywhere; the log says who brought what kind of thing
    when, and how large, roughly (R-U1).

    Args:
        content: the whole file, in memory.

    Raises:
        Paper.DoesNotExist: not visible to the actor.
        FileRefused: it may not come in; its words say what to do instead.
        DomainError: papers of this kind keep no file, or this one has one.
    """
    with reading(actor):
        paper = Paper.objects.visible_to(actor).get(pk=paper_id)
        _may_have_another(paper)
    form = _looked_at(actor, paper, content) if actor.may("cases.keep_paper") else ""
    with acting(actor) as act:
        act.authorise("cases.keep_paper", paper)
        file = PaperFile(
            paper=paper,
            case_id=paper.case_id,
            person_id=paper.person_id,
            form=form,
            received_by_id=actor.pk,
        )
        try:
            with transaction.atomic():
                file.save(force_insert=True)
        except IntegrityError:
            raise DomainError(_("This paper has a file already."), field="file") from None
        PaperWaiting(
            file=file, case_id=file.case_id, person_id=file.person_id, content=content
        ).save(force_insert=True)
        act.record(
            "paper.received", file, facts={"form": str(form), "size": size_class(len(content))}
        )
        act.after_commit("cases.clean_paper", str(file.pk))
    return file


def clean_paper(
    *, actor: Actor, file_id: UUID, progress: Progress | None = None, at: datetime | None = None
) -> PaperFile:
    """Check a file that waits and keep what is made of it, or refuse it. Either way it is dropped.

    May run twice and may be killed at any point: that it is being checked is committed first, and
    what waits is dropped in the same act that settles it.

    Args:
        progress: told (pages done, pages in all).

    Raises:
        PaperFile.DoesNotExist: there is no such file.
    """
    with acting(actor) as act:
        file = PaperFile.objects.visible_to(actor).locked().get(pk=file_id)
        act.authorise("cases.clean_paper", file)
        if not file.is_waiting:
            act.record("paper.check_repeated", file)
            return file
        file.go_to(FileState.CHECKING)
        file.save(update_fields=["state"])
        act.record("paper.check_began", file)
        original = bytes(PaperWaiting.objects.visible_to(actor).get(file=file).content)
    try:
        clean = intake.clean(original, intake.Form(file.form), progress)
    except Refused as refused:
        return _settle(actor, file_id, None, original, str(refused.why), at)
    return _settle(actor, file_id, clean, original, "", at)


@dataclass(frozen=True)
class CopiedOut:
    """A copy on its way out: its bytes and the ending of its name."""

    data: bytes
    suffix: str


def copy_out_paper(
    *, actor: User, file_id: UUID, reason: str, at: datetime | None = None
) -> CopiedOut:
    """Take a copy of a kept paper out. Who, when and for what stands on every page of it (R-P7),
    and somebody else looks afterwards at whether it was needed.

    Raises:
        PaperFile.DoesNotExist, PaperContent.DoesNotExist: not visible to the actor, or not kept.
        DomainError: no reason was chosen.
        vault.errors.CannotOpen: what is kept does not open.
    """
    with acting(actor) as act:
        file = PaperFile.objects.visible_to(actor).get(pk=file_id, state=FileState.KEPT)
        act.authorise("cases.copy_out_paper", file)
        if reason not in CopyOutReason.values:
            raise DomainError(_("Choose why you take a copy out."), field="reason")
        content = bytes(PaperContent.objects.visible_to(actor).get(file=file).content)
        act.record("paper.copied_out", file, purpose=str(reason), facts={"form": str(file.form)})
        open_review(
            act,
            kind="export",
            about=file,
            team_ids=teams_seeing(file.case_id),
            facts={"reason": str(reason)},
        )
    moment = timezone.localtime(at or timezone.now()).strftime("%Y-%m-%d %H:%M")
    mark = f"{actor.name} · {moment} · {CopyOutReason(reason).label}"
    return CopiedOut(_marked(file.form, content, mark), SUFFIX[FileForm(file.form)])


def destroy_paper(
    *, actor: Actor, file_id: UUID, reason: str, at: datetime | None = None
) -> PaperFile:
    """Destroy what is kept of a paper's file. The paper stays registered; the log says who did it.

    Raises:
        PaperFile.DoesNotExist: not visible to the actor.
        InvalidTransition: nothing is kept.
        DomainError: no reason was chosen, or a legal hold stands on the case (R-D4).
    """
    with acting(actor) as act:
        file = PaperFile.objects.visible_to(actor).locked().get(pk=file_id)
        act.authorise("cases.destroy_paper", file)
        if reason not in DestroyReason.values:
            raise DomainError(_("Choose why it is destroyed."), field="reason")
        moment = at or timezone.now()
        holds = LegalHold.objects.visible_to(actor).filter(case_id=file.case_id)
        if holds.standing(timezone.localdate(moment)).exists():
            raise DomainError(_("A legal hold stands on this case: nothing is destroyed."))
        file.go_to(FileState.DESTROYED)
        file.settled_at = moment
        file.original_digest = ""
        file.save(update_fields=["state", "settled_at", "original_digest"])
        PaperContent.objects.visible_to(actor).filter(file=file).delete()
        act.record("paper.destroyed", file, facts={"reason": str(reason)})
    return file


def _may_have_another(paper: Paper) -> None:
    if not paper.may_have_a_file:
        raise DomainError(
            _("Papers of this kind are registered only. Say where the original lies."),
            field="file",
        )
    if PaperFile.objects.live().filter(paper=paper).exists():
        raise DomainError(_("This paper has a file already."), field="file")


def _looked_at(actor: Actor, paper: Paper, content: bytes) -> str:
    """What the file is, when it may come in; otherwise that it came stands in the log."""
    try:
        scan(content)
        return str(intake.look_at(content))
    except Refused as refused:
        with acting(actor) as act:
            act.authorise("cases.keep_paper", paper)
            act.record(
                "paper.turned_away",
                paper,
                facts={
                    "why": str(refused.why),
                    "found": kind_of(content[:HEAD]),
                    "size": size_class(len(content)),
                },
            )
        raise FileRefused(refused.why) from None


def _settle(
    actor: Actor,
    file_id: UUID,
    clean: intake.Clean | None,
    original: bytes,
    why: str,
    at: datetime | None,
) -> PaperFile:
    with acting(actor) as act:
        file = PaperFile.objects.visible_to(actor).locked().get(pk=file_id)
        act.authorise("cases.clean_paper", file)
        if not file.is_waiting:
            # Another worker was first.
            act.record("paper.check_repeated", file)
            return file
        file.settled_at = at or timezone.now()
        if clean is None:
            file.go_to(FileState.REFUSED)
            file.refusal = why
            file.save(update_fields=["state", "refusal", "settled_at"])
            act.record("paper.refused", file, facts={"why": why})
        else:
            file.go_to(FileState.KEPT)
            file.pages, file.size = clean.pages, len(clean.data)
            file.original_digest = hashlib.sha256(original).hexdigest()
            file.save(update_fields=["state", "pages", "size", "original_digest", "settled_at"])
            PaperContent(
                file=file, case_id=file.case_id, person_id=file.person_id, content=clean.data
            ).save(force_insert=True)
            act.record("paper.kept", file, facts={"form": str(file.form), "pages": clean.pages})
        PaperWaiting.objects.visible_to(actor).filter(file=file).delete()
    return file


def _marked(form: str, content: bytes, mark: str) -> bytes:
    if form == FileForm.PDF:
        return rebuilt.write_pdf(rebuilt.read_pages(content), footer=mark)
    end = "\r\n" if form == FileForm.TABLE else "\n"
    return content + f"{end}{mark}{end}".encode()
