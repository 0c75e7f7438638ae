"""The event log's tables. The log itself is made by plain SQL: it is not Django's to change."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.querysets import EventQuerySet
from core.querysets import scoped_manager


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
    salt = models.BinaryField(null=True)
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


class OutboxMessage(models.Model):
    """A job that leaves once its act has committed. Holds a task's name and ids, nothing else."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    act = models.UUIDField()
    task = models.CharField(max_length=120)
    ids = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "audit_outbox"
        indexes = [
            models.Index(
                "created_at", name="outbox_waiting", condition=models.Q(sent_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.task} of act {self.act}"
