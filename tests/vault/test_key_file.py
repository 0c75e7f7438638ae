"""The key-encryption key: refused when missing, open to others, or another one."""

from __future__ import annotations

import secrets

import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command

from audit.models import AuditEvent
from tests.factories import open_case, write_note
from vault.errors import UNREADABLE, KeyUnavailable
from vault.key_provider import KEY_FILE, FileKeyProvider, create_key_file, key_provider
from vault.keys import forget_keys

CONTEXT = b"somebody's key"


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "keys" / KEY_FILE
    create_key_file(path)
    return path


@pytest.fixture
def other_key(key_file, settings):
    """A key-encryption key in place of the installation's own."""
    settings.LIWANAG_KEYS_DIR = key_file.parent
    key_provider.cache_clear()
    forget_keys()
    yield key_file
    key_provider.cache_clear()
    forget_keys()


def test_a_fresh_key_is_its_owners_alone_and_wraps_what_it_unwraps(key_file):
    assert key_file.stat().st_mode & 0o777 == 0o400
    assert key_file.parent.stat().st_mode & 0o077 == 0
    provider = FileKeyProvider(key_file)
    key = secrets.token_bytes(32)
    wrapped = provider.wrap(key, CONTEXT)
    assert key not in wrapped
    assert provider.unwrap(wrapped, CONTEXT, provider.epoch) == key


def test_a_wrapped_key_does_not_open_for_another_owner(key_file):
    provider = FileKeyProvider(key_file)
    wrapped = provider.wrap(secrets.token_bytes(32), CONTEXT)
    with pytest.raises(InvalidTag):
        provider.unwrap(wrapped, b"somebody else's", provider.epoch)


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o401, 0o644, 0o600 | 0o040])
def test_a_key_that_others_can_reach_is_refused(key_file, mode):
    key_file.chmod(mode)
    with pytest.raises(KeyUnavailable, match="can be read by others"):
        FileKeyProvider(key_file)


def test_a_missing_key_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(KeyUnavailable, match="restore it from its escrow"):
        FileKeyProvider(tmp_path / KEY_FILE)


@pytest.mark.parametrize("size", [0, 16, 47, 49])
def test_a_file_that_is_no_key_is_refused(key_file, size):
    key_file.chmod(0o600)
    key_file.write_bytes(bytes(size))
    with pytest.raises(KeyUnavailable, match="is not a key-encryption key"):
        FileKeyProvider(key_file)


def test_a_key_of_another_epoch_is_named_before_anything_is_tried(key_file, tmp_path):
    create_key_file(tmp_path / "other.key")
    provider, other = FileKeyProvider(key_file), FileKeyProvider(tmp_path / "other.key")
    wrapped = provider.wrap(secrets.token_bytes(32), CONTEXT)
    with pytest.raises(KeyUnavailable, match=f"is not epoch {provider.epoch}"):
        other.unwrap(wrapped, CONTEXT, provider.epoch)


def test_a_key_is_never_overwritten(key_file):
    before = key_file.read_bytes()
    with pytest.raises(FileExistsError):
        create_key_file(key_file)
    assert key_file.read_bytes() == before


@pytest.mark.parametrize("exchanged", [True, False])
def test_without_its_key_a_note_says_on_its_page_that_it_cannot_be_read(
    cast, other_key, client_of, exchanged
):
    case = open_case(cast.caseworker)
    note = write_note(cast.caseworker, case, facts_reported="Tala")
    other_key.unlink()
    if exchanged:
        create_key_file(other_key)
    key_provider.cache_clear()
    forget_keys()
    client = client_of(cast.caseworker)
    for address in (f"/cases/notes/{note.pk}/", f"/cases/{case.pk}/notes/"):
        response = client.get(address)
        assert response.status_code == 200
        assert str(UNREADABLE) in response.content.decode()
        assert "Tala" not in response.content.decode()
    assert AuditEvent.objects.filter(verb="text.unreadable", object_id=note.pk).count() == 2


def test_without_the_key_nothing_new_is_written(cast, other_key):
    other_key.unlink()
    key_provider.cache_clear()
    with pytest.raises(KeyUnavailable):
        open_case(cast.caseworker)


def test_a_lost_key_is_not_replaced_while_the_database_needs_it(database, tmp_path, settings):
    settings.LIWANAG_KEYS_DIR = tmp_path
    try:
        with pytest.raises(SystemExit):
            call_command("provision_keys", verbosity=0)
        assert not (tmp_path / KEY_FILE).exists()
    finally:
        key_provider.cache_clear()
