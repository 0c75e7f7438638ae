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

from vault.errors import CannotOpen
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
