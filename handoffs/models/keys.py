"""Keys around a sealed package: whom it is sealed to, whose it is, and who opens the archive.

Of an agency's own key the server has the public half, and copies of the private half that only an
officer's passkey or passphrase opens. It can seal to a desk and can never open what it sealed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Agency
from core.querysets import scoped_manager
from core.records import GuardedRecord
from handoffs.choices import KeyWay
from handoffs.querysets import (
    AgencyKeyQuerySet,
    ArchiveKeyQuerySet,
    SigningKeyQuerySet,
    WrappedKeyQuerySet,
)


class AgencyKey(GuardedRecord):
    """The public half of a key that was made in the browser of an officer of this agency."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="handoff_keys")
    recipient = models.CharField(max_length=120)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(AgencyKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(retired_at__isnull=True),
                name="one_key_of_an_agency_is_in_use",
            ),
            models.UniqueConstraint(fields=["recipient"], name="a_key_is_of_one_desk"),
        ]

    def __str__(self) -> str:
        return f"{self.recipient[:12]}…"


class WrappedKey(GuardedRecord):
    """The private half of an agency's key, as an age file that one officer alone opens."""

    key = models.ForeignKey(AgencyKey, on_delete=models.PROTECT, related_name="copies")
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )
    way = models.CharField(max_length=12, choices=KeyWay)
    # Armored; sealed in the browser before it came here.
    blob = models.TextField()
    # Which passkey opens it: public, so that the browser need not ask for all of them.
    hint = models.CharField(max_length=600, blank=True, default="")

    objects = scoped_manager(WrappedKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("created_at",)

    def __str__(self) -> str:
        return f"{self.way} copy of {self.key_id}"


class SigningKey(GuardedRecord):
    """The Ed25519 key with which an agency signs what it sends."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    # `name+key id+base64`: C2SP signed-note.
    public = models.CharField(max_length=300, unique=True)
    # Under the system's key (`core.sealing`).
    private_sealed = models.TextField()
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(SigningKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(retired_at__isnull=True),
                name="one_signing_key_of_an_agency_is_in_use",
            )
        ]

    def __str__(self) -> str:
        return self.public


class ArchiveKey(GuardedRecord):
    """Whom the sender's own copies are sealed to: two people, each with half of the private key."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recipient = models.CharField(max_length=120, unique=True)
    first_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    second_holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    # Armored age files, each sealed to its holder's own recipient.
    first_half = models.TextField()
    second_half = models.TextField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(ArchiveKeyQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                condition=Q(retired_at__isnull=True),
                name="one_archive_key_of_an_agency_is_in_use",
            ),
            models.CheckConstraint(
                condition=~Q(first_holder=F("second_holder")), name="archive_is_held_by_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient[:12]}…"
