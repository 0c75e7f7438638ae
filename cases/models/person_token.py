"""By what somebody can be found: keyed digests, which tell nothing to whoever lacks the key."""

from __future__ import annotations

from django.db import models

from cases.choices import TokenKind
from cases.models.person import Person
from cases.querysets import PersonTokenQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord


class PersonToken(GuardedRecord):
    """One word of a name, its sound, or an identifier of one person, as a digest (`cases.naming`).

    Written anew whenever the identity is, and gone with the person.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=12, choices=TokenKind)
    digest = models.BinaryField(max_length=32)

    objects = scoped_manager(PersonTokenQuerySet)

    class Meta(GuardedRecord.Meta):
        indexes = [models.Index(fields=["digest"], name="token_digest")]

    def __str__(self) -> str:
        return "token"
