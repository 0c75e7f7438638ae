"""Sealed fields: they open in their own place and nowhere else, and never read as blank."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import FieldError
from django.db import DatabaseError, IntegrityError

from audit.acting import acting
from audit.reading import reading
from cases.models import CaseNote, Person, PersonIdentity
from referrals.models import Referral
from tests.factories import add_participant, log_referral, open_case, write_note
from tests.tampering import lower_walls
from vault.envelope import seal, unseal
from vault.errors import UNREADABLE, CannotOpen
from vault.keys import _remember as remember
from vault.keys import data_key, forget_keys, make_keys
from vault.models import DataKey
from vault.opening import opened

TEXT = "The aunt called on Monday."


@pytest.fixture
def tamper(superuser):
    """`tamper(sql, …)`: what an administrator of the database can do behind our back."""
    superuser.execute("SELECT set_config('liwanag.act', %s, false)", [str(uuid.uuid4())])
    lower_walls(superuser, "cases_casenote")
    return superuser.execute


@pytest.fixture
def note(cast):
    return write_note(
        cast.caseworker, open_case(cast.caseworker), facts_reported=TEXT, observations="Calm."
    )


def read(cast, note):
    with reading(cast.caseworker):
        found = CaseNote.objects.visible_to(cast.caseworker).get(pk=note.pk)
        return opened(found, "facts_reported")


def stored(note, column="facts_reported"):
    return bytes(
        CaseNote.objects.using("owner").values_list(column, flat=True).get(pk=note.pk).data
    )


def test_a_text_comes_back_as_it_was_written(cast, note):
    assert read(cast, note).value == TEXT
    with reading(cast.caseworker):
        found = CaseNote.objects.visible_to(cast.caseworker).get(pk=note.pk)
        assert (found.facts_reported, found.actions) == (TEXT, "")


def test_the_same_text_is_sealed_differently_each_time(cast, note):
    again = write_note(cast.caseworker, note.case, facts_reported=TEXT)
    assert stored(note) != stored(again)
    assert TEXT.encode() not in stored(note)
    assert len(stored(note)) == 1 + 2 + 12 + len(TEXT) + 16


def test_a_ciphertext_of_another_row_field_or_owner_does_not_open(cast, note, tamper):
    sibling = write_note(cast.caseworker, note.case, facts_reported="Another note.")
    foreign = write_note(
        cast.caseworker, open_case(cast.caseworker), facts_reported="Another case."
    )
    for source, column in (
        (sibling, "facts_reported"),
        (foreign, "facts_reported"),
        (note, "observations"),
    ):
        tamper(
            "UPDATE cases_casenote SET facts_reported = %s WHERE id = %s",
            [stored(source, column), note.pk],
        )
        assert (read(cast, note).value, read(cast, note).readable) == (str(UNREADABLE), False)


def test_a_note_moved_to_another_case_does_not_open_there(cast, note, tamper):
    other = open_case(cast.caseworker)
    tamper("UPDATE cases_casenote SET case_id = %s WHERE id = %s", [other.pk, note.pk])
    assert not read(cast, note).readable


def test_the_identity_of_one_sibling_does_not_open_as_that_of_the_other(cast, note, tamper):
    one, two = (
        add_participant(cast.caseworker, note.case, identity={"first_name": name})
        for name in ("Tala", "Mayumi")
    )
    tamper(
        "UPDATE cases_personidentity SET details = (SELECT details FROM cases_personidentity "
        "WHERE person_id = %s) WHERE person_id = %s",
        [one.person_id, two.person_id],
    )
    with reading(cast.caseworker):
        identities = PersonIdentity.objects.visible_to(cast.caseworker)
        assert opened(identities.get(person_id=one.person_id), "details").value == {
            "first_name": "Tala"
        }
        assert not opened(identities.get(person_id=two.person_id), "details").readable


def test_every_changed_byte_is_noticed(cast, note, tamper):
    whole = stored(note)
    for at in range(len(whole)):
        changed = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
        with pytest.raises(CannotOpen):
            unseal_note(note, changed)
    for length in range(1, len(whole)):
        with pytest.raises(CannotOpen):
            unseal_note(note, whole[:length])


def unseal_note(note, data):
    return unseal(
        data,
        where="cases.CaseNote.facts_reported",
        owner=("case", note.case_id),
        row=note.pk,
    )


def test_a_key_that_is_gone_leaves_nothing_readable_and_nothing_blank(cast, note, tamper):
    tamper("DELETE FROM vault_datakey WHERE owner_id = %s", [note.case_id])
    forget_keys()
    assert read(cast, note).value == str(UNREADABLE)


def test_a_wrapped_key_that_was_changed_cut_or_swapped_opens_nothing(cast, note, tamper):
    other = open_case(cast.caseworker)
    for sql in (
        "set_byte(wrapped, 30, get_byte(wrapped, 30) # 1)",
        f"(SELECT wrapped FROM vault_datakey WHERE owner_id = '{other.pk}')",
        "substring(wrapped for 20)",
        "substring(wrapped for 3)",
        "''::bytea",
    ):
        tamper(
            f"UPDATE vault_datakey SET wrapped = {sql} WHERE owner_id = %s",
            [note.case_id],
        )
        forget_keys()
        assert not read(cast, note).readable, sql


def test_an_empty_text_stays_empty_and_holds_no_bytes(cast, note):
    assert CaseNote.objects.using("owner").values_list("actions", flat=True).get() == ""
    with reading(cast.caseworker):
        assert opened(CaseNote.objects.visible_to(cast.caseworker).get(), "actions").value == ""


def test_a_sealed_value_survives_a_save_of_the_row_unopened(cast):
    referral = log_referral(cast.intake, subject={"prs_FirstName": "Tala"})
    with acting(cast.intake) as act:
        found = Referral.objects.visible_to(cast.intake).locked().get(pk=referral.pk)
        act.authorise("referrals.start_triage", found)
        found.save(update_fields=["subject"])
        act.record("referral.triage_started", found)
    with reading(cast.intake):
        kept = Referral.objects.visible_to(cast.intake).get(pk=referral.pk)
        assert kept.subject == {"prs_FirstName": "Tala"}


@pytest.mark.parametrize(
    "lookup", ["facts_reported", "facts_reported__contains", "facts_reported__isnull"]
)
def test_nothing_searches_in_sealed_text(database, lookup):
    with pytest.raises(FieldError):
        list(CaseNote.objects.filter(**{lookup: "Monday"}))


def test_sealed_text_is_not_set_in_bulk_and_not_serialised(cast, note):
    with pytest.raises(FieldError):
        CaseNote.objects.filter(pk=note.pk).update(facts_reported="changed")
    with pytest.raises(FieldError):
        CaseNote._meta.get_field("facts_reported").value_to_string(note)


def test_a_row_without_its_owner_is_not_sealed(cast):
    with pytest.raises(FieldError):
        CaseNote(facts_reported=TEXT)._meta.get_field("facts_reported").pre_save(
            CaseNote(facts_reported=TEXT), True
        )


def test_no_key_no_seal(cast):
    with pytest.raises(CannotOpen):
        seal(b"x", where="a.B.c", owner=("case", uuid.uuid4()), row=uuid.uuid4())


def test_an_owner_has_one_key_of_a_version(cast):
    case = open_case(cast.caseworker)
    again = [("case", case.pk)]
    with pytest.raises(IntegrityError, match="one_key_for_an"), acting(cast.caseworker):
        make_keys(again)
    assert DataKey.objects.filter(owner_id=case.pk).count() == 1


def test_keys_are_made_inside_an_act_only(database):
    with pytest.raises(DatabaseError, match="no act is open"):
        make_keys([("case", uuid.uuid4())])


def test_a_person_alone_can_be_made_unreadable(cast, note, tamper):
    one, two = (
        add_participant(cast.caseworker, note.case, identity={"first_name": name})
        for name in ("Tala", "Mayumi")
    )
    tamper("DELETE FROM vault_datakey WHERE owner_id = %s", [one.person_id])
    forget_keys()
    with reading(cast.caseworker):
        people = Person.objects.visible_to(cast.caseworker)
        assert not opened(people.get(pk=one.person_id).identity, "details").readable
        assert opened(people.get(pk=two.person_id).identity, "details").readable
    assert read(cast, note).value == TEXT


def test_a_key_left_over_from_a_rolled_back_act_does_not_hide_the_true_one(cast):
    owner, row = ("handoff", uuid.uuid4()), uuid.uuid4()
    with pytest.raises(ZeroDivisionError), acting(cast.caseworker):
        make_keys([owner])
        raise ZeroDivisionError
    left_over = data_key(owner)
    with acting(cast.caseworker) as act:
        act.authorise("cases.write_note")
        make_keys([owner])
        act.record("case.listed")
    sealed = seal(b"plain", where="x", owner=owner, row=row)
    remember((*owner, 1), left_over)
    assert unseal(sealed, where="x", owner=owner, row=row) == b"plain"
