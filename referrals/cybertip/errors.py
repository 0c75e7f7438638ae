"""What can be wrong with a report. No message repeats what stood in it."""

from __future__ import annotations


class BadReport(Exception):
    """The report cannot be taken.

    Attributes:
        line: where, from 1; 0 when the whole is meant.
        element: the element's name, where one is meant.
        message: what is wrong and what to do.
    """

    def __init__(self, message: str, *, line: int = 0, element: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.element = element
