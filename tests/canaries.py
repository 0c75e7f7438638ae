"""Canaries: a word of its own for every free-text field, and every place it must not come out.

Nothing here knows a form or an address by name: pages are found by the resolver, forms by what a
page is drawn from, the API by its schema, columns by the models. What a machine cannot fill in by
itself stands in the test's recipes.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import redis
from django import forms
from django.apps import apps
from django.conf import settings
from django.utils import timezone

from config.database_shell import connection_variables, find_program

STEM = "kulasisi"
# Beside a word of its own each marker holds nothing that could be a number or an address.
LETTERS = "abcdefghijklmnopqrst"
# Shorter fields hold codes, and no words.
ROOMY = len(STEM) + 3


class Aviary:
    """Gives out markers, and remembers which field got which."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}

    def marker(self, where: str) -> str:
        """A marker for a field; the same field gets the same one again."""
        if where not in self.given:
            number = len(self.given)
            letters = ""
            for _place in range(3):
                number, rest = divmod(number, len(LETTERS))
                letters = LETTERS[rest] + letters
            self.given[where] = f"{STEM}{letters}"
        return self.given[where]

    def whose(self, text: str) -> set[str]:
        """The fields whose marker stands in a text, in any case, as it is or as hex."""
        low = text.lower()
        if STEM not in low and STEM.encode().hex() not in low:
            return set()
        return {
            where
            for where, marker in self.given.items()
            if marker in low or marker.encode().hex() in low
        }


def is_free_text(field: Any) -> bool:
    """Whether a form's field takes words of the person's own."""
    if isinstance(field, forms.DateField | forms.DateTimeField | forms.TimeField):
        return False
    if isinstance(field, forms.UUIDField | forms.ChoiceField | forms.RegexField):
        return False
    if isinstance(field, forms.FileField | forms.MultiValueField | forms.BooleanField):
        return False
    if isinstance(field, forms.IntegerField | forms.ModelChoiceField | forms.JSONField):
        return False
    hidden = isinstance(field.widget, forms.HiddenInput)
    roomy = (getattr(field, "max_length", None) or ROOMY) >= ROOMY
    return isinstance(field, forms.CharField) and not hidden and roomy


def forms_on(response: Any) -> Iterator[forms.BaseForm]:
    """Every form a page was drawn from, each once."""
    seen: set[int] = set()
    for context in response.context or ():
        for layer in context:
            for value in layer.values():
                if isinstance(value, forms.BaseForm) and id(value) not in seen:
                    seen.add(id(value))
                    yield value


def filled_in(form: forms.BaseForm, aviary: Aviary, recipe: dict[str, Any]) -> dict[str, Any]:
    """What somebody would send: their answers as they stand, and a marker in every free text."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        where = f"{type(form).__name__}.{name}"
        if name in recipe:
            answer = recipe[name]
            if callable(answer):
                answer = answer(aviary.marker(where))
        elif is_free_text(field):
            most = getattr(field, "max_length", None) or 400
            answer = words_for(
                aviary.marker(where), most, email=isinstance(field, forms.EmailField)
            )
        else:
            answer = _plain_answer(form, name, field)
        if isinstance(field.widget, forms.MultiWidget):
            data |= {f"{name}_{i}": part for i, part in enumerate(field.widget.decompress(answer))}
        elif answer not in (None, "", False):
            data[form.add_prefix(name)] = answer
    return data


def words_for(marker: str, most: int, *, email: bool = False) -> str:
    """What somebody would write, long enough where there is room for a sentence."""
    if email:
        return f"{marker}@people.example"
    return f"{marker} and the aunt said so twice" if most > 45 else marker


def _plain_answer(form: forms.BaseForm, name: str, field: Any) -> Any:
    standing = form[name].value()
    if standing not in (None, "", []):
        return _written(standing, field)
    if isinstance(field, forms.BooleanField):
        return field.required
    if not field.required:
        return ""
    if isinstance(field, forms.MultipleChoiceField):
        return [_first(field)]
    if isinstance(field, forms.ChoiceField):
        return _first(field)
    if isinstance(field, forms.DateTimeField):
        return timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    if isinstance(field, forms.DateField):
        return timezone.localdate().isoformat()
    if isinstance(field, forms.IntegerField):
        return field.min_value or 1
    return ""


def _first(field: Any) -> str:
    for code, label in getattr(field.widget, "choices", None) or field.choices:
        if isinstance(label, list | tuple):
            return str(label[0][0])
        if str(code):
            return str(code)
    return ""


def _written(value: Any, field: Any) -> Any:
    if isinstance(field.widget, forms.MultiWidget):
        return value
    if isinstance(value, datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return moment.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [str(item) for item in value]
    return value if isinstance(value, bool) else str(value)


# What an address, a title or a header of a page may say.
TITLE = re.compile(r"<title>(.*?)</title>", re.S | re.I)
ADDRESSES = re.compile(r"(?:href|action|src|hx-[a-z]+)=\"([^\"]*)\"")


def told_aside(response: Any) -> Iterable[str]:
    """What of an answer reaches histories, logs of proxies and other sites: all but its words."""
    yield from (f"{name}: {value}" for name, value in response.headers.items())
    if "html" in response.headers.get("Content-Type", ""):
        page = response.content.decode()
        yield from TITLE.findall(page)
        yield from ADDRESSES.findall(page)


# Where words must not come out.

COPIED = re.compile(
    r"^COPY public\.(?P<table>\w+) \((?P<columns>[^)]*)\) FROM stdin;\n(?P<rows>.*?)^\\\.$",
    re.M | re.S,
)


def servers_log():
    return Path(settings.LIWANAG_HOME, "logs", "postgresql.log")


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def kept_in_redis():
    """Every key and value, of all the databases of the run's own server."""
    found = []
    address = settings.CACHES["default"]["LOCATION"].rsplit("/", 1)[0]
    for number in range(16):
        with redis.Redis.from_url(f"{address}/{number}") as server:
            for key in server.scan_iter(count=1000):
                found += [key.decode("latin-1"), str(server.dump(key))]
    return found


def read_from(path, start):
    if not path.exists():
        return ""
    with path.open("rb") as handle:
        handle.seek(start)
        return handle.read().decode("latin-1")


def dump_of(database, *options):
    made = subprocess.run(
        [find_program("pg_dump"), "--format=plain", *options],
        env={**os.environ, **connection_variables(), "PGDATABASE": database},
        capture_output=True,
        check=True,
    )
    return made.stdout.decode("latin-1")


def columns_holding(dump, birds):
    """{"app.Model.field": forms' fields} of every column of a plain dump in which a marker stands.

    What is in no model's table goes by the name of its table and column.
    """
    fields = {
        (model._meta.db_table, field.column): f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
    }
    found = {}
    for block in COPIED.finditer(dump):
        columns = [name.strip().strip('"') for name in block["columns"].split(",")]
        for row in block["rows"].split("\n"):
            if not birds.whose(row):
                continue
            for column, value in zip(columns, row.split("\t"), strict=True):
                if whose := birds.whose(value):
                    where = fields.get((block["table"], column), f"{block['table']}.{column}")
                    found.setdefault(where, set()).update(whose)
    return found
