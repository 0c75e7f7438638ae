"""A case sheet onto a team's desk, sealed and in the log, against a bare COPY of its rows."""

from __future__ import annotations

import csv
import json
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from bench import child
from bench.installation import clone, login, superuser
from bench.measuring import in_turns, peak_megabytes, seconds_of
from bench.people import team
from bench.report import ROOT, Figure, Outcome, Target, as_ratio
from bench.sheet import write_sheet
from bench.talk import say
from referrals.services.importing import BATCH, import_referrals

# 10,000 synthetic records; used where the file lies beside the checkout.
PUBLISHED = ROOT.parent / "shared" / "data" / "htcds_referrals_10k.csv"
SIZES = {"toy": (60, 1), "small": (1_000, 2), "normal": (10_000, 5), "full": (10_000, 5)}
MEMORY = Target("at most", 300)
RATE = Target("at least", 1_000)

INSERT_EVENT = """
    INSERT INTO audit_event (act, actor_id, agency_id, role, verb, object_type, object_id, fields,
        facts, purpose, outcome)
    VALUES (%s, %s, %s, %s, %s, %s, %s, '{}', %s::jsonb, '', 'done')
"""


def measure(size: str) -> dict[str, Any]:
    count, turns = SIZES[size]
    with tempfile.TemporaryDirectory() as folder:
        sheet = PUBLISHED
        if count != 10_000 or not sheet.exists():
            sheet = Path(folder) / "sheet.csv"
            write_sheet(sheet, count)
        with sheet.open(newline="", encoding="utf-8") as handle:
            columns, *rows = csv.reader(handle)
        told: list[dict[str, Any]] = []

        def product() -> float:
            with clone() as database:
                told.append(
                    child.run("bench.importing:import_once", database=database, file=str(sheet))
                )
            say(f"    imported {told[-1]['kept']:,} rows in {told[-1]['seconds']:.2f} s")
            return float(told[-1]["seconds"])

        def bare() -> float:
            with clone() as database:
                return copy_bare(database, columns, rows)

        comparison = in_turns(product, bare, turns=turns, unit="s", warm_up=0)
    rates = [one["rows"] / one["seconds"] for one in told]
    return Outcome(
        name="importing",
        title="a case sheet onto a team's desk: checked, sealed, each row in the log",
        against=(
            f"COPY of the same rows, as text, into a plain table and one audit INSERT each, "
            f"pipelined, committed every {BATCH} rows, no check, no key, no encryption"
        ),
        figures=[
            as_ratio("time, of the bare time", comparison),
            Figure.of("rows a second", rates, "rows/s", RATE),
            Figure.of("peak memory of the process", [one["peak"] for one in told], "MB", MEMORY),
            Figure.of("of it before the import", [one["before"] for one in told], "MB"),
            Figure.of("bare rows a second", [len(rows) / one for one in comparison.bare], "rows/s"),
        ],
        facts={"rows": len(rows), "kept": told[-1]["kept"], "columns": len(columns)},
    ).as_json()


def import_once(file: str) -> dict[str, Any]:
    """Import a sheet in this fresh process and say how long it took and what it held at most."""
    actor = User.objects.get(pk=IMPORTER_ID)
    desk = team().pk
    before = peak_megabytes()
    began = time.perf_counter()
    with Path(file).open("rb") as handle:
        report = import_referrals(actor=actor, file=handle, team_id=desk)
    seconds = time.perf_counter() - began
    if report.refused or not report.kept:
        raise RuntimeError(f"{report.refused} of {report.rows} rows were refused")
    return {
        "seconds": seconds,
        "rows": report.rows,
        "kept": report.kept,
        "before": before,
        "peak": peak_megabytes(),
    }


def copy_bare(database: str, columns: list[str], rows: list[list[str]]) -> float:
    """Do the denominator once and return its seconds."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    typed = sql.SQL(", ").join(sql.SQL("{} text").format(sql.Identifier(one)) for one in columns)
    with superuser(database) as admin:
        admin.execute(sql.SQL("CREATE TABLE bench_plain ({})").format(typed))
        admin.execute("GRANT INSERT ON bench_plain TO liwanag_app")
    importer = User.objects.get(pk=IMPORTER_ID)
    who = (importer.pk, importer.agency_id, importer.acting_role, "referral.imported")
    with psycopg.connect(login("default")) as connection:

        def work() -> None:
            for start in range(0, len(rows), BATCH):
                batch = rows[start : start + BATCH]
                act = uuid.uuid4()
                with connection.transaction(), connection.cursor() as cursor:
                    with cursor.copy(
                        sql.SQL("COPY bench_plain ({}) FROM STDIN").format(names)
                    ) as copy:
                        for row in batch:
                            copy.write_row(row)
                    cursor.executemany(
                        INSERT_EVENT,
                        [
                            (
                                act,
                                *who,
                                "referrals.referral",
                                uuid.uuid4(),
                                json.dumps({"row": start + number}),
                            )
                            for number, _row in enumerate(batch)
                        ],
                    )

        return seconds_of(work)
