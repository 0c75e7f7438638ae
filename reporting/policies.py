"""Who may do what with one release, where the role alone does not say."""

from __future__ import annotations

from core.actors import Actor
from reporting.models import StatisticsRelease


def can_publish(actor: Actor, release: StatisticsRelease) -> bool:
    """Whoever asked for a release does not approve it (R-S2)."""
    return actor.may("reporting.publish_release") and release.requested_by_id != actor.pk
