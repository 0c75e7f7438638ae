"""Who administers which agency."""

from __future__ import annotations

from accounts.models import Agency, User


def manages(actor: User, agency: Agency) -> bool:
    """Administrators manage their own agency; those of the house also a partner that has none."""
    return Agency.objects.managed_by(actor).filter(pk=agency.pk).exists()
