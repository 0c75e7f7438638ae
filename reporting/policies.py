"""Who may do what with one release, where the role alone does not say."""

from __future__ import annotations

from accounts.second_person import Matter, second_person
from core.actors import Actor
from reporting.models import StatisticsRelease


def can_publish(actor: Actor, release: StatisticsRelease) -> bool:
    """Whoever asked for a release does not approve it (R-S2)."""
    second = second_person(actor, first_id=release.requested_by_id, matter=Matter.PUBLISH)
    return actor.may("reporting.publish_release") and second.may


def can_advise(actor: Actor, release: StatisticsRelease) -> bool:
    """Whoever asked for a public release does not look it over as survivor advisor (R-S2)."""
    return actor.may("reporting.advise_release") and release.requested_by_id != actor.pk
