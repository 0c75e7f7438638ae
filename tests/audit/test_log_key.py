"""The log's key: made once, closed to others, refused when it is not."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from audit import log_key
from audit.log_key import LogKeyError


def test_the_key_is_made_once_and_only_its_owner_may_read_it(keys_dir: Path) -> None:
    before = (keys_dir / "audit-log.key").read_bytes()

    again = log_key.create_log_key()

    assert (keys_dir / "audit-log.key").read_bytes() == before
    assert stat.S_IMODE((keys_dir / "audit-log.key").stat().st_mode) == 0o400
    assert log_key.load_signer().verifier == again
    assert log_key.verifier_keys() == (again,)
    assert again.name == "test.example/log"
    made = {path.name for path in keys_dir.iterdir()} - {"key-encryption.key"}
    assert made == {"audit-log.key", "audit-log.vkeys"}


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o420, 0o401, 0o644])
def test_a_key_that_others_can_reach_is_refused(mode: int, keys_dir: Path) -> None:
    (keys_dir / "audit-log.key").chmod(mode)

    with pytest.raises(LogKeyError, match="open to others"):
        log_key.load_signer()
    with pytest.raises(LogKeyError, match="open to others"):
        log_key.create_log_key()


def test_a_missing_key_is_said_so_and_not_silently_replaced(keys_dir: Path) -> None:
    (keys_dir / "audit-log.key").unlink()

    with pytest.raises(LogKeyError, match="provision_keys"):
        log_key.load_signer()
    assert not (keys_dir / "audit-log.key").exists()


@pytest.mark.parametrize("kind", ["nonsense", "another algorithm", "empty"])
def test_a_file_that_is_no_ed25519_key_is_refused(kind: str, keys_dir: Path) -> None:
    path = keys_dir / "audit-log.key"
    other = generate_private_key(SECP256R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    path.unlink()
    path.write_bytes({"nonsense": b"key", "another algorithm": other, "empty": b""}[kind])
    path.chmod(0o400)

    with pytest.raises(LogKeyError):
        log_key.load_signer()


def test_a_new_key_is_listed_beside_the_old_one(keys_dir: Path) -> None:
    old = log_key.verifier_keys()
    (keys_dir / "audit-log.key").unlink()

    new = log_key.create_log_key()

    assert log_key.verifier_keys() == (*old, new)
    assert new not in old


@pytest.mark.parametrize("content", [None, "", "not a key\n"])
def test_a_missing_or_damaged_list_of_public_keys_is_refused(
    content: str | None, keys_dir: Path
) -> None:
    path = keys_dir / "audit-log.vkeys"
    path.unlink()
    if content is not None:
        path.write_text(content)

    with pytest.raises(LogKeyError):
        log_key.verifier_keys()
