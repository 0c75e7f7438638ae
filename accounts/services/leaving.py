"""What has to end when somebody's account or role ends; higher apps register it."""

from __future__ import annotations

from collections.abc import Callable

from audit.acting import Act

_steps: list[Callable[[Act], object]] = []


def register_leaving(step: Callable[[Act], object]) -> None:
    """Have `step` run within every act that ends an account or a role. Called in `apps.py`."""
    if step not in _steps:
        _steps.append(step)


def end_what_they_held(act: Act) -> None:
    """Run every registered step."""
    for step in _steps:
        step(act)
