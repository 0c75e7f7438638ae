"""Which team a referral goes to, by rules that people set. Pure: nothing here asks the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules ask of a referral.

    Attributes:
        source_category, immediate_danger: codes.
        country: where the child is, ISO 3166 alpha-2; empty where nobody knows.
        harm_types: codes; none, one or several.
    """

    source_category: str
    country: str
    harm_types: Sequence[str]
    immediate_danger: str


class Rule(Protocol):
    """One rule: every answer it names must be so; an empty one asks nothing."""

    @property
    def position(self) -> int:
        """Rules are asked in this order."""

    @property
    def source_category(self) -> str: ...

    @property
    def country(self) -> str: ...

    @property
    def harm_type(self) -> str: ...

    @property
    def immediate_danger(self) -> str: ...

    @property
    def team_id(self) -> UUID: ...


R = TypeVar("R", bound=Rule)


def matches(rule: Rule, facts: Facts) -> bool:
    """Whether a rule is about such a referral."""
    return (
        rule.source_category in ("", facts.source_category)
        and rule.country in ("", facts.country)
        and (not rule.harm_type or rule.harm_type in facts.harm_types)
        and rule.immediate_danger in ("", facts.immediate_danger)
    )


def rule_for(facts: Facts, rules: Iterable[R], *, able: Collection[UUID] | None = None) -> R | None:
    """The first rule about such a referral; None where none is.

    Args:
        able: teams in which somebody decides on referrals. A rule that leads to another team is
            passed over: nothing may go to a desk where nobody sits. None asks for no such thing.
    """
    for rule in sorted(rules, key=lambda one: one.position):
        if matches(rule, facts) and (able is None or rule.team_id in able):
            return rule
    return None
