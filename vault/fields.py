"""Encrypted fields a model just declares: `summary = EncryptedTextField(owner="referral")`.

The value is sealed when the row is written and opened when the attribute is first read, under the
key of the row's owner. A value that does not open raises; it is never blank and never ciphertext.
"""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from vault.envelope import seal, unseal
from vault.keys import Owner


@dataclass(frozen=True, slots=True)
class Sealed:
    """A value as it stands in the database, not opened yet."""

    data: bytes


class OpenedOnRead(DeferredAttribute):
    """Opens a sealed value when it is asked for, with what the row says about its owner."""

    field: EncryptedTextField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        # Without it Python would find the sealed value in the row's own dict and never come here.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text sealed under a data key.

    Args:
        owner: the kind of key owner (`vault.models.KeyOwner`).
        owner_field: attribute of the row that holds the owner's id; `<owner>_id`, or the row's own
            `id` when the row is the owner.
        otherwise: the kind of owner of a row that names no `owner`: a note about one child is
            sealed under that child's key, one about everybody under the case's.
    """

    descriptor_class = OpenedOnRead
    empty_strings_allowed = True

    def __init__(
        self,
        *args: Any,
        owner: str = "",
        owner_field: str = "",
        otherwise: str = "",
        **kwargs: Any,
    ) -> None:
        self.owner = owner
        self.owner_field = owner_field
        self.otherwise = otherwise
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["owner"] = self.owner
        if self.owner_field:
            kwargs["owner_field"] = self.owner_field
        if self.otherwise:
            kwargs["otherwise"] = self.otherwise
        return name, path, args, kwargs

    def owner_of(self, instance: Any) -> Owner:
        """Under whose key a row's value is sealed; a row of `values_list` will do."""
        owner, owner_id = self.owner, getattr(instance, self.owner_field or f"{self.owner}_id")
        if owner_id is None and self.otherwise:
            owner, owner_id = self.otherwise, getattr(instance, f"{self.otherwise}_id")
        if not isinstance(owner_id, uuid.UUID):
            raise FieldError(f"{self.where()} cannot be sealed before its owner is known")
        return (owner, owner_id)

    def where(self) -> str:
        """What a value is bound to beside its row: `app.Model.field`."""
        return f"{self.model._meta.label}.{self.attname}"

    def open(self, instance: models.Model, value: Sealed) -> Any:
        """The clear value of `instance`'s sealed one. Raises `vault.errors.CannotOpen`."""
        return self.from_clear(
            unseal(value.data, where=self.where(), owner=self.owner_of(instance), row=instance.pk)
        )

    def to_clear(self, value: Any) -> bytes:
        return str(value).encode()

    def from_clear(self, data: bytes) -> Any:
        return data.decode()

    def is_blank(self, value: Any) -> bool:
        return value in (None, "")

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        # An empty value holds nothing to protect and is stored as no bytes at all.
        return Sealed(bytes(value)) if value else self.blank_value()

    def blank_value(self) -> Any:
        return ""

    def to_python(self, value: Any) -> Any:
        return value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return value.data
        if self.is_blank(value):
            return b""
        return seal(
            self.to_clear(value),
            where=self.where(),
            owner=self.owner_of(model_instance),
            row=model_instance.pk,
        )

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, Sealed):
            value = value.data
        if not isinstance(value, bytes):
            raise FieldError(f"{self.where()} is sealed: it cannot be searched or set in bulk")
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.where()} is sealed and cannot be looked up")

    def value_to_string(self, obj: models.Model) -> str:
        raise FieldError(f"{self.where()} is sealed and is not serialised")

    def get_default(self) -> Any:
        return self.blank_value()


class EncryptedBytesField(EncryptedTextField):
    """Bytes sealed under a data key: what is kept of a paper. Large: never in a list."""

    def to_clear(self, value: Any) -> bytes:
        return bytes(value)

    def from_clear(self, data: bytes) -> Any:
        return data

    def is_blank(self, value: Any) -> bool:
        return value in (None, b"")

    def blank_value(self) -> Any:
        return b""


class EncryptedJSONField(EncryptedTextField):
    """A JSON object sealed under a data key."""

    def to_clear(self, value: Any) -> bytes:
        return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()

    def from_clear(self, data: bytes) -> Any:
        return json.loads(data)

    def is_blank(self, value: Any) -> bool:
        return value in (None, {}, "")

    def blank_value(self) -> Any:
        return {}
