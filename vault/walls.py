"""Wrapped keys: worthless without the key-encryption key, deleted only by an erasure."""

from core.walls import Wall

WALLS = [
    Wall(
        "vault_datakey",
        # No DELETE: a key ends in an erasure alone, by the database's own functions.
        app="SELECT, INSERT, UPDATE (wrapped, epoch)",
        open_because="wrapped keys; the vault takes one owner's at a time, and changing them "
        "needs an act",
    ),
    Wall(
        "vault_erasedkey",
        app="SELECT",
        open_because="ids of owners whose key was destroyed; written by an erasure alone",
    ),
    Wall(
        "vault_keyepoch",
        app="SELECT, INSERT, UPDATE (replaced_at, destroyed_at)",
        open_because="names and dates of key-encryption keys, never a key; changed in an act only",
    ),
]
