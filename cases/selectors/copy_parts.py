"""What a person's copy is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

Facts = list[tuple[str, Any]]


@dataclass
class Part:
    """One chapter: facts, and longer texts with the day they are about."""

    title: str
    facts: Facts = field(default_factory=list)
    texts: list[tuple[date, str, str]] = field(default_factory=list)
