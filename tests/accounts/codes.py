"""Codes as an authenticator app shows them."""

from __future__ import annotations

import time

from accounts.demo import demo_code


def fresh_code(email: str) -> str:
    """A code in the first half of its thirty seconds, so that it lasts for what the test does."""
    spent = time.time() % 30
    if spent > 15:
        time.sleep(30.1 - spent)
    return demo_code(email)
