"""Replacing the key-encryption key: no note is touched, and old ones die on their day."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseNote
from core.errors import Denied, DomainError
from tests.factories import open_case, write_note
from vault.errors import CannotOpen, KeyUnavailable
from vault.key_provider import KEY_FILE, FileKeyProvider, key_provider
from vault.keys import data_key, forget_keys, make_keys
from vault.models import DataKey, KeyEpoch
from vault.services import epochs
from vault.services.epochs import retire_key_epoch, rotate_keys

TEXT = "The aunt called on Monday."


@pytest.fixture
def own_keys(database, tmp_path, settings):
    """A copy of the run's keys, so that a rotation here is nobody else's."""
    folder = tmp_path / "keys"
    shutil.copytree(live.LIWANAG_KEYS_DIR, folder)
    settings.LIWANAG_KEYS_DIR = folder
    key_provider.cache_clear()
    forget_keys()
    yield folder
    key_provider.cache_clear()
    forget_keys()


@pytest.fixture
def keeper(database):
    return User.objects.get(pk=KEY_KEEPER_ID)


def sealed(note):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT facts_reported, xmin::text FROM cases_casenote WHERE id = %s", [note.pk]
        )
        data, written = cursor.fetchone()
        return bytes(data), written


def read(cast, note):
    forget_keys()
    with reading(cast.caseworker):
        return CaseNote.objects.visible_to(cast.caseworker).get(pk=note.pk).facts_reported


def now():
    return timezone.now()


def test_a_rotation_wraps_every_key_anew_and_touches_no_note(cast, own_keys, keeper):
    note = write_note(cast.caseworker, open_case(cast.caseworker), facts_reported=TEXT)
    for _more in range(3):
        open_case(cast.caseworker)
    before, old = sealed(note), key_provider().epoch
    wrapped = dict(DataKey.objects.values_list("pk", "wrapped"))
    told = []
    rotation = rotate_keys(
        actor=keeper, at=now(), batch=2, progress=lambda *told_now: told.append(told_now)
    )
    assert rotation.epoch == key_provider().epoch != old
    assert (rotation.rewrapped, rotation.unreadable) == (len(wrapped), [])
    assert told[-1] == (len(wrapped), len(wrapped))
    assert len(told) == -(-len(wrapped) // 2)
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {rotation.epoch}
    for pk, data in DataKey.objects.values_list("pk", "wrapped"):
        assert bytes(data) != bytes(wrapped[pk])
    assert sealed(note) == before
    assert read(cast, note) == TEXT
    verbs = AuditEvent.objects.filter(actor_id=keeper.pk).values_list("verb", flat=True)
    assert {"epoch.began", "keys.rewrapped", "epoch.replaced"} <= set(verbs)


def test_an_interrupted_rotation_goes_on_and_loses_nothing(cast, own_keys, keeper, monkeypatch):
    note = write_note(cast.caseworker, open_case(cast.caseworker), facts_reported=TEXT)
    honest, calls = epochs._rewrap, []

    def breaks(*args):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return honest(*args)

    monkeypatch.setattr(epochs, "_rewrap", breaks)
    with pytest.raises(KeyboardInterrupt):
        rotate_keys(actor=keeper, at=now(), batch=1)
    began = key_provider().epoch
    assert DataKey.objects.values("epoch").distinct().count() == 2
    assert read(cast, note) == TEXT
    with pytest.raises(DomainError, match="to its end first"):
        retire_key_epoch(actor=keeper, at=now() + timedelta(days=99))
    # Meanwhile people work: what they make is under the new key, whoever wraps it.
    open_case(cast.caseworker)
    rotation = rotate_keys(actor=keeper, at=now())
    assert (rotation.resumed, rotation.epoch) == (True, began)
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {began}
    assert read(cast, note) == TEXT


def test_an_old_key_is_kept_until_its_day_and_an_erased_key_stays_erased(cast, own_keys, keeper):
    case = open_case(cast.caseworker)
    erased = DataKey.objects.get(owner_type="case", owner_id=case.pk)
    old = key_provider().epoch
    rotate_keys(actor=keeper, at=now())
    assert retire_key_epoch(actor=keeper, at=now() + timedelta(days=30)) == []
    assert key_provider().holds(old)
    with pytest.raises(DomainError):
        retire_key_epoch(actor=keeper, at=now(), name=old)
    with pytest.raises(DomainError):
        retire_key_epoch(actor=keeper, at=now(), name=key_provider().epoch, early=True)
    # From a backup of before the erasure: the wrapped key opens as long as the old epoch lives.
    found = (bytes(erased.wrapped), f"liwanag-data-key|v1|case|{case.pk}|1".encode(), old)
    assert key_provider().unwrap(*found) == data_key(("case", case.pk))
    assert retire_key_epoch(actor=keeper, at=now() + timedelta(days=32)) == [old]
    assert not key_provider().holds(old)
    assert [path.name for path in own_keys.glob("key-encryption*")] == [KEY_FILE]
    for provider in (key_provider(), FileKeyProvider(own_keys / KEY_FILE)):
        with pytest.raises(KeyUnavailable):
            provider.unwrap(*found)
    assert KeyEpoch.objects.get(name=old).destroyed_at is not None
    assert retire_key_epoch(actor=keeper, at=now() + timedelta(days=99)) == []


def test_running_processes_notice_the_new_key_by_themselves(cast, own_keys, keeper):
    other_process = FileKeyProvider(own_keys / KEY_FILE)
    old = other_process.epoch
    rotate_keys(actor=keeper, at=now())
    assert other_process.epoch == key_provider().epoch != old
    row = DataKey.objects.first()
    context = f"liwanag-data-key|v1|{row.owner_type}|{row.owner_id}|1".encode()
    assert other_process.unwrap(bytes(row.wrapped), context, row.epoch)


def test_a_key_that_does_not_open_is_named_and_does_not_stop_the_others(
    cast, own_keys, keeper, superuser
):
    broken, whole = open_case(cast.caseworker), open_case(cast.caseworker)
    superuser.execute("SET liwanag.act = 'x'")
    superuser.execute(
        "UPDATE vault_datakey SET wrapped = 'clear'::bytea WHERE owner_id = %s", [broken.pk]
    )
    row = DataKey.objects.get(owner_id=broken.pk)
    with pytest.raises(CommandError, match="1 data keys do not open"):
        call_command("rotate_keys", verbosity=0)
    assert AuditEvent.objects.filter(verb="key.unreadable", object_id=row.pk).exists()
    forget_keys()
    assert data_key(("case", whole.pk))
    with pytest.raises(CannotOpen):
        data_key(("case", broken.pk))


def test_a_rotation_without_the_old_key_stops_and_says_so(cast, own_keys, keeper):
    open_case(cast.caseworker)
    key_provider().rotate()
    for old in own_keys.glob("key-encryption.?*.key"):
        old.unlink()
    key_provider.cache_clear()
    with pytest.raises(CommandError, match="is not epoch"):
        call_command("rotate_keys", verbosity=0)


def test_only_the_keeper_rotates_and_retires(cast, own_keys):
    epoch = key_provider().epoch
    for person in (cast.admin, cast.dpo, cast.supervisor):
        with pytest.raises(Denied):
            rotate_keys(actor=person, at=now())
        with pytest.raises(Denied):
            retire_key_epoch(actor=person, at=now())
    assert key_provider().epoch == epoch
    assert not KeyEpoch.objects.exists()


def test_one_rotation_at_a_time(cast, own_keys, keeper, superuser):
    superuser.execute("SELECT pg_advisory_lock(%s, %s)", epochs.LOCK)
    with pytest.raises(DomainError, match="just now"):
        rotate_keys(actor=keeper, at=now())


def test_keys_made_in_an_act_that_is_rolled_back_are_not_there(cast, own_keys):
    owner = ("case", open_case(cast.caseworker).pk)
    with pytest.raises(ZeroDivisionError), acting(cast.caseworker):
        make_keys([("handoff", owner[1])])
        raise ZeroDivisionError
    assert not DataKey.objects.filter(owner_type="handoff").exists()
