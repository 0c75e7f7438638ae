"""Every sealed field of every model: what is put there by SQL from elsewhere does not open."""

from __future__ import annotations

import ast
import re
import secrets
import uuid
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from audit.acting import acting
from audit.models import AuditEvent
from tests.tampering import lower_walls
from vault.blind_index import PURPOSES
from vault.envelope import HEADER, seal
from vault.errors import UNREADABLE
from vault.fields import EncryptedJSONField, EncryptedTextField
from vault.keys import forget_keys, make_keys
from vault.models import DataKey
from vault.opening import opened

ROOT = Path(__file__).resolve().parents[2]
CANARY = "Tala of the lantern"


def sealed_fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    ]


@pytest.fixture
def put(superuser):
    """`put(row, field, data)`: the tampering administrator, past every trigger."""
    superuser.execute("SET session_replication_role = replica")

    def write(row, field, data):
        table, column, key = row._meta.db_table, field.column, row._meta.pk.column
        lower_walls(superuser, table)
        superuser.execute(
            f'UPDATE "{table}" SET "{column}" = %s WHERE "{key}" = %s', [data, row.pk]
        )
        return opened(type(row)._base_manager.using("owner").get(pk=row.pk), field.attname)

    return write


def test_no_sealed_field_opens_what_was_put_there_from_elsewhere(cast, world, put):
    fields = sealed_fields()
    assert len(fields) >= 10
    others = {}
    with acting(cast.caseworker) as act:
        act.authorise("cases.write_note")
        for kind in {field.owner for _model, field in fields}:
            others[kind] = (kind, uuid.uuid4())
        make_keys(others.values())
        act.record("case.listed")
    unopened, let_in = [], []
    for model, field in fields:
        label = f"{model._meta.label}.{field.attname}"
        row = model._base_manager.using("owner").first()
        assert row is not None, f"{label}: the world holds no row of it"
        owner, where = field.owner_of(row), field.where()
        is_json = isinstance(field, EncryptedJSONField)
        plain = b'{"said": "%s"}' % CANARY.encode() if is_json else CANARY.encode()
        true = seal(plain, where=where, owner=owner, row=row.pk)
        shown = put(row, field, true)
        if not shown.readable or CANARY not in str(shown.value):
            unopened.append(label)
        attacks = {
            "of another row": seal(plain, where=where, owner=owner, row=uuid.uuid4()),
            "of another field": seal(plain, where=f"{where}_too", owner=owner, row=row.pk),
            "of another owner": seal(plain, where=where, owner=others[field.owner], row=row.pk),
            "of another version": HEADER.pack(1, 2) + true[HEADER.size :],
            "of another format": HEADER.pack(2, 1) + true[HEADER.size :],
            "written in clear": plain,
            "written in clear, long": plain * 9,
            "as a header and clear text": true[: HEADER.size] + plain,
            "cut by a byte": true[:-1],
            "cut to half": true[: len(true) // 2],
            "cut to its head": true[: HEADER.size],
            "one byte": b"\x01",
            "lengthened": true + b"\x00",
            "with a bit turned": true[:-1] + bytes([true[-1] ^ 1]),
            "noise": secrets.token_bytes(64),
        }
        for name, data in attacks.items():
            shown = put(row, field, data)
            if shown.readable or shown.value != str(UNREADABLE):
                let_in.append(f"{label}: {name}")
        put(row, field, true)
    assert unopened == []
    assert let_in == []


def test_what_was_sealed_under_an_erased_key_does_not_open_under_a_new_one(
    cast, world, put, superuser
):
    field = type(world.note)._meta.get_field("facts_reported")
    stale = seal(b"x", where=field.where(), owner=("case", world.case_id), row=world.note.pk)
    superuser.execute("DELETE FROM vault_datakey WHERE owner_id = %s", [world.case_id])
    forget_keys()
    with acting(cast.caseworker) as act:
        act.authorise("cases.write_note")
        make_keys([("case", world.case_id)])
        act.record("case.listed")
    assert DataKey.objects.filter(owner_id=world.case_id).count() == 1
    assert not put(world.note, field, stale).readable


def test_a_text_that_does_not_open_is_an_event_that_the_auditor_sees(cast, world, put, client_of):
    put(world.note, type(world.note)._meta.get_field("facts_reported"), b"written in clear")
    page = client_of(cast.caseworker).get(f"/cases/notes/{world.note.pk}/")
    assert page.status_code == 200
    assert str(UNREADABLE) in page.content.decode()
    assert "written in clear" not in page.content.decode()
    event = AuditEvent.objects.get(verb="text.unreadable", object_id=world.note.pk)
    assert (event.fields, event.case_id) == (["facts_reported"], world.case_id)
    trail = client_of(cast.auditor).get("/audit/?kind=alarms").content.decode()
    assert "met a text that could not be opened" in trail


def _purposes():
    """(file, purpose) of every blind index in the code; None where it is no literal."""
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT).parts
        if parts[0] in {".venv", "node_modules", "tests", "bench"} or parts[0].startswith("."):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {
                "blind_index",
                "index_key",
            }:
                first = node.args[0] if node.args else None
                literal = first.value if isinstance(first, ast.Constant) else None
                if path.name != "blind_index.py":
                    yield "/".join(parts), literal


def test_blind_indexes_are_on_exact_identifiers_and_name_tokens_alone():
    used = {purpose: file for file, purpose in _purposes()}
    unknown = {f"{file}: {purpose}" for purpose, file in used.items() if purpose not in PURPOSES}
    assert unknown == set(), "say in vault.blind_index.PURPOSES what this index is on"
    assert set(PURPOSES) <= set(used), "an index that is gone is still listed"


def test_no_narrative_field_has_an_index_beside_it(database):
    beside = re.compile(r"_?(index|tokens?|digests?|hash(es)?|search|bidx|ngrams?)$")
    strays = []
    for model, field in sealed_fields():
        if isinstance(field, EncryptedJSONField):
            continue  # structured details: names and identifiers, which may have one
        for other in model._meta.get_fields():
            name = getattr(other, "attname", "")
            if name != field.attname and beside.sub("", name) == field.attname:
                strays.append(f"{model._meta.label}.{name}")
        for index in model._meta.indexes:
            if field.attname in index.fields:
                strays.append(f"{model._meta.label}: {index.name}")
        if field.db_index or field.unique:
            strays.append(f"{model._meta.label}.{field.attname}")
    assert strays == []
    assert all(isinstance(field, models.BinaryField) for _model, field in sealed_fields())
