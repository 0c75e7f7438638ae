"""Single sign-on: the OpenID provider of one agency, and whom it has vouched for."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.directory import Agency, User
from accounts.querysets import SignOnLinkQuerySet, SignOnProviderQuerySet
from core.querysets import scoped_manager
from core.records import GuardedRecord, VersionedRecord


class SignOnProvider(VersionedRecord):
    """Where an agency's people sign in with the account they have already.

    The client's secret is sealed by the vault for this row (`accounts.services.sign_on`).
    """

    agency = models.OneToOneField(Agency, on_delete=models.PROTECT, related_name="sign_on")
    issuer = models.URLField(_("issuer"), max_length=300)
    client_id = models.CharField(max_length=200)
    sealed_secret = models.TextField()
    # Whether the provider's word is taken for a second factor. Otherwise ours is asked for.
    trusts_second_factor = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)

    objects = scoped_manager(SignOnProviderQuerySet)

    def __str__(self) -> str:
        return f"single sign-on of {self.agency_id}"


class SignOnLink(GuardedRecord):
    """The provider's own name for one of our people, from their first sign-in on.

    An address that the provider later gives to somebody else opens nothing of theirs.
    """

    provider = models.ForeignKey(SignOnProvider, on_delete=models.PROTECT, related_name="links")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_on_links")
    # A digest of issuer and subject: who it is at the provider is nobody's business here.
    subject = models.CharField(max_length=64)

    objects = scoped_manager(SignOnLinkQuerySet)

    class Meta(GuardedRecord.Meta):
        constraints = [
            models.UniqueConstraint(fields=["provider", "user"], name="one_subject_for_a_person"),
            models.UniqueConstraint(fields=["provider", "subject"], name="one_person_of_a_subject"),
        ]

    def __str__(self) -> str:
        return "single sign-on"
