"""A thousand CyberTips onto a team's desk, against reading and storing them with no care at all."""

from __future__ import annotations

import io
import json
import time
import uuid
from typing import Any

import psycopg
from defusedxml.ElementTree import fromstring

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from bench import child
from bench.installation import clone, login, superuser
from bench.measuring import in_turns, peak_megabytes, seconds_of
from bench.people import team
from bench.report import ROOT, Figure, Outcome, Target, as_ratio
from bench.talk import say
from referrals.incoming import Document
from referrals.services.importing import BATCH, import_referrals

SAMPLE = ROOT / "referrals" / "samples" / "cybertip_sample.xml"
SIZES = {"toy": (20, 1), "small": (200, 2), "normal": (1_000, 5), "full": (1_000, 5)}
SECONDS = Target("at most", 20)


def made_up(number: int) -> bytes:
    """A report like the sample that no other is: another day, another minute, calm."""
    text = SAMPLE.read_text(encoding="utf-8")
    start, end = text.index("<escalateToHighPriority>"), text.index("</escalateToHighPriority>")
    text = text[:start] + text[end + len("</escalateToHighPriority>") :]
    moment = f"2026-{number % 12 + 1:02d}-{number % 28 + 1:02d}T{number % 24:02d}:00:00Z"
    text = text.replace("2026-09-14T21:40:00Z", moment)
    return text.replace("canary-chat", f"canary-chat {number}").encode()


def measure(size: str) -> dict[str, Any]:
    count, turns = SIZES[size]
    told: list[dict[str, Any]] = []

    def product() -> float:
        with clone() as database:
            told.append(child.run("bench.tips:import_once", database=database, count=count))
        say(f"    imported {told[-1]['kept']:,} tips in {told[-1]['seconds']:.2f} s")
        return float(told[-1]["seconds"])

    def bare() -> float:
        with clone() as database:
            return store_bare(database, count)

    comparison = in_turns(product, bare, turns=turns, unit="s", warm_up=0)
    return Outcome(
        name="tips",
        title="CyberTips onto a team's desk: checked by the schema, sealed, each in the log",
        against=(
            "parsing the same reports and one INSERT each of the whole text into a plain table, "
            f"committed every {BATCH}, no schema, no key, no log"
        ),
        figures=[
            as_ratio("time, of the bare time", comparison),
            Figure.of("seconds", [one["seconds"] for one in told], "s", SECONDS),
            Figure.of("peak memory of the process", [one["peak"] for one in told], "MB"),
        ],
        facts={"reports": count, "fields_left_out": told[-1]["withheld"]},
    ).as_json()


def import_once(count: int) -> dict[str, Any]:
    """Import made-up reports in this fresh process and say how long it took."""
    actor = User.objects.get(pk=IMPORTER_ID)
    desk = team().pk
    documents = [
        Document(number, f"{200_000_000 + number}.xml", io.BytesIO(made_up(number)))
        for number in range(1, count + 1)
    ]
    began = time.perf_counter()
    report = import_referrals(actor=actor, documents=documents, team_id=desk, format="cybertip")
    seconds = time.perf_counter() - began
    if report.kept != count:
        raise RuntimeError(f"{report.kept} of {count} reports were kept")
    return {
        "seconds": seconds,
        "kept": report.kept,
        "withheld": report.withheld,
        "peak": peak_megabytes(),
    }


def store_bare(database: str, count: int) -> float:
    """Do the denominator once and return its seconds."""
    with superuser(database) as admin:
        admin.execute("CREATE TABLE bench_plain (id uuid, kind text, told jsonb)")
        admin.execute("GRANT INSERT ON bench_plain TO liwanag_app")
    reports = [made_up(number) for number in range(1, count + 1)]
    with psycopg.connect(login("default")) as connection:

        def work() -> None:
            for start in range(0, len(reports), BATCH):
                with connection.transaction(), connection.cursor() as cursor:
                    for report in reports[start : start + BATCH]:
                        root = fromstring(report)
                        told = {one.tag: one.text for one in root.iter()}
                        cursor.execute(
                            "INSERT INTO bench_plain VALUES (%s, %s, %s)",
                            [uuid.uuid4(), root.tag, json.dumps(told)],
                        )

        return seconds_of(work)
