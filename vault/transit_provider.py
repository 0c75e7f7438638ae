"""The key-encryption key in the transit engine of a HashiCorp Vault or OpenBao server.

The key never leaves that server; each version of it is an epoch. Every data key is bound to its
owner by the engine's associated data. Needs a key of a type with it: aes256-gcm96 is the usual one.
"""

from __future__ import annotations

import base64
import re
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import hvac
import requests
from cryptography.exceptions import InvalidTag
from hvac.exceptions import InvalidRequest, VaultError

from vault.errors import KeyUnavailable

EPOCH_PREFIX = "transit:"
WRAPPED = re.compile(rb"vault:v([1-9][0-9]{0,8}):[A-Za-z0-9+/=]+")
SECONDS = 5
# As many as one call carries; the engine's own limit on a body is 32 MB.
MOST_AT_ONCE = 2_000
T = TypeVar("T")


class VaultTransitProvider:
    """See `vault.key_provider.KeyProvider`.

    Args:
        url: the server's address.
        key: the transit key's name, e.g. `liwanag`.
        token_file: a file with the token, readable by its owner alone; read on every sign-in, so
            that an agent may renew it.
        mount: where the transit engine is mounted.
        ca_file: the certificate authority, where it is not the machine's own.
    """

    def __init__(
        self, *, url: str, key: str, token_file: Path, mount: str = "transit", ca_file: str = ""
    ) -> None:
        self.key, self.mount, self.token_file = key, mount, token_file
        self._client = hvac.Client(url=url, timeout=SECONDS, verify=ca_file or True)

    @property
    def epoch(self) -> str:
        return self._name(self._read()["latest_version"])

    def wrap_many(self, keys: Sequence[tuple[bytes, bytes]]) -> tuple[str, list[bytes]]:
        wrapped: list[bytes] = []
        for some in _parts(keys):
            batch = [
                {"plaintext": _text(key), "associated_data": _text(context)}
                for key, context in some
            ]
            answer = self._ask("encrypt_data", batch_input=batch)
            for result in answer["data"]["batch_results"]:
                if "ciphertext" not in result:
                    raise KeyUnavailable("the transit server did not wrap a key")
                wrapped.append(result["ciphertext"].encode())
        versions = {_version(one) for one in wrapped}
        if len(versions) > 1:
            # The key was rotated between two calls; those wrapped first are simply wrapped again.
            return self.wrap_many(keys)
        return (self._name(versions.pop()) if versions else self.epoch), wrapped

    def unwrap(self, wrapped: bytes, context: bytes, epoch: str) -> bytes:
        (key,) = self.unwrap_many([(wrapped, context, epoch)])
        if key is None:
            raise InvalidTag
        return key

    def unwrap_many(self, wrapped: Sequence[tuple[bytes, bytes, str]]) -> list[bytes | None]:
        for _data, _context, epoch in wrapped:
            if not epoch.startswith(f"{EPOCH_PREFIX}{self.key}:v"):
                raise KeyUnavailable(f"the transit key {self.key} is not epoch {epoch}")
        keys: list[bytes | None] = [None] * len(wrapped)
        # What does not even look wrapped, or names another version than its row, is not sent.
        whole = [
            (place, data.decode(), context)
            for place, (data, context, epoch) in enumerate(wrapped)
            if WRAPPED.fullmatch(data) and self._name(_version(data)) == epoch
        ]
        for some in _parts(whole):
            results = self._decrypt(some)
            for (place, *_sent), result in zip(some, results, strict=True):
                if result.get("plaintext"):
                    keys[place] = base64.b64decode(result["plaintext"])
                elif "version" in result.get("error", ""):
                    raise KeyUnavailable(f"epoch {wrapped[place][2]} was destroyed")
        return keys

    def rotate(self) -> str:
        self._ask("rotate_key")
        return self.epoch

    def destroy(self, epoch: str) -> None:
        found = self._read()
        number = self._number(epoch)
        if number >= found["latest_version"]:
            raise KeyUnavailable("the key in use cannot be destroyed: rotate first")
        # A server destroys from the oldest version on, so older ones go with it; the service that
        # calls this has seen that nothing is wrapped by them. First closed for use, then trimmed.
        for end in ("min_encryption_version", "min_decryption_version"):
            least = {end: max(number + 1, found[end])}
            self._ask("update_key_configuration", **least)
        if found.get("min_available_version", 0) <= number:
            self._ask("trim_key", min_version=number + 1)

    def holds(self, epoch: str) -> bool:
        try:
            return self._number(epoch) >= int(self._read()["min_decryption_version"])
        except KeyUnavailable:
            return False

    def _decrypt(self, some: Sequence[tuple[int, str, bytes]]) -> list[dict[str, Any]]:
        batch = [
            {"ciphertext": data, "associated_data": _text(context)}
            for _place, data, context in some
        ]
        try:
            answer = self._ask("decrypt_data", bad_is_fine=True, batch_input=batch)
        except InvalidRequest as bad:
            # A batch of which none opens is answered with 400; which one is wrong stands inside.
            if len(some) > 1:
                return [result for one in some for result in self._decrypt([one])]
            return [{"error": str(bad)}]
        results: list[dict[str, Any]] = answer["data"]["batch_results"]
        return results

    def _read(self) -> dict[str, Any]:
        answer = self._ask("read_key")
        found: dict[str, Any] = answer["data"]
        return found

    def _ask(self, call: str, *, bad_is_fine: bool = False, **arguments: Any) -> Any:
        """Call the transit engine about this key, and say in our words what went wrong."""
        self._client.token = self._token()
        engine = self._client.secrets.transit
        try:
            return getattr(engine, call)(name=self.key, mount_point=self.mount, **arguments)
        except InvalidRequest:
            if bad_is_fine:
                raise
            raise KeyUnavailable("the transit server refused: look at its own log") from None
        except (VaultError, requests.RequestException) as away:
            raise KeyUnavailable(
                f"the transit server does not give the key ({type(away).__name__}): check that it "
                "runs, is unsealed and accepts the token"
            ) from None

    def _token(self) -> str:
        try:
            mode = stat.S_IMODE(self.token_file.stat().st_mode)
        except FileNotFoundError:
            raise KeyUnavailable(f"the token file {self.token_file.name} is missing") from None
        if mode & 0o077:
            raise KeyUnavailable(
                f"{self.token_file.name} can be read by others: run chmod 0400 on it, and revoke "
                "the token if somebody else had access"
            )
        return self.token_file.read_text().strip()

    def _name(self, version: int) -> str:
        return f"{EPOCH_PREFIX}{self.key}:v{version}"

    def _number(self, epoch: str) -> int:
        start = f"{EPOCH_PREFIX}{self.key}:v"
        if not epoch.startswith(start) or not epoch[len(start) :].isdigit():
            raise KeyUnavailable(f"{epoch} is no epoch of the transit key {self.key}")
        return int(epoch[len(start) :])


def _version(wrapped: bytes) -> int:
    found = WRAPPED.fullmatch(wrapped)
    if found is None:
        raise InvalidTag
    return int(found[1])


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _parts(rows: Sequence[T]) -> list[Sequence[T]]:
    return [rows[at : at + MOST_AT_ONCE] for at in range(0, len(rows), MOST_AT_ONCE)]
