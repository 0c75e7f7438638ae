"""The board of the desk: what came, what was answered in time, what is missing, and for whom."""

from __future__ import annotations

import html
import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from referrals.board import Fact, board_of, shown
from referrals.services.asking import acknowledge_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral

# A Wednesday.
NOW = datetime(2026, 3, 18, 4, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _fact(**over: Any) -> Fact:
    values = {
        "team_id": uuid.uuid4(),
        "source": "school",
        "status": "received",
        "started": NOW - 5 * HOUR,
        "acknowledged": None,
        "triaged": None,
        "waited": timedelta(),
        "danger": False,
        "heard": True,
        "missing": (),
    }
    return Fact(**{**values, **over})


def _board(*facts: Fact, exact: bool = True) -> Any:
    return board_of(facts, NOW, exact=exact, fields=["country", "legal_basis"])


def test_in_time_counts_working_days_and_late_is_derived():
    friday = datetime(2026, 3, 13, 4, tzinfo=UTC)
    board = _board(
        _fact(acknowledged=NOW),
        # From Friday noon to Monday noon is one working day.
        _fact(started=friday, acknowledged=friday + 72 * HOUR, triaged=friday + 2 * HOUR),
        _fact(started=friday, acknowledged=friday + 80 * HOUR, triaged=friday + 4 * HOUR),
        _fact(started=NOW - 2 * HOUR, danger=True),
        _fact(started=NOW - 2 * HOUR, danger=True, waited=2 * HOUR),
        _fact(status="declined", heard=False, triaged=NOW, started=NOW - 9 * HOUR),
    )
    line = board.together
    assert (line.received, line.answered_in_time, line.answerable) == (6, 2, 5)
    assert (line.backlog, line.late, line.hours) == (5, 1, 4)


def test_what_is_missing_is_counted_field_by_field():
    gaps = _board(_fact(missing=["country"]), _fact(missing=["country"]), _fact()).gaps
    assert [(gap.field, gap.count) for gap in gaps] == [("country", 2), ("legal_basis", 0)]


@pytest.mark.parametrize(("count", "seen"), [(0, None), (4, None), (5, 5), (9, 5), (10, 10)])
def test_a_small_count_is_not_shown_and_others_stand_in_steps(count, seen):
    assert shown(count, exact=False) == seen
    assert shown(count, exact=True) == count


def test_a_kind_of_source_with_few_referrals_has_no_line_of_its_own():
    facts = [_fact() for _number in range(6)] + [_fact(source="court", triaged=NOW)]
    board = _board(*facts, exact=False)
    assert [line.source for line in board.lines] == ["school"]
    assert (board.together.received, board.together.hours) == (5, None)


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_a_supervisor_counts_their_own_desk_exactly_and_a_manager_the_agency_roughly(
    cast, client_of
):
    for _number in range(3):
        log_referral(cast.intake, source_category="school", country="PH")
    told = log_referral(cast.intake, source_category="health", content_origin="unknown")
    acknowledge_referral(actor=cast.intake, referral_id=told.pk, way="phone")
    start_triage(actor=cast.intake, referral_id=told.pk)
    for _number in range(4):
        log_referral(cast.south_caseworker, source_category="school")
    log_referral(cast.stranger_caseworker, source_category="school")
    exact = _words(client_of(cast.supervisor).get("/referrals/board/"))
    assert "School 3 0 of 3 3 0 –" in exact
    assert "Health service 1 1 of 1 1 0 1" in exact
    assert "All together 4 1 of 4 4 0 1" in exact
    assert "How the material came about 1" in exact
    assert "Country of the child 1" in exact
    rough = _words(client_of(cast.manager).get("/referrals/board/"))
    assert "School 5 not shown 5 not shown not shown" in rough
    assert "Health service 1" not in rough
    assert "Counts below 5 are not shown" in rough
    event = AuditEvent.objects.filter(verb="referral.board_opened").latest("id")
    assert event.facts == {"filters": [], "exact": False}
    reports = client_of(cast.manager).get(reverse("reporting:list"))
    assert "/referrals/board/" in reports.content.decode()


def test_the_board_is_narrowed_by_days_team_and_source(cast, client_of):
    log_referral(cast.intake, source_category="school")
    log_referral(
        cast.intake, source_category="court", received_at=timezone.now() - timedelta(days=40)
    )
    client = client_of(cast.supervisor)

    def board(**asked: Any) -> str:
        return _words(client.get("/referrals/board/", asked))

    day = timezone.localdate() - timedelta(days=30)
    assert "All together 1" in board(first=day.isoformat())
    assert "All together 1" in board(source="court")
    assert "All together 2" in board(team=str(cast.north.pk))
    assert client.get("/referrals/board/", {"team": str(cast.south.pk)}).status_code == 422
    assert "Choose at most a year" in board(first="2019-01-01")
    assert "before the first one" in board(first="2026-01-02", last="2026-01-01")


def test_the_board_is_for_those_who_lead_and_nobody_else(cast, client_of):
    for person in (cast.intake, cast.caseworker, cast.analyst, cast.partner):
        assert client_of(person).get("/referrals/board/").status_code == 403
