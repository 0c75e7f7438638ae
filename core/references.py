"""References people read aloud: random, without year, place or sequence (domain.md 3.0)."""

from __future__ import annotations

import secrets

# No vowels (no words appear by chance), no 0/O, 1/I/L, 5/S, 2/Z, 8/B.
ALPHABET = "34679CDFGHJKMNPQRTVWXY"


def new_reference(prefix: str) -> str:
    """A fresh reference such as `C-7QK4-P9MF`: one of 22**8, about 55 billion, for each prefix.

    A clash is all but impossible, and the table refuses it all the same."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{prefix}-{letters[:4]}-{letters[4:]}"
