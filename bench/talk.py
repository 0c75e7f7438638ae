"""What a bench says while it works."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """Tell the person who waits, apart from the table that is the answer."""
    print(text, file=sys.stderr, flush=True)
