"""What may stand in a log: where and what kind, never what somebody typed (R-P4)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.views.debug import SafeExceptionReporterFilter


class WithoutValues(logging.Filter):
    """Reduce an exception to its type and the place it rose; messages may hold values."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and record.exc_info[0] is not None:
            kind, error, trace = record.exc_info
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
            record.msg = f"{_without(error, record)} [{kind.__name__} at {place}]"
            record.args = ()
            record.exc_info = None
            record.exc_text = None
        return True


def _without(error: BaseException | None, record: logging.LogRecord) -> str:
    """The line itself, free of what the exception says: Django and Celery both repeat it there."""
    name = type(error).__name__
    if isinstance(record.args, Mapping):
        # Celery's shape; its representation may be cut short, so it is not looked for as text.
        record.args = {**record.args, "exc": name, "traceback": "", "args": "", "kwargs": ""}
    message = record.getMessage()
    for told in (repr(error), str(error)):
        if told:
            message = message.replace(told, name)
    return message


class NothingReported(SafeExceptionReporterFilter):
    """Error reports carry neither settings nor form values nor local variables."""

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        return []

    def get_safe_settings(self) -> dict[str, Any]:
        return {}

    def get_safe_request_meta(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_safe_cookies(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}
