"""A made-up population in place of the fact view's, since thousands of cases take minutes to write.

Only where the facts come from is exchanged; who reads them, and what becomes of them, is the
product's own.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

VIEW = """
CREATE OR REPLACE VIEW fact_survivor AS
SELECT gen_random_uuid() AS person_key, gen_random_uuid() AS case_key,
  '{agency}'::uuid AS agency_key,
  ('2025-01-01'::date + (n * 7919 % 365)::int) AS safeguarded_on,
  (ARRAY['Feminine','Feminine','Feminine','Masculine','NonSpecifiedUnknown'])[1 + n % 5]
    ::varchar(24) AS gender,
  CASE WHEN n % 11 = 0 THEN NULL ELSE (2025 - 3 - n * 31 % 17) END::{year} AS birth_year,
  (CASE WHEN n % 9 = 0 THEN 'KE' ELSE 'PH' END)::varchar(2) AS country
FROM generate_series(1, {people}) AS n
"""


def survivors(agency: Any, people: int) -> None:
    """So many survivors of an agency, brought to safety in 2025."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT column_name, format_type(a.atttypid, a.atttypmod) FROM "
            "information_schema.columns c JOIN pg_attribute a ON a.attname = c.column_name "
            "AND a.attrelid = 'fact_survivor'::regclass WHERE c.table_name = 'fact_survivor'"
        )
        types = dict(cursor.fetchall())
        statement = VIEW.format(agency=agency.pk, people=int(people), year=types["birth_year"])
        statement = statement.replace("varchar(24)", types["gender"])
        statement = statement.replace("varchar(2)", types["country"])
        cursor.execute(statement)
