"""What keys open in a restored copy of the database, and what of a person is left."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connections

from cases.models import (
    CaseParticipant,
    Person,
)
from handoffs.models import HandoffPackage
from tests.conftest import admin_connection
from vault.envelope import unseal
from vault.errors import CannotOpen
from vault.fields import EncryptedTextField
from vault.key_provider import key_provider
from vault.keys import context_of


def sealed_fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, EncryptedTextField)
    ]


def everything_that_opens(database, keys, *, packages=True):
    """Every sealed value of a whole copy of the database that one of `keys` opens."""
    found = []
    alias = connections["owner"]
    was = alias.settings_dict["NAME"]
    alias.close()
    alias.settings_dict["NAME"] = database
    try:
        rows = [
            (row, field)
            for model, field in sealed_fields()
            if packages or model is not HandoffPackage
            for row in model._base_manager.using("owner").all()
        ]
    finally:
        alias.close()
        alias.settings_dict["NAME"] = was
    for row, field in rows:
        value = row.__dict__[field.attname]
        if not getattr(value, "data", b""):
            continue
        owner = field.owner_of(row)
        for key in keys.get(owner, ()):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("vault.envelope.data_key", lambda *_any, key=key: key)
                try:
                    plain = unseal(value.data, where=field.where(), owner=owner, row=row.pk)
                except CannotOpen:
                    continue
            found.append(plain.decode())
    return "\n".join(found)


def keys_of(dsn_database):
    """owner → the data keys of a copy that the provider of today still unwraps."""
    found = {}
    with admin_connection(dsn_database) as copy:
        rows = copy.execute(
            "SELECT owner_type, owner_id, version, epoch, wrapped FROM vault_datakey"
        )
        for owner_type, owner_id, version, epoch, wrapped in rows.fetchall():
            owner = (owner_type, owner_id)
            if key_provider().holds(epoch):
                key = key_provider().unwrap(bytes(wrapped), context_of(owner, version), epoch)
                found.setdefault(owner, []).append(key)
    return found


def left_about(person_id):
    """Fields that still point to a person, in the rows of the running database."""
    found = set()
    places = CaseParticipant.objects.using("owner").filter(person_id=person_id).values("pk")
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if not field.concrete or field.related_model not in (Person, CaseParticipant):
                continue
            ids = [person_id] if field.related_model is Person else places
            rows = model._base_manager.using("owner").filter(**{f"{field.name}__in": ids})
            if rows.exists():
                found.add(f"{model._meta.label}.{field.name}")
    return found


def owned_by(person_id):
    """(model, row, field) of every sealed value under a person's key."""
    return [
        (model, row, field)
        for model, field in sealed_fields()
        if field.owner == "person"
        for row in model._base_manager.using("owner").filter(person_id=person_id)
        if row.__dict__[field.attname]
    ]
