"""One table four times: bare, and as each peer's own manual says that it is to be declared."""

from __future__ import annotations

import uuid

import pghistory
from auditlog.registry import auditlog
from django.db import models


class Row(models.Model):
    """The columns of a note, without what is above them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    created_at = models.DateTimeField(auto_now_add=True)
    case_id = models.UUIDField(db_index=True)
    author_id = models.UUIDField()
    kind = models.CharField(max_length=40)
    level = models.SmallIntegerField()
    occurred_at = models.DateTimeField()
    words = models.TextField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.pk)


class Bare(Row):
    pass


class Ours(Row):
    pass


class Auditlogged(Row):
    pass


# The two fields are the library's own defaults; the product has turned them off for itself.
@pghistory.track(
    pghistory.InsertEvent(),
    append_only=True,
    obj_field=pghistory.ObjForeignKey(),
    context_field=pghistory.ContextForeignKey(),
)
class Tracked(Row):
    pass


auditlog.register(Auditlogged)
