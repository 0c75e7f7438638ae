"""Charts of use: counted right, said as sentences, drawn with their tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from desk.selectors.usage import usage
from desk.watch_rules import WatchRules
from tests.audit.conftest import INSERT, event

MANILA = ZoneInfo("Asia/Manila")


def backdated(superuser, at, **over):
    """An event as it would have been written then."""
    # First, since it is an event too.
    superuser.execute("ALTER TABLE audit_event DISABLE TRIGGER append_only")
    superuser.execute(INSERT, event(**over))
    superuser.execute(
        "UPDATE audit_event SET at = %s WHERE id = (SELECT max(id) FROM audit_event)", [at]
    )


def test_openings_refusals_roles_and_nights_are_counted(cast, client_of, superuser):
    wednesday = datetime(2027, 3, 10, 12, tzinfo=MANILA)
    ours = {"agency_id": cast.agency.pk, "actor_id": cast.caseworker.pk}
    for hours in (0, 1, 2, 24, 48, 12):  # the last one at midnight
        backdated(superuser, wednesday - timedelta(hours=hours), **ours)
    backdated(superuser, wednesday, **ours, verb="act.refused", outcome="refused")
    backdated(superuser, wednesday, agency_id=cast.cyber_unit.pk, role="partner_officer")
    backdated(superuser, wednesday - timedelta(days=30), **ours)
    charts = {
        chart.title: chart
        for chart in usage(
            cast.auditor,
            period="7days",
            agency_id=cast.agency.pk,
            at=wednesday + timedelta(hours=3),
        )
    }
    openings = charts["Openings"]
    assert [row["value"] for row in openings.rows] == [0, 0, 0, 0, 1, 1, 4]
    assert openings.finding == "Most openings: Wed 10 Mar, 4 of 6."
    assert charts["Refusals"].finding == "Most refusals: Wed 10 Mar, 1 of 1."
    assert charts["Openings by role"].body == [["Caseworker", "6"]]
    assert charts["Out of hours"].finding == "17% of openings were out of hours: 1 of 6."
    everywhere = usage(cast.auditor, period="8weeks", agency_id=None, at=wednesday)
    assert len(everywhere[0].rows) == 8
    assert sum(row["value"] for row in everywhere[0].rows) == 8
    client_of(cast.caseworker).get("/cases/")
    client = client_of(cast.auditor)
    page = client.get(f"/audit/usage/?period=14days&agency={cast.agency.pk}").content.decode()
    assert page.count('<svg role="img"') == 3
    assert page.count("<table") >= 3
    assert client_of(cast.manager).get("/audit/usage/").status_code == 403


def test_ordinary_hours_are_those_of_the_place():
    rules = WatchRules()
    assert rules.is_out_of_hours(datetime(2026, 11, 25, 5, 59, tzinfo=MANILA))
    assert not rules.is_out_of_hours(datetime(2026, 11, 25, 6, 0, tzinfo=MANILA))
    assert rules.is_out_of_hours(datetime(2026, 11, 25, 21, 0, tzinfo=MANILA))
    assert rules.is_out_of_hours(datetime(2026, 11, 22, 12, 0, tzinfo=MANILA))
