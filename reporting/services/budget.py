"""The privacy budget: reserved before noise is drawn, accounted by person, never given back.

A person falls in one period of each population, so for one person the dearest day of each
population counts; populations add up, and so does every release that counts the same days again
(docs/statistics.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from django.conf import settings

from accounts.models import User
from audit.acting import Act
from reporting.models import PrivacyCharge, StatisticsRelease
from reporting.private.budget import FINEST, epsilon_of, rho_of

Span = tuple[str, date, date, int]
"""(population, first day, last day, ρ in billionths)."""


class BudgetSpent(Exception):
    """Another release would cost the people it counts more than was promised to them."""


def release_cost() -> Fraction:
    """ρ of one public release, from the ε that the settings allow it."""
    return rho_of(settings.LIWANAG_EPSILON_A_RELEASE)


def dearest(spans: Iterable[Span]) -> Fraction:
    """The most that any one person paid: over populations, the dearest day of each.

    Args:
        spans: what was charged; both days of each are counted.
    """
    starts: dict[str, list[tuple[date, date, int]]] = defaultdict(list)
    for population, start, end, billionths in spans:
        starts[population].append((start, end, billionths))
    # The cost of a day only rises where some period begins.
    return sum(
        (
            Fraction(
                max(sum(b for s, e, b in charged if s <= day <= e) for day, _e, _b in charged),
                FINEST,
            )
            for charged in starts.values()
        ),
        Fraction(0),
    )


def require_budget(charged: Iterable[PrivacyCharge], release: StatisticsRelease) -> None:
    """Refuse what would go beyond a cap, in all or within the year it is asked for.

    Args:
        charged: all charges of the release's agency.

    Raises:
        BudgetSpent
    """
    new = [
        (measure, release.period_start, release.period_end, _billionths())
        for measure in release.measures
    ]
    before = [
        (c.population, c.period_start, c.period_end, c.rho_billionths, c.created_at.year)
        for c in charged
    ]
    year = release.created_at.year
    ever = dearest([*(span[:4] for span in before), *new])
    within = dearest([*(span[:4] for span in before if span[4] == year), *new])
    if epsilon_of(ever) > settings.LIWANAG_EPSILON_A_PERSON:
        raise BudgetSpent
    if epsilon_of(within) > settings.LIWANAG_EPSILON_A_YEAR:
        raise BudgetSpent


def reserve(act: Act, actor: User, release: StatisticsRelease) -> PrivacyCharge:
    """Charge a release, once; a worker that starts over finds the charge of the one that died.

    The agency's row must be locked, so that two releases do not both find the last of it.

    Raises:
        BudgetSpent
    """
    charged = PrivacyCharge.objects.visible_to(actor).filter(agency_id=release.agency_id)
    existing: PrivacyCharge | None = charged.filter(release=release).first()
    if existing is not None:
        return existing
    require_budget(charged, release)
    (population,) = release.measures
    charge: PrivacyCharge = PrivacyCharge.objects.create(
        release=release,
        agency_id=release.agency_id,
        population=population,
        period_start=release.period_start,
        period_end=release.period_end,
        rho_billionths=_billionths(),
    )
    act.record("release.charged", release, facts={"rho_billionths": charge.rho_billionths})
    return charge


def _billionths() -> int:
    return int(release_cost() * FINEST)
