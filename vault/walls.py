"""Wrapped keys: worthless without the key-encryption key, deleted only by an erasure."""

from core.walls import Wall

WALLS = [
    Wall(
        "vault_datakey",
        app="SELECT, INSERT, UPDATE (wrapped, epoch), DELETE",
        open_because="wrapped keys; the vault takes one owner's at a time, and changing them "
        "needs an act",
    ),
    Wall(
        "vault_keyepoch",
        app="SELECT, INSERT, UPDATE (replaced_at, destroyed_at)",
        open_because="names and dates of key-encryption keys, never a key; changed in an act only",
    ),
]
