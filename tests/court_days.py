"""A court case with hearings to work on, for the tests about hearings."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from audit.reading import reading
from courts.selectors.hearing import hearing_page, one_hearing
from courts.services import hearings, proceedings
from tests.factories import add_participant

SOON = timezone.localdate() + timedelta(days=20)


def begin(cast, case, country="PH"):
    accused = add_participant(
        cast.caseworker, case, role="alleged_offender_source", legal_status="suspect"
    )
    return proceedings.open_proceeding(
        actor=cast.legal,
        case_id=case.pk,
        accused_id=accused.pk,
        jurisdiction=country,
        side="source",
        opened_on=date(2026, 1, 5),
    )


def schedule(cast, *of, **over):
    values = {
        "kind": "trial",
        "day": SOON,
        "time": "08:30",
        "zone": "Asia/Manila",
        "place": "Branch 4, Hall of Justice",
    }
    return hearings.schedule_hearings(
        actor=cast.legal, proceeding_ids=[one.pk for one in of], **{**values, **over}
    )


def prepare(cast, hearing, version=1, **over):
    values = {"protections": [], "attendances": {}, "supporters": {}}
    return hearings.prepare_hearing(
        actor=cast.legal, hearing_id=hearing.pk, version=version, **{**values, **over}
    )


def end(cast, hearing, version=1, **over):
    return hearings.end_hearing(actor=cast.legal, hearing_id=hearing.pk, version=version, **over)


def page_of(cast, hearing):
    with reading(cast.legal):
        found = one_hearing(cast.legal, hearing.pk)
        return hearing_page(cast.legal, found, timezone.now())
