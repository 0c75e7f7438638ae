"""Sealed values in what the API answers: one that does not open says so, and it is recorded."""

from __future__ import annotations

from typing import Any

from django.db import models

from vault.opening import told


def shown_text(record: models.Model, name: str) -> str:
    """The text of `record`'s sealed field, or the words that stand in its place."""
    return str(told(record, name))


def shown_answers(record: models.Model, name: str) -> dict[str, Any]:
    """The object of `record`'s sealed field; `{"unreadable": …}` where it does not open."""
    said = told(record, name)
    return dict(said) if isinstance(said, dict) else {"unreadable": str(said)}
