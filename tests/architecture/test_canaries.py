"""R-P4: what people write comes out nowhere but on the pages of those who may read it.

A word of its own goes into every free-text field there is, through the pages and the API. None may
come out in an address, a title, a header, a mail, a log line, a key or value of Redis, a file, or
the plain dump of the database. Forms are found by what pages are drawn from, bodies of the API by
its schema: a field that is new is walked by itself, and named here where it cannot be.

The whole of it takes minutes, so `make soak` walks it; `make test` goes to every fourth address,
and `tests/cases/test_canary.py` writes into the main fields of one case.
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
import uuid

import pytest
from django.core import mail
from django.urls import resolve, reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from core.forms import PlainForm
from tests.architecture.addresses import _value, addresses, urls_of
from tests.architecture.canary_recipes import (
    AT,
    BY,
    COPIES,
    IN_THE_CLEAR,
    NO_WORDS,
    NOT_TAKEN,
    POSTED_TO,
    WITH_A_FILE,
    answers,
    more_of,
)
from tests.architecture.test_words_in_the_clear import CLEAR_COLUMNS
from tests.canaries import (
    ROOMY,
    STEM,
    Aviary,
    columns_holding,
    dump_of,
    files_in,
    filled_in,
    forms_on,
    is_free_text,
    kept_in_redis,
    read_from,
    servers_log,
    told_aside,
    words_for,
)
from tests.jobs import Jobs

# Who walks; the first who gets the page fills its forms in.
WALKERS = ("caseworker", "supervisor", "legal", "dpo", "manager", "admin", "partner", "auditor")
# Last, since they end what others need, or need what others do.
LATE = (
    *("end", "close", "withdraw", "lift", "decline", "revoke", "discard", "return", "lower"),
    *("restrict", "confirm"),
)
# How many addresses lie between two that are written to.
WHOLE = bool(os.environ.get("LIWANAG_SOAK"))
STRIDE = 1 if WHOLE else 4
# Addresses of the library's and of what has no words.
NEVER = ("account_", "mfa_", "usersessions_", "exit", "lock", "appearance", "styleguide")


def is_late(name):
    return any(word in name for word in LATE)


class Walk:
    """Everything that was sent, and what of it was taken."""

    def __init__(self, world, cast, client_of):
        self.world, self.cast = world, cast
        self.clients = {who: client_of(getattr(cast, who)) for who in WALKERS}
        for client in self.clients.values():
            client.raise_request_exception = False
        self.birds = Aviary()
        self.broken, self.aside = [], []
        self.declared, self.taken, self.refused = set(), set(), {}
        self.answers = answers(world)

    def note(self, response):
        if response.status_code >= 500:
            asked = response.request
            self.broken.append(f"{asked['REQUEST_METHOD']} {asked['PATH_INFO']}")
        self.aside.extend(told_aside(response))
        return response

    def values(self, name, parameters):
        """The ids in an address: of a record made for it, or of the other walks'."""
        found = {}
        for parameter in parameters:
            if parameter in AT.get(name, ()):
                value = self.world
                for part in AT[name][parameter].split("."):
                    value = getattr(value, part)
                found[parameter] = value
            else:
                found[parameter] = _value(self.world, name, parameter)
        return found

    def recipe(self, *names):
        """The answers for a form or body and for its address; the address's count more."""
        return {key: one for name in names for key, one in self.answers.get(name, {}).items()}

    def sent(self, fields, data):
        """The fields whose own word went out."""
        given = self.birds.given
        return {
            where
            for where in fields
            if where in given and given[where] in str(data.get(where.split(".")[1]))
        }

    # Pages.

    def pages(self):
        takes = {name: taken for name, taken in addresses() if "format" not in taken}
        names = sorted(urls_of(self.world), key=lambda name: (is_late(name), name))
        for name in names[::STRIDE]:
            url = reverse(name, kwargs=self.values(name, takes[name]))
            if not name.startswith(NEVER) and not url.startswith("/api/"):
                yield name, url

    def walk_pages(self):
        for name, url in self.pages():
            for who in (BY[name],) if name in BY else WALKERS:
                page = self.note(self.clients[who].get(url))
                if page.status_code == 200:
                    for form in list(forms_on(page)):
                        self.fill(who, name, url, form)
                    break
        self.declared |= {
            f"{form.__name__}.{name}"
            for form in all_forms()
            # What others are made from is on no page; where it is, it is declared there.
            if form.__module__.split(".")[0] != "core" and not form.__subclasses__()
            for name, field in form.base_fields.items()
            if is_free_text(field)
        }

    def fill(self, who, name, url, form):
        kind = type(form).__name__
        fields = {f"{kind}.{f}" for f, field in form.fields.items() if is_free_text(field)}
        if not fields:
            return
        self.declared |= fields
        if kind in POSTED_TO:
            name, record = POSTED_TO[kind]
            url = reverse(name, args=[getattr(self.world, record).pk])
        data = filled_in(form, self.birds, self.recipe(kind, name))
        answer = self.note(self.clients[who].post(url, data))
        again = next((f for f in forms_on(answer) if type(f) is type(form)), None)
        if answer.status_code == 422 and again is not None and again.is_bound and not again.errors:
            # Shown once more before it is taken: what was looked at goes along in a hidden field.
            hidden = {field.html_name: field.value() for field in again.hidden_fields()}
            answer = self.note(self.clients[who].post(url, data | hidden))
        if is_taken(answer):
            self.taken |= self.sent(fields, data)
            return
        why = dict(again.errors) if again is not None and again.is_bound else {}
        self.refused[f"{name} {kind}"] = (
            answer.status_code,
            {field: str(errors[0]) for field, errors in why.items()},
        )

    # The API.

    def walk_api(self):
        schema = SchemaGenerator().get_schema(request=None, public=True)
        self.shapes = schema["components"]["schemas"]
        # With a format at its end it is the same address again.
        paths = {path: of for path, of in schema["paths"].items() if "{format}" not in path}
        taking = sorted(
            (path for path, of in paths.items() if of.get("post", {}).get("requestBody")),
            key=lambda path: (is_late(path), path),
        )
        assert not [path for path, of in paths.items() if {"put", "patch"} & set(of)], "walk them"
        for path in taking[::STRIDE]:
            body = paths[path]["post"]["requestBody"]
            if "application/json" in body["content"]:
                self.call(path, body["content"]["application/json"]["schema"])
            else:
                assert path in WITH_A_FILE, f"{path}: say in WITH_A_FILE who sends its words"

    def call(self, path, shape):
        kind = shape.get("$ref", "").rsplit("/", 1)[-1]
        found = resolve(re.sub(r"{\w+}", str(uuid.uuid4()), path))
        name, values = found.view_name, self.values(found.view_name, found.kwargs)
        recipe = self.recipe(kind, name)
        body, fields = self.body(shape, kind, recipe)
        self.declared |= fields
        if not fields:
            return
        last = None
        for who in (BY[name],) if name in BY else WALKERS:
            client, headers = self.clients[who], dict(recipe.get("headers", {}))
            if "pk" in values and "headers" not in recipe:
                whole = f"{found.func.initkwargs['basename']}-detail"
                one = client.get(reverse(whole, kwargs=values))
                if one.status_code == 200 and "ETag" in one.headers:
                    headers["If-Match"] = one["ETag"]
            url = reverse(name, kwargs=values)
            last = client.post(url, body, content_type="application/json", headers=headers)
            self.note(last)
            if is_taken(last):
                self.taken |= self.sent(fields, body)
                return
            if last.status_code not in (403, 404):
                break
        self.refused[f"{name} {kind}"] = (last.status_code, last.content.decode()[:200])

    def body(self, shape, kind, recipe):
        """An object by its schema, and its fields of words. Ids are the world's, codes of lists."""
        shape, body, fields = self.flat(shape), {}, set()
        for name, what in shape.get("properties", {}).items():
            where, what = f"{kind}.{name}", self.flat(what)
            if name in recipe:
                answer = recipe[name]
                if is_words(what) or self.is_loose(what):
                    fields.add(where)
                body[name] = answer(self.birds.marker(where)) if callable(answer) else answer
            elif is_words(what):
                fields.add(where)
                most = what.get("maxLength", 400)
                email = what.get("format") == "email"
                body[name] = words_for(self.birds.marker(where), most, email=email)
            elif self.is_loose(what):
                fields.add(where)  # It takes anything: somebody has to say how it is filled in.
            elif name in shape.get("required", ()):
                body[name] = self.plain(name, what)
        return body, fields

    def flat(self, what):
        for part in (what, *what.get("allOf", ()), *what.get("oneOf", ()), *what.get("anyOf", ())):
            if "$ref" in part:
                return self.shapes[part["$ref"].rsplit("/", 1)[-1]]
        return what

    def is_loose(self, what):
        if what.get("type") == "array":
            inner = self.flat(what["items"])
            return self.is_loose(inner) or is_words(inner)
        return what.get("type") == "object" or (not what.get("type") and not what.get("enum"))

    def plain(self, name, what):
        if what.get("enum"):
            return next(code for code in what["enum"] if code not in ("", None))
        if what.get("format") == "uuid":
            return str(ids(self.world).get(name, ""))
        if what.get("format") == "date":
            return timezone.localdate().isoformat()
        if what.get("format") == "date-time":
            return timezone.now().isoformat()
        if what.get("type") == "array":
            return [self.plain(name, self.flat(what["items"]))]
        if what.get("type") == "boolean":
            return True
        if what.get("type") in ("integer", "number"):
            return what.get("minimum", 1)
        return {}


