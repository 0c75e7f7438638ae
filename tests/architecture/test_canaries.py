"""R-P4: what people write comes out nowhere but on the pages of those who may read it.

A word of its own goes into every free-text field there is, through the pages and the API. None may
come out in an address, a title, a header, a mail, a log line, a key or value of Redis, a file, or
the plain dump of the database. A field that is new is covered by itself. If it cannot be, the test
names it: say in `RECIPES` how somebody fills the form in, or in `NOT_TAKEN` or `IN_THE_CLEAR` why
its words are nobody's secret.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import tempfile
import uuid
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.db import connections
from django.urls import resolve, reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from config.database_shell import find_program
from core.forms import PlainForm
from tests.architecture.addresses import _value, urls_of
from tests.canaries import (
    ROOMY,
    STEM,
    Aviary,
    filled_in,
    forms_on,
    is_free_text,
    told_aside,
    words_for,
)
from tests.factories import open_case
from tests.jobs import Jobs
from tests.world import World

# Who walks; the first who gets the page fills its forms in.
WALKERS = ("caseworker", "supervisor", "legal", "dpo", "manager", "admin", "partner", "auditor")
# Last, since they end what others need.
LATE = ("end", "close", "withdraw", "lift", "decline", "revoke", "discard", "return", "lower")
# Addresses of the library's and of what has no words.
NEVER = {
    "account_",
    "mfa_",
    "usersessions_",
    "exit",
    "lock",
    "appearance",
    "styleguide",
}
# Fields whose words are taken by no page of this walk, and why that leaves no gap.
NOT_TAKEN: dict[str, str] = {}
# Fields whose words stand in the clear on purpose, and why.
IN_THE_CLEAR: dict[str, str] = {}


def recipes(world):
    """Answers that no machine would find, by form, by the body's name, or by address.

    A value, or a function of the field's marker; `who` walks, `url` is where it is sent.
    """
    return {
        "BreakGlassForm": {"reference": world.souths.reference, "minutes": "30"},
    }


def answers_to(status):
    return status in (200, 201, 204, 302)


class Walk:
    """Everything that was sent, and what of it was taken."""

    def __init__(self, world, cast, client_of):
        self.world, self.cast = world, cast
        self.clients = {who: client_of(getattr(cast, who)) for who in WALKERS}
        self.birds = Aviary()
        self.taken, self.refused = set(), {}
        self.aside = []
        self.forms = set()
        self.recipes = recipes(world)

    def note(self, response):
        self.aside.extend(told_aside(response))
        return response

    def pages(self):
        urls = urls_of(self.world)
        names = [name for name in urls if not any(name.startswith(part) for part in NEVER)]
        return sorted(
            ((name, urls[name]) for name in names if not urls[name].startswith("/api/")),
            key=lambda pair: (any(word in pair[0] for word in LATE), pair[0]),
        )

    def walk_pages(self):
        for name, url in self.pages():
            for who in WALKERS:
                page = self.note(self.clients[who].get(url))
                if page.status_code == 200:
                    for form in list(forms_on(page)):
                        self.fill(who, name, url, form)
                    break

    def fill(self, who, name, url, form):
        kind = type(form).__name__
        self.forms.add(type(form))
        recipe = {**self.recipes.get(kind, {}), **self.recipes.get(name, {})}
        fields = [f"{kind}.{f}" for f, field in form.fields.items() if is_free_text(field)]
        if not fields or recipe.get("skip"):
            return
        url = recipe.pop("url", lambda _world: url)(self.world)
        data = filled_in(form, self.birds, recipe)
        answer = self.note(self.clients[recipe.get("who", who)].post(url, data))
        if answers_to(answer.status_code):
            sent = {where for where in fields if where.split(".")[1] in data}
            self.taken |= sent
        else:
            again = next((f for f in forms_on(answer) if type(f) is type(form)), None)
            why = dict(again.errors) if again is not None and again.is_bound else {}
            self.refused[f"{name} {kind}"] = (
                answer.status_code,
                {k: str(v[0]) for k, v in why.items()},
            )

    def walk_api(self):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        self.shapes = schema["components"]["schemas"]
        calls = []
        for path, operations in schema["paths"].items():
            assert not {"put", "patch"} & set(operations), "walk these as well"
            if "{format}" in path:
                continue  # the same again
            body = operations.get("post", {}).get("requestBody")
            if body:
                shape = body["content"]["application/json"]["schema"]
                calls.append((any(word in path for word in LATE), path, shape))
        for _late, path, shape in sorted(calls, key=lambda call: call[:2]):
            self.call(path, shape)

    def call(self, path, shape):
        kind = shape.get("$ref", "").rsplit("/", 1)[-1]
        found = resolve(re.sub(r"{\w+}", str(uuid.uuid4()), path))
        name = found.view_name
        values = {taken: _value(self.world, name, taken) for taken in found.kwargs}
        url = reverse(name, kwargs=values)
        recipe = {**self.recipes.get(kind, {}), **self.recipes.get(name, {})}
        body, fields = self.body(shape, kind, recipe)
        if not fields or recipe.get("skip"):
            return
        last = None
        for who in WALKERS:
            client = self.clients[who]
            headers = {}
            if "pk" in values:
                whole = f"{found.func.initkwargs['basename']}-detail"
                one = client.get(reverse(whole, kwargs=values))
                if one.status_code == 200 and "ETag" in one.headers:
                    headers["If-Match"] = one["ETag"]
            headers |= recipe.get("headers", {})
            last = self.note(
                client.post(url, body, content_type="application/json", headers=headers)
            )
            if answers_to(last.status_code):
                self.taken |= set(fields)
                return
            if last.status_code not in (403, 404):
                break
        self.refused[f"{name} {kind}"] = (last.status_code, last.content.decode()[:200])

    def body(self, shape, kind, recipe):
        """An object by its schema: ids from the world, codes from the lists, words of its own."""
        if "$ref" in shape:
            shape = self.shapes[shape["$ref"].rsplit("/", 1)[-1]]
        body, fields = {}, []
        required = set(shape.get("required", ()))
        for name, what in shape.get("properties", {}).items():
            where = f"{kind}.{name}"
            what = self.flat(what)
            if name in recipe:
                answer = recipe[name]
                body[name] = answer(self.birds.marker(where)) if callable(answer) else answer
                if callable(answer):
                    fields.append(where)
            elif is_words(what):
                marker, most = self.birds.marker(where), what.get("maxLength", 400)
                body[name] = words_for(marker, most, email=what.get("format") == "email")
                fields.append(where)
            elif name in required:
                body[name] = self.value(name, what, kind)
        return body, fields

    def flat(self, what):
        for part in (what, *what.get("allOf", ()), *what.get("oneOf", ()), *what.get("anyOf", ())):
            if "$ref" in part:
                return self.shapes[part["$ref"].rsplit("/", 1)[-1]]
        return what

    def value(self, name, what, kind):
        if what.get("enum"):
            return next(code for code in what["enum"] if code not in ("", None))
        if what.get("format") == "uuid":
            return str(ids(self.world).get(name, ""))
        if what.get("format") == "date":
            return timezone.localdate().isoformat()
        if what.get("format") == "date-time":
            return timezone.now().isoformat()
        if what.get("type") == "array":
            return [self.value(name, self.flat(what["items"]), kind)]
        if what.get("type") == "boolean":
            return True
        if what.get("type") in ("integer", "number"):
            return what.get("minimum", 1)
        return {}


def is_words(what):
    return (
        what.get("type") == "string"
        and not what.get("enum")
        and what.get("format") in (None, "email")
        and not what.get("readOnly")
        and not what.get("pattern")
        and what.get("maxLength", ROOMY) >= ROOMY
    )


def ids(world):
    """What the API's bodies point to, by the name of the property."""
    cast = world.cast
    return {
        "case": world.case_id,
        "participant": world.survivor.pk,
        "of_participant": world.accused.pk,
        "person": world.survivor.person_id,
        "team": cast.north.pk,
        "user": cast.second_caseworker.pk,
        "to_agency": cast.cyber_unit.pk,
        "people": cast.caseworker.pk,
        "accused": world.accused.pk,
    }


