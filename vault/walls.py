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
        "vault_erasedkey",
        app="SELECT, INSERT",
        open_because="ids of keys that are gone; written in an act only",
    ),
    Wall(
        "vault_keyepoch",
        open_because="names and dates of key-encryption keys, never a key; changed in an act only",
    ),
]
