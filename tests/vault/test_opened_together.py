"""Many rows opened at once open as they would one by one, and what does not open says why."""

from __future__ import annotations

import uuid

import pytest

from audit.reading import reading
from cases.models import CaseNote
from cases.selectors.note import TEXTS
from tests.factories import add_participant, open_case, write_note
from tests.tampering import lower_walls
from vault.errors import UNREADABLE
from vault.fields import Sealed
from vault.keys import forget_keys
from vault.opening import bare, open_together, opened, opened_rows


@pytest.fixture
def notes(cast):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    return [
        write_note(cast.caseworker, case, facts_reported="One.", actions="Call."),
        write_note(cast.caseworker, case, facts_reported="Two.", actions="Wait."),
        write_note(cast.caseworker, case, facts_reported="Hers.", person_id=place.person_id),
    ]


def fetched(actor, *, defer=()):
    with reading(actor):
        found = CaseNote.objects.visible_to(actor).defer(*defer).order_by("created_at")
        return list(found)


def scanned(actor):
    with reading(actor):
        rows = [
            (("person", person_id) if person_id else ("case", case_id), pk, columns)
            for pk, case_id, person_id, *columns in CaseNote.objects.visible_to(actor)
            .order_by("created_at")
            .values_list("pk", "case_id", "person_id", *bare(*TEXTS))
        ]
        return list(opened_rows(CaseNote, TEXTS, rows))


def test_they_open_in_place_and_for_a_scan(cast, notes):
    rows = fetched(cast.caseworker)
    with reading(cast.caseworker):
        open_together(rows, TEXTS)
    assert [row.__dict__["facts_reported"] for row in rows] == ["One.", "Two.", "Hers."]
    assert [row.observations for row in rows] == ["", "", ""]
    assert [texts.get("actions") for texts, _broken in scanned(cast.caseworker)] == [
        "Call.",
        "Wait.",
        None,
    ]
    # What was not fetched is fetched and opened when it is asked for, as ever.
    (first, *_more) = fetched(cast.caseworker, defer=["actions"])
    with reading(cast.caseworker):
        open_together([first], TEXTS)
        assert first.actions == "Call."
    open_together([], TEXTS)


def test_what_was_swapped_or_cut_stays_closed_and_the_rest_opens(cast, notes, superuser):
    superuser.execute("SELECT set_config('liwanag.act', %s, false)", [str(uuid.uuid4())])
    lower_walls(superuser, "cases_casenote")
    one, two, hers = notes
    superuser.execute(
        "UPDATE cases_casenote a SET facts_reported = b.facts_reported FROM cases_casenote b "
        "WHERE a.id = %s AND b.id = %s",
        [one.pk, two.pk],
    )
    superuser.execute(
        "UPDATE cases_casenote SET actions = substr(actions, 1, 20) WHERE id = %s", [two.pk]
    )
    superuser.execute("DELETE FROM vault_datakey WHERE owner_id = %s", [hers.person_id])
    forget_keys()
    rows = fetched(cast.caseworker)
    with reading(cast.caseworker):
        open_together(rows, TEXTS)
        told = [[opened(row, name) for name in ("facts_reported", "actions")] for row in rows]
    assert [[part.value for part in row] for row in told] == [
        [str(UNREADABLE), "Call."],
        ["Two.", str(UNREADABLE)],
        [str(UNREADABLE), ""],
    ]
    assert [[part.readable for part in row] for row in told] == [
        [False, True],
        [True, False],
        [False, True],
    ]
    assert isinstance(rows[0].__dict__["facts_reported"], Sealed)
    assert scanned(cast.caseworker) == [
        ({"facts_said_by": "the aunt", "actions": "Call."}, True),
        ({"facts_said_by": "the aunt", "facts_reported": "Two."}, True),
        ({}, True),
    ]
