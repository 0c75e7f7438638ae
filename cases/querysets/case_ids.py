"""The ids of the cases somebody sees, as a subquery that is written once and then filled in.

Nearly everything asks for it, the page of a case some eighty times. Having the ORM build and
compile it each time was most of the time of a page. What it says stands in `CaseQuerySet` alone;
here it is written down for nobody in particular, and the person and the moment are put in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

from django.apps import apps
from django.db.models import UUIDField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from core.actors import Actor

READ = "cases.read_case"
# They stand where the person and the moment come to stand; no row has either.
SOMEBODY = UUID("ffffffff-ffff-4fff-bfff-fffffffffff7")
SOMETIME = datetime(9999, 12, 30, 23, 59, 59, 999_983, tzinfo=UTC)


class CannotWrite(RuntimeError):
    """Who sees a case has come to depend on more than the person, the moment and one permission."""


@dataclass(frozen=True)
class _Somebody:
    """As much of an actor as decides who sees a case; asking for more fails."""

    reads_cases: bool
    pk: UUID = SOMEBODY
    is_active: bool = True

    def may(self, permission: str) -> bool:
        if permission != READ:
            raise CannotWrite(f"who sees a case asks for {permission}")
        return self.reads_cases


@cache
def _written(*, emergencies: bool, reads_cases: bool) -> tuple[str, tuple[Any, ...]]:
    """SQL and its values, with SOMEBODY and SOMETIME among them."""
    cases = apps.get_model("cases", "Case").objects.seen_at(
        cast("Actor", _Somebody(reads_cases)), SOMETIME, emergencies=emergencies
    )
    text, values = cases.values("pk").query.sql_with_params()
    others = [one for one in values if isinstance(one, UUID | date) and one not in _STANDINS]
    if others or not set(values) >= _STANDINS:
        raise CannotWrite("the person or the moment does not stand where it is looked for")
    return text, tuple(values)


_STANDINS = {SOMEBODY, SOMETIME}


def case_ids(actor: Actor, *, emergencies: bool) -> Any:
    """Ids of the cases `actor` sees now, for `case_id__in`.

    Args:
        emergencies: whether emergency access counts.

    Raises:
        CannotWrite: `CaseQuerySet` asks for something of the actor that is not put in here.
    """
    cases = apps.get_model("cases", "Case").objects
    if not actor.is_active:
        return cases.none().values("pk")
    text, values = _written(emergencies=emergencies, reads_cases=actor.may(READ))
    put = {SOMEBODY: actor.pk, SOMETIME: timezone.now()}
    filled = [put.get(one, one) for one in values]
    # The text is the ORM's own and its values stay values.
    return RawSQL(text, filled, output_field=UUIDField())  # noqa: S611
