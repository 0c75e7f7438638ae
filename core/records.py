"""Abstract bases of the tables. `core` itself owns none."""

from __future__ import annotations

import uuid
from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext as _

from core.errors import Conflict

# Below Python: no row with case data changes outside an act, whoever asks (shell, bulk update,
# a forgotten view, a data migration). `audit.acting` opens the setting for one transaction.
ONLY_IN_ACT = pgtrigger.Trigger(
    name="only_in_act",
    level=pgtrigger.Statement,
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
    func=(
        "IF coalesce(current_setting('liwanag.act', true), '') = '' THEN "
        "RAISE EXCEPTION 'no act is open: % on % is refused', TG_OP, TG_TABLE_NAME "
        "USING ERRCODE = 'insufficient_privilege'; END IF; RETURN NULL;"
    ),
)


class Record(models.Model):
    """A row with a random id that says nothing about when or where it was made."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class GuardedRecord(Record):
    """A row that changes only inside an act. Concrete models inherit this Meta."""

    class Meta:
        abstract = True
        triggers: ClassVar[list[pgtrigger.Trigger]] = [ONLY_IN_ACT]


class VersionedRecord(GuardedRecord):
    """A guarded row that two people may edit: the second to save is told, nothing is lost."""

    version = models.PositiveIntegerField(default=1)

    class Meta(GuardedRecord.Meta):
        abstract = True

    def check_seen(self, version: int) -> None:
        """Ask, with the row locked, whether the change was decided on what stands here now.

        Args:
            version: of the record as the person saw it.

        Raises:
            Conflict: somebody changed it since.
        """
        check_seen(self.version, version)


def check_seen(now: int, seen: int) -> None:
    """The same for what has no row yet (0), or where each change is a row of its own.

    Raises:
        Conflict: somebody changed it since.
    """
    if now != seen:
        raise Conflict(
            _("Somebody changed this meanwhile. Look at what it says now, then try again.")
        )
