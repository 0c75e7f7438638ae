"""More cases opened by one person within an hour than work needs: an event, and no more."""

from __future__ import annotations

from audit.models import AuditEvent
from audit.reading import reading
from tests.factories import open_case
from vault.keys import data_key, load_keys
from vault.watch import forget_counts


def said():
    return list(AuditEvent.objects.filter(verb="keys.many_opened").order_by("id"))


def test_opening_unusually_many_cases_is_said_once_and_of_that_person_alone(cast, settings):
    settings.LIWANAG_MANY_CASES = 3
    forget_counts()
    cases = [open_case(cast.caseworker) for _ in range(5)]
    with reading(cast.second_caseworker):
        for case in cases[:3] * 2:
            data_key(("case", case.pk))
    assert said() == []
    with reading(cast.second_caseworker) as look:
        data_key(("case", cases[3].pk))
    (event,) = said()
    assert (event.actor_id, event.act) == (cast.second_caseworker.pk, look.id)
    assert event.facts == {"cases": 4, "minutes": 60}
    with reading(cast.second_caseworker):
        data_key(("case", cases[4].pk))
    assert len(said()) == 1
    # Another person, and a whole list in one query.
    with reading(cast.supervisor):
        load_keys([("case", case.pk) for case in cases])
    assert [event.actor_id for event in said()] == [cast.second_caseworker.pk, cast.supervisor.pk]


def test_without_redis_nothing_is_refused(cast, settings):
    case = open_case(cast.caseworker)
    forget_counts()
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1"}}
    with reading(cast.supervisor):
        assert data_key(("case", case.pk))
    assert said() == []