def is_taken(response):
    return response.status_code in (200, 201, 204, 302)


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


def all_forms(base=PlainForm):
    for form in base.__subclasses__():
        yield form
        yield from all_forms(form)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", ["pages", "program"])
def test_r_p4_what_is_written_comes_out_nowhere_else(
    way, world, cast, client_of, database, tmp_path, monkeypatch, caplog
):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    walk = Walk(more_of(world), cast, client_of)
    log_before = servers_log().stat().st_size if servers_log().exists() else 0
    caplog.set_level(logging.DEBUG)
    if way == "pages":
        walk.walk_pages()
    else:
        walk.walk_api()
    Jobs()()
    if WHOLE:
        check_everything_was_taken(walk, way)

    # Once more round, now that everything is written.
    for _name, url in walk.pages():
        walk.note(walk.clients["supervisor"].get(url))
    assert walk.broken == [], "these broke instead of refusing"
    leaks: dict[str, list[str]] = {}
    for place, texts in {
        "an address, a title or a header": walk.aside,
        # Whom it goes to stands in it, of course.
        "a mail": [f"{one.subject}\n{one.body}\n{one.alternatives}" for one in mail.outbox],
        "a log line": [caplog.text],
        "Redis": kept_in_redis(),
        "a file": [path.read_bytes().decode("latin-1") for path in files_in(tmp_path)],
        "the name of a file": [str(path) for path in tmp_path.rglob("*")],
        "the database server's log": [read_from(servers_log(), log_before)],
    }.items():
        if found := walk.birds.whose("\n".join(texts)):
            leaks[place] = sorted(found)
    assert leaks == {}

    dump = dump_of(database)
    columns = columns_holding(dump, walk.birds)
    known = {*CLEAR_COLUMNS, *COPIES}
    unsealed = {where: sorted(of) for where, of in columns.items() if where not in known}
    assert unsealed == {}, "columns of words that nobody gave a reason for"
    in_clear = walk.birds.whose(dump)
    assert in_clear == {where for of in columns.values() for where in of}, "outside of any table"
    if WHOLE:
        unexplained = sorted(in_clear - set(IN_THE_CLEAR))
        assert not unexplained, "in a plain dump:\n" + "\n".join(unexplained)
        sealed = set(IN_THE_CLEAR) & walk.taken - in_clear
        assert not sealed, f"these are sealed by now, drop their reasons: {sorted(sealed)}"
    assert STEM not in dump_of(database, "--table=audit_event")


def check_everything_was_taken(walk, way):
    missed = walk.declared - walk.taken - set(NOT_TAKEN) - set(NO_WORDS)
    refused = "\n".join(f"{page}: {why}" for page, why in walk.refused.items())
    assert not missed, f"not covered: {sorted(missed)}\nrefused:\n{refused}\n{walk.broken}"
    reasons = {*NOT_TAKEN, *NO_WORDS}
    bodies = {where for where in reasons if where.split(".")[0].endswith("Request")}
    mine = reasons - bodies if way == "pages" else bodies
    assert mine <= walk.declared, f"these are gone: {sorted(mine - walk.declared)}"
    assert len(walk.taken) > (100 if way == "pages" else 60)
