"""Why somebody is at work on a case: what they stated goes into the events of the same request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from uuid import UUID

_stated: ContextVar[Mapping[UUID, str]] = ContextVar(
    "stated_purposes", default=MappingProxyType({})
)


def note_purpose(case_id: UUID, code: str) -> None:
    """From here to the request's end, events about this case say so where nothing else is said."""
    _stated.set({**_stated.get(), case_id: code})


def purpose_for(case_id: UUID | None) -> str:
    """The purpose stated for a case; empty where none was asked for."""
    return _stated.get().get(case_id, "") if case_id else ""


@contextmanager
def nothing_stated() -> Iterator[None]:
    """A request begins and ends with no purpose: a thread serves many people."""
    token = _stated.set(MappingProxyType({}))
    try:
        yield
    finally:
        _stated.reset(token)
