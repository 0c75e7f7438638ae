"""Counting on the connection "reporting", which sees coded fact views and nothing else.

Exact counts leave this module only as `Table` objects, which keep them out of their `repr`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connections, transaction

from reporting.measures import Measure, Period, compute
from reporting.tables import Table

CONNECTION = "reporting"


def count(
    measures: Sequence[Measure], *, period: Period, as_of: date, agency_id: UUID
) -> list[tuple[Measure, Table]]:
    """The exact counts of each measure, all true at the same moment.

    Raises:
        CountingError: the records do not fit a measure's definition.
        DatabaseError: the facts could not be read.
    """
    with transaction.atomic(using=CONNECTION), connections[CONNECTION].cursor() as cursor:
        # One snapshot for all measures: a record that arrives meanwhile is in all of them or none.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        counted = []
        for measure in measures:
            cursor.execute(measure.query, measure.parameters(period, as_of, agency_id))
            counted.append((measure, compute(measure, cursor, period=period)))
        return counted


def uncounted_survivors(agency_id: UUID) -> int:
    """How many survivors of an agency's cases are in no figure: nobody agreed, and no other basis
    is recorded. For the data protection officer; never published.
    """
    with connections[CONNECTION].cursor() as cursor:
        cursor.execute("SELECT uncounted FROM fact_uncounted WHERE agency_key = %s", [agency_id])
        found = cursor.fetchone()
    return int(found[0]) if found else 0
