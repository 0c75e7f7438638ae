"""Writing notes: four parts, the right level, append-only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connections, transaction
from django.urls import reverse
from django.utils import timezone

from audit.acting import open_settings
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseNote, NoteReader
from cases.services.notes import change_level, write_note
from cases.tasks import tell
from core.errors import Denied, DomainError
from tests.factories import add_participant, open_case
from tests.factories import write_note as write
from vault.keys import forget_keys
from vault.opening import opened


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def notes():
    return CaseNote.objects.using("owner").count()


def test_r_n1_the_parts_stay_apart_and_come_back_as_written(cast, case):
    parts = {
        "facts_reported": "The aunt said: “She sleeps at my house now.”",
        "observations": "Calm.\n\nTwo beds.",
        "professional_assessment": "Safe for now.",
        "actions": "Visit again on Friday.",
        "facts_said_by": "the aunt",
    }
    note = write(cast.caseworker, case, **parts)
    with reading(cast.second_caseworker):
        read = CaseNote.objects.visible_to(cast.second_caseworker).get(pk=note.pk)
        assert {name: getattr(read, name) for name in parts} == parts
    event = AuditEvent.objects.filter(verb="note.written").get()
    assert event.fields == list(parts)
    assert event.facts == {
        "kind": "contact",
        "level": 2,
        "lowered": False,
        "addendum": False,
        "readers": 0,
    }


@pytest.mark.parametrize(
    ("kind", "level"),
    [
        ("contact", 2),
        ("plan", 2),
        ("administrative", 2),
        ("assessment", 3),
        ("risk", 3),
        ("health", 3),
        ("private_matter", 3),
        ("survivor_own_words", 3),
    ],
)
def test_r_n4_a_note_starts_at_the_level_of_its_kind(cast, case, kind, level):
    note = write(cast.caseworker, case, kind=kind, facts_reported="“I want to go home.”")
    assert note.sensitivity == level


def test_r_n4_only_a_supervisor_sets_a_level_below_the_usual(cast, case):
    with pytest.raises(Denied):
        write(cast.caseworker, case, kind="risk", sensitivity=2)
    assert notes() == 0
    assert AuditEvent.objects.filter(verb="act.refused").get().facts == {
        "permission": "cases.lower_sensitivity"
    }
    assert write(cast.supervisor, case, kind="risk", sensitivity=2).sensitivity == 2
    assert AuditEvent.objects.filter(verb="note.written").get().facts["lowered"] is True


def test_anybody_may_raise_the_level(cast, case):
    assert write(cast.caseworker, case, sensitivity=4).sensitivity == 4


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("facts_reported", {"facts_reported": " \n "}),
        ("facts_said_by", {"facts_said_by": " "}),
        ("facts_said_by", {"facts_said_by": "x" * 201}),
        ("facts_reported", {"facts_reported": "x" * 20_001}),
        ("actions", {"facts_reported": "a b " * 2_250, "actions": "c d " * 2_751}),
        ("occurred_at", {"occurred_at": timezone.now() + timedelta(days=1)}),
        ("kind", {"kind": "gossip"}),
        ("sensitivity", {"sensitivity": 5}),
        ("observations", {"observations": "data:image/png;base64,iVBORw0KGgo="}),
        ("observations", {"observations": "hash d41d8cd98f00b204e9800998ecf8427e"}),
        ("actions", {"actions": "Look at https://somewhere.example/a"}),
    ],
)
def test_what_does_not_fit_is_refused_by_name_and_nothing_is_kept(cast, case, field, values):
    with pytest.raises(DomainError) as broken:
        write(cast.caseworker, case, **values)
    assert broken.value.field == field
    assert notes() == 0


def test_a_note_of_exactly_the_greatest_length_is_kept(cast, case):
    write(cast.caseworker, case, facts_reported="word " * 3_999 + "wordy")
    assert notes() == 1


def test_r_n5_an_addendum_leaves_the_note_as_it_is_and_is_never_less_closed(cast, case):
    note = write(cast.caseworker, case, kind="risk")
    before = CaseNote.objects.using("owner").filter(pk=note.pk).values().get()
    added = write(cast.second_caseworker, case, kind="contact", addendum_to_id=note.pk)
    assert (added.addendum_to_id, added.sensitivity) == (note.pk, 3)
    assert CaseNote.objects.using("owner").filter(pk=note.pk).values().get() == before
    with pytest.raises(DomainError) as broken:
        write(cast.caseworker, case, addendum_to_id=added.pk)
    assert broken.value.field == "addendum_to_id"
    assert notes() == 2


def test_nobody_adds_to_a_note_of_another_case_or_one_they_cannot_read(cast, case):
    other = write(cast.caseworker, open_case(cast.caseworker))
    with pytest.raises(CaseNote.DoesNotExist):
        write(cast.caseworker, case, addendum_to_id=other.pk)
    sealed = write(cast.caseworker, case, sensitivity=4)
    with pytest.raises(CaseNote.DoesNotExist):
        write(cast.second_caseworker, case, addendum_to_id=sealed.pk)
    assert notes() == 2


def test_readers_are_named_only_among_those_who_work_on_the_case(cast, case):
    note = write(cast.caseworker, case, sensitivity=4, reader_ids=[cast.legal.pk])
    assert NoteReader.objects.using("owner").get().user_id == cast.legal.pk
    for outsider in (cast.south_caseworker, cast.auditor, cast.stranger_caseworker):
        with pytest.raises(DomainError) as broken:
            write(cast.caseworker, case, sensitivity=4, reader_ids=[outsider.pk])
        assert broken.value.field == "reader_ids"
    assert list(CaseNote.objects.using("owner").values_list("pk", flat=True)) == [note.pk]


@pytest.mark.parametrize("who", ["intake", "liaison"])
def test_those_who_only_read_notes_write_none(cast, case, who):
    with pytest.raises(Denied):
        write(getattr(cast, who), case)
    assert notes() == 0


def test_a_note_is_not_written_in_a_case_one_does_not_see(cast, case):
    with pytest.raises(Case.DoesNotExist):
        write_note(
            actor=cast.south_caseworker,
            case_id=case.pk,
            kind="contact",
            occurred_at=timezone.now(),
            facts_reported="Somebody called.",
        )
    assert notes() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases_casenote SET kind = 'plan'",
        "UPDATE cases_casenote SET actions = ''",
        "DELETE FROM cases_casenote",
    ],
)
def test_r_n5_the_database_lets_nobody_change_or_remove_a_note(cast, case, statement):
    write(cast.caseworker, case)
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        open_settings(actor=cast.caseworker.pk, act=case.pk)
        with connections["default"].cursor() as cursor:
            cursor.execute(statement)
    assert CaseNote.objects.using("owner").get().kind == "contact"


def test_r_n2_own_words_stand_in_quotation_marks_and_nothing_is_concluded_from_them(cast, case):
    said = {"kind": "survivor_own_words", "facts_said_by": ""}
    for field, over in (
        ("facts_reported", {"facts_reported": "She told me that she is afraid."}),
        ("facts_reported", {"facts_reported": "“”"}),
        (
            "professional_assessment",
            {"facts_reported": "“I am afraid.”", "professional_assessment": "Fear of the uncle."},
        ),
    ):
        with pytest.raises(DomainError) as broken:
            write(cast.caseworker, case, **said, **over)
        assert broken.value.field == field
    assert notes() == 0
    assert write(cast.caseworker, case, **said, facts_reported="“I am afraid.”").sensitivity == 3


def test_r_n2_of_a_forensic_interview_only_day_place_and_agency_are_kept(cast, case):
    interview = {
        "kind": "forensic_interview",
        "facts_reported": "",
        "facts_said_by": "",
        "interview_place": "child_friendly_room",
        "interview_agency_id": cast.cyber_unit.pk,
    }
    for field, over in (
        ("facts_reported", {"facts_reported": "She said that he came at night."}),
        ("observations", {"observations": "She cried."}),
        ("facts_said_by", {"facts_said_by": "the child"}),
        ("interview_place", {"interview_place": ""}),
        ("interview_agency_id", {"interview_agency_id": None}),
        ("interview_agency_id", {"interview_agency_id": cast.shelter.pk}),
    ):
        with pytest.raises(DomainError) as broken:
            write(cast.caseworker, case, **{**interview, **over})
        assert broken.value.field == field
    assert notes() == 0
    kept = write(cast.caseworker, case, **interview)
    assert (kept.parts, kept.interview_place) == ([], "child_friendly_room")
    # A place on another kind of note is not kept.
    assert write(cast.caseworker, case, interview_place="court").interview_place == ""


def test_a_note_about_one_person_is_sealed_under_that_persons_key_alone(cast, case):
    child = add_participant(cast.caseworker, case)
    sibling = add_participant(cast.caseworker, case)
    about = write(cast.caseworker, case, person_id=child.person_id, facts_reported="Sleeps badly.")
    added = write(cast.caseworker, case, addendum_to_id=about.pk, person_id=sibling.person_id)
    assert added.person_id == child.person_id, "an addendum follows its note"
    shared = write(cast.caseworker, case, facts_reported="Both go to school.")
    stranger = add_participant(cast.caseworker, open_case(cast.caseworker))
    with pytest.raises(DomainError) as broken:
        write(cast.caseworker, case, person_id=stranger.person_id)
    assert broken.value.field == "person_id"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', 'x', false)")
        cursor.execute("DELETE FROM vault_datakey WHERE owner_id = %s", [child.person_id])
    forget_keys()
    with reading(cast.caseworker):
        found = CaseNote.objects.visible_to(cast.caseworker).in_bulk()
        assert found[shared.pk].facts_reported == "Both go to school."
        for note in (about, added):
            assert not opened(found[note.pk], "facts_reported").readable


def test_r_n4_r_n5_a_signed_note_changes_in_its_level_alone_and_only_a_supervisor_lowers_it(
    cast, case
):
    note = write(cast.caseworker, case)
    assert change_level(actor=cast.caseworker, note_id=note.pk, level=3).sensitivity == 3
    for who, level, error in (
        (cast.caseworker, 2, Denied),  # its author lowers nothing
        (cast.second_caseworker, 4, Denied),  # another raises nothing
        (cast.supervisor, 3, DomainError),  # the level it has
        (cast.supervisor, 9, DomainError),
        (cast.intake, 2, CaseNote.DoesNotExist),
    ):
        with pytest.raises(error):
            change_level(actor=who, note_id=note.pk, level=level)
    assert CaseNote.objects.using("owner").get().sensitivity == 3
    change_level(actor=cast.supervisor, note_id=note.pk, level=4)
    # Whoever seals it goes on reading it; others no longer do.
    with reading(cast.supervisor):
        assert CaseNote.objects.visible_to(cast.supervisor).filter(pk=note.pk).exists()
    with reading(cast.second_caseworker):
        assert not CaseNote.objects.visible_to(cast.second_caseworker).exists()
    change_level(actor=cast.supervisor, note_id=note.pk, level=2)
    facts = AuditEvent.objects.filter(verb="note.level_changed").order_by("id")
    assert [event.facts for event in facts] == [
        {"from": 2, "to": 3},
        {"from": 3, "to": 4},
        {"from": 4, "to": 2},
    ]
    # Below Python too: not even the author's own session lowers a level.
    change_level(actor=cast.caseworker, note_id=note.pk, level=3)
    with pytest.raises(DatabaseError, match="only a supervisor"), transaction.atomic():
        open_settings(actor=cast.caseworker.pk, act=case.pk)
        with connections["default"].cursor() as cursor:
            cursor.execute("UPDATE cases_casenote SET sensitivity = 1")


def test_r_n5_a_correction_marks_the_note_as_superseded_for_those_who_read_both(
    cast, case, client_of
):
    note = write(cast.caseworker, case, facts_reported="She starts on Monday.")
    assert not write(cast.caseworker, case, corrects=True).corrects, "nothing to correct"
    write(
        cast.caseworker,
        case,
        addendum_to_id=note.pk,
        corrects=True,
        sensitivity=3,
        facts_reported="She starts on Tuesday.",
    )
    page = client_of(cast.second_caseworker).get(f"/cases/notes/{note.pk}/").content.decode()
    assert "Superseded: corrected below" in page
    assert "She starts on Monday." in page
    # An intake officer does not read L3: the note is not marked by what they cannot see.
    page = client_of(cast.intake).get(f"/cases/notes/{note.pk}/").content.decode()
    assert "Superseded" not in page


def test_a_mention_asks_only_those_who_may_read_and_tells_nothing(cast, case, client_of):
    for over in (
        {"mention_ids": [cast.intake.pk], "kind": "risk"},  # L3
        {"mention_ids": [cast.south_caseworker.pk]},
        {"mention_ids": [cast.clinician.pk], "sensitivity": 4},
    ):
        with pytest.raises(DomainError) as broken:
            write(cast.caseworker, case, **over)
        assert broken.value.field == "mention_ids"
    assert notes() == 0
    note = write(
        cast.caseworker,
        case,
        sensitivity=4,
        reader_ids=[cast.clinician.pk],
        mention_ids=[cast.clinician.pk],
        facts_reported="She sleeps badly.",
    )
    tell(str(cast.clinician.pk))
    (told,) = mail.outbox
    assert (told.to, told.subject) == ([cast.clinician.email], "You have something new")
    assert "sleeps" not in told.body
    assert case.reference not in told.body
    client = client_of(cast.clinician)
    assert "Read a note a colleague points you to" in client.get("/").content.decode()
    page = client.get(f"/cases/notes/{note.pk}/").content.decode()
    assert "A colleague asked you to read this." in page
    assert client.post(f"/cases/notes/{note.pk}/read/").status_code == 302
    assert client.post(f"/cases/notes/{note.pk}/read/").status_code == 404, "nothing waits now"
    assert "points you to" not in client.get("/").content.decode()


def test_a_note_of_five_megabytes_is_refused_before_it_is_read(cast, case, client_of, caplog):
    client = client_of(cast.caseworker)
    address = reverse("cases:write_note", args=[case.pk])
    answer = client.post(address, {"facts_reported": "Kulasisi " * 600_000})
    assert answer.status_code == 413
    assert "Kulasisi" not in answer.content.decode() + caplog.text
    big = client.post(
        "/api/v1/notes/",
        {"case": str(case.pk), "kind": "contact", "facts_reported": "Kulasisi " * 600_000},
        content_type="application/json",
    )
    assert big.status_code in (400, 413)
    assert "Kulasisi" not in big.content.decode() + caplog.text
    assert notes() == 0
