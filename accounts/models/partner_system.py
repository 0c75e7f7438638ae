"""A partner agency's own system, which comes by the API and never by a page."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models.directory import Agency, Team, User
from accounts.partner_scopes import Scope
from accounts.querysets import PartnerSystemQuerySet
from core.errors import InvalidTransition
from core.querysets import scoped_manager
from core.records import GuardedRecord


class PartnerSystem(GuardedRecord):
    """One client of the API (OAuth 2.0 client credentials, RFC 6749 section 4.4).

    It acts as a service account of its agency, so every wall below Python holds for it as for
    that agency's people. Its secret is kept by the OAuth library as a hash alone.
    """

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="systems")
    account = models.OneToOneField(User, on_delete=models.PROTECT, related_name="partner_system")
    name = models.CharField(max_length=120)
    client_id = models.CharField(max_length=100, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=30, choices=Scope))
    # Where what it submits arrives: a team of the house.
    desk = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # SHA-256 of the certificate it must show (RFC 8705); empty where the secret is enough.
    certificate = models.CharField(max_length=64, blank=True, default="", db_default="")
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = scoped_manager(PartnerSystemQuerySet)

    class Meta(GuardedRecord.Meta):
        ordering = ("name",)
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                condition=Q(ended_at=None),
                name="system_named_once_in_agency",
            ),
            models.CheckConstraint(
                condition=Q(scopes__contained_by=Scope.values) & ~Q(scopes=[]),
                name="system_has_known_scopes",
            ),
            models.CheckConstraint(
                condition=~Q(scopes__contains=[Scope.SUBMIT.value]) | Q(desk__isnull=False),
                name="what_a_system_submits_has_a_desk",
            ),
            models.CheckConstraint(
                condition=Q(certificate="") | Q(certificate__regex=r"^[0-9a-f]{64}$"),
                name="certificate_is_a_fingerprint",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("created_at")),
                name="system_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    def end(self, *, at: datetime) -> None:
        """Let it in no more. Does not save.

        Raises:
            InvalidTransition: it has ended.
        """
        if not self.is_open:
            raise InvalidTransition(_("This system is let in no more already."))
        self.ended_at = at