@pytest.fixture
def walk(cast, client_of, tmp_path, monkeypatch, caplog):
    """A walk whose temporary files lie in a folder of its own."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.DEBUG)
    world = World(cast)
    world.souths = open_case(cast.south_caseworker)
    return Walk(world, cast, client_of)


def all_forms(base=PlainForm):
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


def servers_log():
    return Path(settings.LIWANAG_HOME, "logs", "postgresql.log")


@pytest.mark.timeout(500)
def test_r_p4_what_is_written_comes_out_nowhere_else(walk, database, tmp_path, caplog):
    log_before = servers_log().stat().st_size if servers_log().exists() else 0
    walk.walk_pages()
    walk.walk_api()
    Jobs()()

    # Every free-text field was filled in and taken somewhere.
    declared = {
        f"{form.__name__}.{name}"
        for form in {*all_forms(), *walk.forms}
        if form.__module__.split(".")[0] not in ("core", "allauth")
        for name, field in form.base_fields.items()
        if is_free_text(field)
    } | set(walk.birds.given)
    missed = declared - walk.taken - set(NOT_TAKEN)
    refused = "\n".join(f"{page}: {why}" for page, why in walk.refused.items())
    assert not missed, f"not covered: {sorted(missed)}\nrefused:\n{refused}"
    assert not set(NOT_TAKEN) & walk.taken, "these are taken by now: drop their reasons"
    assert len(walk.taken) > 100

    # Once more round, now that everything is written: nothing of it in addresses, titles, headers.
    for _name, url in walk.pages():
        walk.note(walk.clients["supervisor"].get(url))
    leaks: dict[str, list[str]] = {}
    for place, texts in {
        "an address, a title or a header": walk.aside,
        "a mail": [f"{m.subject}\n{m.body}\n{m.message().as_string()}" for m in mail.outbox],
        "a log line": [caplog.text],
        "Redis": kept_in_redis(),
        "a file": [
            path.read_bytes().decode("latin-1") for path in tmp_path.rglob("*") if path.is_file()
        ],
        "the name of a file": [str(path) for path in tmp_path.rglob("*")],
        "the database server's log": [read_from(servers_log(), log_before)],
    }.items():
        found = set().union(*(walk.birds.whose(text) for text in texts)) if texts else set()
        if found:
            leaks[place] = sorted(found)
    assert leaks == {}

    in_clear = walk.birds.whose(dump_of(database))
    assert not in_clear - set(IN_THE_CLEAR), sorted(in_clear - set(IN_THE_CLEAR))
    assert not set(IN_THE_CLEAR) - in_clear, "these are sealed by now: drop their reasons"
    assert STEM not in dump_of(database, "--table=audit_event")


def kept_in_redis():
    """Every key and value, of all the databases of the run's own server."""
    found = []
    address = settings.CACHES["default"]["LOCATION"].rsplit("/", 1)[0]
    for number in range(16):
        with redis.Redis.from_url(f"{address}/{number}") as server:
            for key in server.scan_iter(count=1000):
                found.append(key.decode("latin-1"))
                found.append(str(server.dump(key)))
    return found


def read_from(path, start):
    if not path.exists():
        return ""
    with path.open("rb") as handle:
        handle.seek(start)
        return handle.read().decode("latin-1")


def dump_of(database, *options):
    address = connections["owner"].settings_dict
    made = subprocess.run(
        [find_program("pg_dump"), "--format=plain", *options],
        env={
            **os.environ,
            "PGHOST": str(address["HOST"]),
            "PGPORT": str(address["PORT"]),
            "PGDATABASE": database,
        },
        capture_output=True,
        check=True,
    )
    return made.stdout.decode("latin-1")
