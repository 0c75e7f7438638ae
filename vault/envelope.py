"""The sealed form of one value: `0x01 | key version u16 | nonce 12 | AES-256-GCM ciphertext + tag`.

The associated data binds where the value stands (`Model.field`, owner, row), so a ciphertext moved
to another row, field or owner does not open. See docs/adr/0004-field-encryption.md.
"""

from __future__ import annotations

import secrets
import struct
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import CannotOpen, KeyUnavailable
from vault.keys import Owner, data_key, forget_key

FORMAT = 1
HEADER = struct.Struct(">BH")
NONCE = 12
TAG = 16


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
    if len(sealed) < HEADER.size + NONCE + TAG:
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
        self._ciphers: dict[int, AESGCM] = {}
        self._refusal: Exception | None = None
        self._heads: dict[str, str] = {}

    def open(self, sealed: bytes, *, where: str, row: uuid.UUID, row_text: str) -> bytes:
        """As `unseal`; `row_text` is `str(row)`, which a row with several values makes once.

        Raises:
            CannotOpen: as `unseal`.
            vault.errors.KeyUnavailable: the key-encryption key is missing or another one.
        """
        if self._refusal is not None:
            raise self._refusal
        if len(sealed) < HEADER.size + NONCE + TAG:
            raise CannotOpen(where)
        form, version = HEADER.unpack_from(sealed)
        if form != FORMAT:
            raise CannotOpen(where)
        body = HEADER.size + NONCE
        bound = f"{self._head(where)}{row_text}|{version}".encode()
        try:
            return self._cipher(version).decrypt(sealed[HEADER.size : body], sealed[body:], bound)
        except InvalidTag:
            return unseal(sealed, where=where, owner=self._owner, row=row)

    def _head(self, where: str) -> str:
        head = self._heads.get(where)
        if head is None:
            kind, owner_id = self._owner
            head = self._heads[where] = f"v{FORMAT}|{where}|{kind}|{owner_id}|"
        return head

    def _cipher(self, version: int) -> AESGCM:
        cipher = self._ciphers.get(version)
        if cipher is None:
            try:
                cipher = self._ciphers[version] = AESGCM(data_key(self._owner, version))
            except (CannotOpen, KeyUnavailable) as refusal:
                self._refusal = refusal
                raise
        return cipher
