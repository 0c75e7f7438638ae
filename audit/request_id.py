"""The id that ties a response to what stands in the log about it."""

from __future__ import annotations

from contextvars import ContextVar
from uuid import UUID

current_request_id: ContextVar[UUID | None] = ContextVar("current_request_id", default=None)
