"""Forms about what two people may change at the same moment.

The form remembers what the record said when it was drawn: its version, and a mark of each answer.
Sent on an older version, nothing is saved. It is drawn again on what stands there now: what the
person had not touched is fresh, what they typed is kept, and what somebody else changed is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from django import forms
from django.utils import formats
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core.forms import PlainForm

OWN = frozenset({"version", "seen"})
Beside = Iterable[tuple[str | Promise, str | Promise]]


@dataclass(frozen=True)
class Change:
    """What somebody else changed: what it says now, and what was typed here, where it was."""

    label: str
    now: str
    typed: str = ""


class VersionedForm(PlainForm):
    """A form about a record that somebody else may be changing too.

    Args:
        version: of the record as it stands; 0 where there is none yet.
        beside: (label, words) of what else the record says and this form does not ask.

    Attributes:
        steps: fields that are an answer of the moment and not kept on the record.
        met: what somebody else changed, once the form stands in for an older one.
        met_whom: who that was, where the page may say it.
    """

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4_000)
    steps: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self, *args: Any, version: int, beside: Beside = (), initial: Any = None, **kwargs: Any
    ) -> None:
        known = {**(initial or {}), "version": version, "seen": self._marks}
        super().__init__(*args, initial=known, **kwargs)
        self.beside = [(str(label), str(words)) for label, words in beside]
        self.met: list[Change] = []
        self.met_whom = ""
        self.stands_in = False
        self.typed: dict[str, Any] = {}
        self.remembered = ""

    def _clean_fields(self) -> None:
        super()._clean_fields()  # type: ignore[misc]
        # Kept by the forms for `stand_in_for`; a service takes its own arguments alone.
        self.remembered = self.cleaned_data.pop("seen", "")
        # Who does not say what they saw has seen nothing: that never stands for a record there is.
        self.cleaned_data["version"] = self.cleaned_data.get("version") or 0
        self.typed = dict(self.cleaned_data)

    def _asked(self) -> list[str]:
        return [name for name in self.fields if name not in OWN and name not in self.steps]

    def _stands(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)

    def _marks(self) -> str:
        marks = [(name, self._stands(name)) for name in self._asked()]
        marks += [(f"#{number}", words) for number, (_l, words) in enumerate(self.beside)]
        return ";".join(f"{name}={_mark(name, value)}" for name, value in marks)

    def stand_in_for(self, older: VersionedForm) -> None:
        """Take the place of a valid form that was sent on an older version. Saves nothing."""
        fresh = self._marks()
        self.stands_in = True
        seen = dict(part.split("=", 1) for part in older.remembered.split(";") if "=" in part)
        for name in self._asked():
            now, typed = self._stands(name), older.typed.get(name)
            mine = seen.get(name) != _mark(name, typed)
            if seen.get(name) != _mark(name, now):
                words, said = in_words(self.fields[name], now), in_words(self.fields[name], typed)
                label = str(self.fields[name].label or name)
                self.met.append(Change(label, words, said if mine and said != words else ""))
            if mine:
                self.initial[name] = typed
        for number, (label, words) in enumerate(self.beside):
            if seen.get(f"#{number}") != _mark(f"#{number}", words):
                self.met.append(Change(label, words))
        for name in self.steps & set(self.fields):
            offered: Any = getattr(self.fields[name].widget, "choices", ())
            if not offered or str(older.typed.get(name)) in {str(code) for code, _l in offered}:
                self.initial[name] = older.typed[name]
        self.initial["seen"] = fresh


def in_words(field: Any, value: Any) -> str:
    """An answer as the page would show it."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple | set):
        return ", ".join(in_words(field, item) for item in value) or _("Nothing")
    if value is None or value == "":
        return _("Nothing")
    for code, label in _flat(getattr(field, "choices", ())):
        if str(code) == str(value):
            return str(label)
    if isinstance(value, date | datetime | time):
        return str(formats.localize(value))
    return str(value)


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield code, label


def _mark(name: str, value: Any) -> str:
    """Enough to tell two answers apart, and not the answer."""
    if isinstance(value, list | tuple | set):
        plain = "|".join(sorted(str(item) for item in value))
    else:
        # A browser sends the line ends of a text its own way.
        plain = "" if value is None else str(value).replace("\r\n", "\n").replace("\r", "\n")
    return salted_hmac("core.versioned_forms", f"{name}\0{plain}").hexdigest()[:12]
