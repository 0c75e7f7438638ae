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
