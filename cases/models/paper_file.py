"""The file of a paper: on its way in, kept, refused, destroyed. Its bytes stand apart, sealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from cases.choices import LIVE_FILES, FileForm, FileState
from cases.models.case import Case
from cases.models.paper import Paper
from cases.models.person import Person
from cases.querysets import PaperContentQuerySet, PaperFileQuerySet, PaperWaitingQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord
from vault.fields import EncryptedBytesField, EncryptedTextField

STEPS: dict[str, tuple[str, ...]] = {
    FileState.RECEIVED: (FileState.CHECKING,),
    # A worker that died begins again.
    FileState.CHECKING: (FileState.CHECKING, FileState.KEPT, FileState.REFUSED),
    FileState.KEPT: (FileState.DESTROYED,),
}


class PaperFile(GuardedRecord):
    """One file that was brought for a paper, and what became of it.

    Of a refused file nothing is kept but that it was: no bytes, no name, no digest (R-U1, R-U3).
    """

    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, related_name="files")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    form = models.CharField(max_length=6, choices=FileForm)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.RECEIVED)
    refusal = models.CharField(max_length=20, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    # SHA-256 of the file as it was brought: the original itself is dropped.
    original_digest = EncryptedTextField(owner="person", otherwise="case")

    objects = scoped_manager(PaperFileQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["paper"], condition=Q(state__in=LIVE_FILES), name="one_file_for_a_paper"
            )
        ]

    def __str__(self) -> str:
        return f"{self.form} file of {self.paper_id}"

    def go_to(self, state: str) -> None:
        """Take one step. Does not save.

        Raises:
            InvalidTransition: there is no such step from here.
        """
        if state not in STEPS.get(self.state, ()):
            raise InvalidTransition(f"A file that is {self.state} does not become {state}.")
        self.state = state

    @property
    def is_waiting(self) -> bool:
        return self.state in (FileState.RECEIVED, FileState.CHECKING)


class PaperWaiting(GuardedRecord):
    """The bytes as they were brought, sealed, until they are checked; then this row is gone."""

    file = models.OneToOneField(PaperFile, on_delete=models.PROTECT, related_name="waiting")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content = EncryptedBytesField(owner="person", otherwise="case")

    objects = scoped_manager(PaperWaitingQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "papers waiting"

    def __str__(self) -> str:
        return "bytes that wait"


class PaperContent(GuardedRecord):
    """What is kept of a file: black and white pages, or text, sealed."""

    file = models.OneToOneField(PaperFile, on_delete=models.PROTECT, related_name="content")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    content = EncryptedBytesField(owner="person", otherwise="case")

    objects = scoped_manager(PaperContentQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "paper contents"

    def __str__(self) -> str:
        return "content of a paper"
