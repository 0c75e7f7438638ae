"""The sealed form of one value: `0x01 | key version u16 | nonce 12 | AES-256-GCM ciphertext + tag`.

The associated data binds where the value stands (`Model.field`, owner, row), so a ciphertext moved
to another row, field or owner does not open. See docs/adr/0004-field-encryption.md.
"""

from __future__ import annotations

import secrets
import struct
import uuid
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import CannotOpen, Erased, KeyUnavailable
from vault.keys import Owner, data_key, forget_key

FORMAT = 1
HEADER = struct.Struct(">BH")
NONCE = 12
TAG = 16
SHORTEST = HEADER.size + NONCE + TAG
# As nearly every value begins, and where its ciphertext does.
_FIRST = HEADER.pack(FORMAT, 1)
_BODY = HEADER.size + NONCE


def _bound(where: str, owner: Owner, row: uuid.UUID, version: int) -> bytes:
    return f"v{FORMAT}|{where}|{owner[0]}|{owner[1]}|{row}|{version}".encode()


def seal(plain: bytes, *, where: str, owner: Owner, row: uuid.UUID, version: int = 1) -> bytes:
    """Seal bytes for one place.

    Args:
        where: `app.Model.field`.
        owner: whose data key.
        row: primary key of the row.
        version: version of the owner's key.
    """
    nonce = secrets.token_bytes(NONCE)
    cipher = AESGCM(data_key(owner, version))
    return (
        HEADER.pack(FORMAT, version)
        + nonce
        + cipher.encrypt(nonce, plain, _bound(where, owner, row, version))
    )


def unseal(sealed: bytes, *, where: str, owner: Owner, row: uuid.UUID) -> bytes:
    """Open what `seal` made for this very place.

    Raises:
        CannotOpen: it was changed, cut, or belongs elsewhere, or its key is gone.
    """
    if len(sealed) < SHORTEST:
        raise CannotOpen(where)
    form, version = HEADER.unpack_from(sealed)
    if form != FORMAT:
        raise CannotOpen(where)
    nonce, body = sealed[HEADER.size : HEADER.size + NONCE], sealed[HEADER.size + NONCE :]
    bound = _bound(where, owner, row, version)
    try:
        return AESGCM(data_key(owner, version)).decrypt(nonce, body, bound)
    except InvalidTag:
        # The key at hand may stem from an act that was rolled back; the table has the true one.
        forget_key(owner, version)
    try:
        return AESGCM(data_key(owner, version)).decrypt(nonce, body, bound)
    except InvalidTag:
        raise CannotOpen(where) from None


class Opener:
    """Opens many values of one owner: the key is looked up once.

    Args:
        owner: whose values they are. For one page or search; the key is in memory meanwhile.
    """

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self._cipher: AESGCM | None = None
        self._refusal: Exception | None = None
        self._heads: dict[str, bytes] = {}

    def open_row(
        self, row: uuid.UUID, places: Sequence[str], sealed: Sequence[bytes]
    ) -> list[bytes | None]:
        """The values of one row in order: b"" where nothing stands, None where one does not open.

        Args:
            places: `app.Model.field` of each, as for `unseal`.

        Raises:
            Erased: an erasure destroyed the key.
            CannotOpen: there is no key of this owner.
            vault.errors.KeyUnavailable: the key-encryption key is missing or another one.
        """
        # One call a row, and next to nothing a value: a search opens thousands of them.
        opened: list[bytes | None] = []
        tail = f"{row}|1".encode()
        heads = self._heads
        for where, value in zip(places, sealed, strict=True):
            if not value:
                opened.append(b"")
                continue
            head = heads.get(where)
            if head is None:
                kind, owner_id = self._owner
                head = heads[where] = f"v{FORMAT}|{where}|{kind}|{owner_id}|".encode()
            if value[:3] == _FIRST and len(value) >= SHORTEST:
                try:
                    decrypt = (self._cipher or self._first_cipher()).decrypt
                    opened.append(decrypt(value[3:_BODY], value[_BODY:], head + tail))
                    continue
                except InvalidTag:
                    pass  # The slow way may know a newer key, and says what is wrong.
            try:
                opened.append(unseal(value, where=where, owner=self._owner, row=row))
            except Erased:
                raise
            except CannotOpen:
                opened.append(None)
        return opened

    def _first_cipher(self) -> AESGCM:
        if self._refusal is not None:
            raise self._refusal
        try:
            self._cipher = AESGCM(data_key(self._owner, 1))
        except (CannotOpen, KeyUnavailable) as refusal:
            self._refusal = refusal
            raise
        return self._cipher
