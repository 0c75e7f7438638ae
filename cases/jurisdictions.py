"""What differs by country about consent: data, not code (whom one must tell: `reporting_rules.py`).

Every figure here is a default to be checked by counsel of the installation before real use; the
source says on what it rests. Where a country is not listed, `DEFAULT` holds, the more careful one.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Capacity:
    """Ages at which a child's own voice counts, and how.

    Attributes:
        adult_at: from this age the person alone decides.
        assent_from: from this age the child's own answer is asked whenever a guardian consents;
            below it "not asked" may be given with its reason.
        alone_from: from this age a child may agree without a guardian when that serves them
            better, with a best-interest determination by a named decision-maker.
        source: on what it rests.
    """

    adult_at: int
    assent_from: int
    alone_from: int
    source: str


DEFAULT = Capacity(
    adult_at=18,
    assent_from=6,
    alone_from=16,
    source="Convention on the Rights of the Child, articles 1 and 12. To be checked by counsel.",
)
CAPACITY: dict[str, Capacity] = {
    "PH": Capacity(
        adult_at=18,
        assent_from=7,
        alone_from=15,
        source="Family Code as amended by RA 6809 (18); national research-ethics guidelines for "
        "assent (7 and 15). To be checked by counsel.",
    ),
}


def capacity_in(country: str) -> Capacity:
    """The ages that hold in a country (ISO 3166 alpha-2); the default where none are listed."""
    return CAPACITY.get(country.upper(), DEFAULT)
