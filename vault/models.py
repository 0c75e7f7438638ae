"""Data keys, one an owner, each wrapped by the key-encryption key outside the database."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from core.actors import Actor
from core.querysets import ScopedQuerySet, scoped_manager
from core.records import GuardedRecord


class KeyOwner(models.TextChoices):
    """What a data key belongs to. Siblings share a case, and one child must be erasable alone."""

    PERSON = "person", "person"
    CASE = "case", "case"
    REFERRAL = "referral", "referral"
    HANDOFF = "handoff", "handoff"
    SYSTEM = "system", "system"


class DataKeyQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Nobody browses keys; the vault takes them one owner at a time."""
        return self.none()


class DataKey(GuardedRecord):
    """A wrapped AES-256 key. Deleting the row makes everything under it unreadable for good."""

    owner_type = models.CharField(max_length=10, choices=KeyOwner)
    # No foreign key: the vault knows nothing above it, and a key may be gone before its owner.
    owner_id = models.UUIDField()
    version = models.PositiveSmallIntegerField(default=1)
    epoch = models.CharField(max_length=80)
    wrapped = models.BinaryField()

    objects = scoped_manager(DataKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner_type", "owner_id", "version"], name="one_key_for_an_owner_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_type} key {self.version}"


class ErasedKey(GuardedRecord):
    """That an owner's key was destroyed on purpose, so that its texts are told from broken ones.

    Written by the database alone, together with the end of the key (`cases/erasing.py`).
    """

    owner_type = models.CharField(max_length=10, choices=KeyOwner)
    owner_id = models.UUIDField()
    erased_at = models.DateTimeField()

    objects = scoped_manager(DataKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["owner_type", "owner_id"], name="erased_once")
        ]

    def __str__(self) -> str:
        return f"erased {self.owner_type} key"


class KeyEpochQuerySet(ScopedQuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Names and dates of key-encryption keys, for whoever keeps them or audits."""
        if actor.may("vault.rotate_keys") or actor.may("audit.read_log"):
            return self
        return self.none()

    def waiting(self) -> Self:
        """Replaced, and not destroyed yet."""
        return self.filter(replaced_at__isnull=False, destroyed_at=None)


class KeyEpoch(GuardedRecord):
    """A key-encryption key's time: in use, replaced (it still opens old backups), destroyed."""

    name = models.CharField(max_length=80, unique=True)
    replaced_at = models.DateTimeField(null=True, blank=True)
    destroyed_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(KeyEpochQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(destroyed_at=None) | models.Q(replaced_at__isnull=False),
                name="destroyed_after_it_was_replaced",
            )
        ]

    def __str__(self) -> str:
        return f"epoch {self.name}"
