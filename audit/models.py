"""The event log's tables, and the reviews of what stands in it.

The log itself is made by plain SQL: it is not Django's to change.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from audit.querysets import (
    EventQuerySet,
    LogCheckQuerySet,
    ReviewQuerySet,
    SavedSearchQuerySet,
)
from audit.review_kinds import Finding
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import ONLY_IN_ACT, GuardedRecord


class AuditEvent(models.Model):
    """One thing somebody did, saw or was refused. Read through the connection "auditor" only."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    db_user = models.TextField()
    act = models.UUIDField()
    request_id = models.UUIDField(null=True)
    actor_id = models.UUIDField(null=True)
    agency_id = models.UUIDField(null=True)
    role = models.TextField()
    verb = models.TextField()
    object_type = models.TextField()
    object_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    fields = ArrayField(models.TextField())
    facts = models.JSONField()
    purpose = models.TextField()
    outcome = models.TextField()
    commitment = models.BinaryField(null=True)

    objects = scoped_manager(EventQuerySet)

    class Meta:
        managed = False
        db_table = "audit_event"
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"event {self.pk}"


class AuditLeaf(models.Model):
    """The hash of one event at its place in the Merkle log (RFC 6962)."""

    position = models.BigIntegerField(primary_key=True)
    event_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField()

    class Meta:
        managed = False
        db_table = "audit_leaf"

    def __str__(self) -> str:
        return f"leaf {self.position}"


class AuditCheckpoint(models.Model):
    """A signed statement of the log's size and root."""

    id = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    frontier = ArrayField(models.BinaryField())
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_checkpoint"

    def __str__(self) -> str:
        return f"checkpoint at {self.size}"


class AuditCosignature(models.Model):
    """A witness's word that a checkpoint only appended to what it had seen before."""

    id = models.BigIntegerField(primary_key=True)
    size = models.BigIntegerField()
    witness = models.TextField()
    key_id = models.BinaryField()
    cosigned_at = models.DateTimeField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_cosignature"

    def __str__(self) -> str:
        return f"cosignature of size {self.size} by {self.witness}"


class AuditRetention(models.Model):
    """How long a part of the log is kept, and what happens to it then; None is for ever."""

    what = models.TextField(primary_key=True)
    days = models.IntegerField(null=True)
    afterwards = models.TextField()
    why = models.TextField()

    class Meta:
        managed = False
        db_table = "audit_retention"

    def __str__(self) -> str:
        return self.what


class AuditArchive(models.Model):
    """Entries that left the live table for a file."""

    id = models.BigIntegerField(primary_key=True)
    first = models.BigIntegerField(unique=True)
    end = models.BigIntegerField(unique=True)
    sha256 = models.BinaryField()
    removed_by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "audit_archive"

    def __str__(self) -> str:
        return f"archive of {self.first} to {self.end - 1}"


class StructureSnapshot(models.Model):
    """How the database was built and guarded at a look that found something new."""

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    digest = models.BinaryField()
    state = models.JSONField()

    class Meta:
        managed = False
        db_table = "audit_structure"

    def __str__(self) -> str:
        return f"structure at {self.at}"


class OutboxMessage(models.Model):
    """A job that leaves once its act has committed. Holds a task's name and ids, nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    act = models.UUIDField()
    task = models.CharField(max_length=120)
    ids = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    # Set with the event that says how the job ended; until then it is sent again.
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_outbox"
        indexes = [
            models.Index(
                "created_at", name="outbox_unfinished", condition=models.Q(done_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} of act {self.act}"


# A finding is said once. What turns out later is a review of its own, beside the first.
FINDING_STANDS = pgtrigger.Protect(
    name="finding_stands",
    operation=pgtrigger.Update,
    condition=pgtrigger.Q(old__closed_at__isnull=False),
)


class Review(GuardedRecord):
    """Something that somebody did and somebody else looks at afterwards.

    Below every other app, so people, teams, cases and records are ids. It holds codes, counts and
    one short remark: it must stay readable after a case and its keys are erased, so it is not
    sealed and personal data has no place in it (`audit.reviewing.check_remark`).
    """

    kind = models.CharField(max_length=40)
    # What is looked at: a record's label and id; empty where it is a way of reading.
    about_type = models.CharField(max_length=60, blank=True)
    about_id = models.UUIDField(null=True)
    case_id = models.UUIDField(null=True)
    # The teams whose supervisors review it; the house's auditors see it in any case.
    team_ids = ArrayField(models.UUIDField(), default=list)
    # Whose act it is, and their agency.
    subject_id = models.UUIDField(null=True)
    agency_id = models.UUIDField(null=True)
    opened_act = models.UUIDField()
    facts = models.JSONField(default=dict)
    due_at = models.DateTimeField()
    finding = models.CharField(
        max_length=24, choices=Finding, blank=True, default="", db_default=""
    )
    remark = models.CharField(max_length=400, blank=True, default="", db_default="")
    closed_by_id = models.UUIDField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = scoped_manager(ReviewQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("due_at", "id")
        triggers: ClassVar[list[pgtrigger.Trigger]] = [ONLY_IN_ACT, FINDING_STANDS]
        indexes = [
            models.Index("due_at", name="review_open", condition=Q(closed_at__isnull=True)),
            models.Index("case_id", name="review_case", condition=Q(case_id__isnull=False)),
            models.Index("closed_at", name="review_closed"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by_id=None, finding="", remark="")
                | Q(closed_at__isnull=False, closed_by_id__isnull=False) & ~Q(finding=""),
                name="a_closed_review_has_a_finding",
            ),
            models.CheckConstraint(
                condition=Q(subject_id=None)
                | Q(closed_by_id=None)
                | ~Q(subject_id=F("closed_by_id")),
                name="nobody_reviews_themselves",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, at: datetime) -> bool:
        return self.is_open and self.due_at < at

    def close(self, *, by_id: uuid.UUID, finding: str, remark: str, at: datetime) -> None:
        """Say what was found. Does not save.

        Raises:
            InvalidTransition: somebody has said it already.
        """
        if not self.is_open:
            raise InvalidTransition("This review has its finding already.", code="review_closed")
        self.closed_by_id, self.closed_at = by_id, at
        self.finding, self.remark = finding, remark


class LogCheck(GuardedRecord):
    """What one check of the whole log found; `audit.checking` writes it, people read it."""

    entries = models.BigIntegerField()
    checkpoints = models.BigIntegerField()
    waiting = models.BigIntegerField()
    # Each witness's name and how many entries it has signed for.
    cosigned = models.JSONField(default=dict)
    # Empty when everything held; else the kind and the sentence of `audit.findings`.
    problem = models.CharField(max_length=20, blank=True)
    sentence = models.TextField()
    seconds = models.PositiveIntegerField()

    objects = scoped_manager(LogCheckQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        indexes = [models.Index("created_at", name="logcheck_newest")]

    @property
    def ok(self) -> bool:
        return not self.problem


class SavedSearch(GuardedRecord):
    """A search of the log that somebody keeps under a name. Ids and codes; theirs alone."""

    owner_id = models.UUIDField()
    name = models.CharField(max_length=60)
    asked = models.JSONField()

    objects = scoped_manager(SavedSearchQuerySet)

    class Meta(GuardedRecord.Meta):
        verbose_name_plural = "saved searches"
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(fields=["owner_id", "name"], name="search_named_once")
        ]
