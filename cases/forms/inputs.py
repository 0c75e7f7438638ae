"""What the forms of a case share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Choices = Iterable[tuple[Any, Any]]
# Nothing chosen beforehand: a wrong place or kind would give the wrong word or level.
CHOOSE_ONE = ("", _("Choose one"))
LOCAL_MOMENT = "%Y-%m-%dT%H:%M"


class DayInput(forms.DateInput):
    """A day by the browser's own control; typed as 2026-11-22 where it has none."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """A day and an hour by the browser's own control."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format=LOCAL_MOMENT)
