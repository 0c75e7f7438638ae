"""Codes as an authenticator app shows them."""

from __future__ import annotations

import time

from accounts.demo import demo_code

# Seconds; a request that takes longer is a fault of its own.
LASTS = 8


def fresh_code(email: str) -> str:
    """A code that lasts for the one request it is sent with."""
    spent = time.time() % 30
    if spent > 30 - LASTS:
        time.sleep(30.1 - spent)
    return demo_code(email)
