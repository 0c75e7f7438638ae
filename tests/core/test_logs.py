"""What somebody typed never stands in a log, whoever writes the line."""

from __future__ import annotations

import logging
import sys

import pytest

from core.logs import WithoutValues

TYPED = "Key (email)=(maria@people.example) already exists."


def _line(message, *args):
    try:
        raise ValueError(TYPED)
    except ValueError as broken:
        taken = tuple(broken if arg is Exception else arg for arg in args)
        if taken and isinstance(taken[0], dict):
            taken = ({**taken[0], "exc": repr(broken), "traceback": TYPED},)
        record = logging.LogRecord(
            "x", logging.ERROR, __file__, 1, message, taken, exc_info=sys.exc_info()
        )
    WithoutValues().filter(record)
    return logging.Formatter("%(message)s").format(record)


@pytest.mark.parametrize(
    ("message", "args"),
    [
        ("Internal Server Error: %s", ("/cases/",)),
        # What Django says when a job cannot be sent after the commit.
        ("Error calling %s in on_commit() (%s).", ("send_it", Exception)),
        # What Celery says of a task that failed.
        (
            "Task %(name)s[%(id)s] %(description)s: %(exc)s",
            ({"name": "a", "id": 1, "description": "raised unexpected"},),
        ),
    ],
)
def test_an_exception_is_told_by_kind_and_place_alone(message, args):
    line = _line(message, *args)
    assert "maria" not in line
    assert "ValueError at" in line
    assert "test_logs.py:" in line
