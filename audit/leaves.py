"""From an event's row to its leaf in the Merkle log.

The payload is the RFC 8785 form (JSON Canonicalization Scheme) of every column, and the leaf is
SHA-256(0x00 || payload). The salt of a `commitment` stands nowhere in the log, so that an erasure
leaves it verifying: the commitment remains and can no longer be tied to anybody.

`EVENT_COLUMNS` reads a row as text, as PostgreSQL writes it, so that neither a driver's settings
nor a session's time zone changes a payload, and no value (an infinite date, a number of a thousand
digits) can stop a reader. `tests/audit/test_leaves.py` holds the outcome for fixed rows: a change
here that alters a payload makes every existing log fail, so it needs a new log.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from operator import itemgetter
from typing import Any

import rfc8785

from audit.merkle import leaf_hash

FIELDS = (
    "id",
    "at",
    "db_user",
    "act",
    "request_id",
    "actor_id",
    "agency_id",
    "role",
    "verb",
    "object_type",
    "object_id",
    "case_id",
    "fields",
    "facts",
    "purpose",
    "outcome",
    "commitment",
)
_LISTED = FIELDS.index("fields")
_FACTS = FIELDS.index("facts")
# Section 3.2.3 sorts keys by their UTF-16 units, which for these is their plain order.
_SORTED = sorted(FIELDS)
_TEMPLATE = "{" + ",".join(f'"{name}":%s' for name in _SORTED) + "}"
_in_order = itemgetter(*map(FIELDS.index, _SORTED))

# RFC 8785 numbers are IEEE doubles: integers are exact up to here (section 3.2.2.3).
LARGEST_INTEGER = 2**53 - 1
MAX_DEPTH = 32

# For strings, integers, booleans and null these give RFC 8785's bytes (sections 3.2.2 and 3.2.4).
_quote = json.encoder.encode_basestring
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode

Row = Sequence[Any]


class _NotExact(ValueError):
    """A fact that the canonical form would round or cannot reach."""


def utc_text(column: str) -> str:
    """SQL: a timestamp as `2026-05-04T03:02:01.123456Z`, to the microsecond.

    What has no such form (infinity, years before 1 or after 9999) comes as PostgreSQL prints it.
    """
    return (
        f"CASE WHEN {column} BETWEEN '0001-01-01 00:00:00+00' "
        "AND '9999-12-31 23:59:59.999999+00' "
        f"THEN to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') "
        f"ELSE ({column} AT TIME ZONE 'UTC')::text END"
    )


EVENT_COLUMNS = (
    f"e.id, {utc_text('e.at')}, e.db_user::text, e.act::text, e.request_id::text, "
    "e.actor_id::text, e.agency_id::text, e.role, e.verb, e.object_type, e.object_id::text, "
    "e.case_id::text, to_json(e.fields)::text, e.facts::text, e.purpose, e.outcome, "
    "encode(e.commitment, 'hex')"
)
"""The select list for `FROM audit_event e`, in the order of `FIELDS`."""


def canonical_payload(row: Row) -> bytes:
    """The RFC 8785 payload of one event.

    Args:
        row: what `EVENT_COLUMNS` selects.

    Facts are strings, integers, booleans, lists and objects of these. Where a writer got past
    that (a fraction, an integer beyond 2^53 - 1, more than 32 levels), the SHA-256 of the facts'
    text stands for them, so that one bad row can neither stop the log nor be changed unseen.
    """
    parts = [
        "null" if value is None else _quote(value) if type(value) is str else str(value)
        for value in row
    ]
    if row[_LISTED] is not None:
        parts[_LISTED] = _listed(row[_LISTED])
    if row[_FACTS] is not None:
        parts[_FACTS] = _facts(row[_FACTS])
    payload: str = _TEMPLATE % _in_order(parts)
    return payload.encode()


def event_leaf(row: Row) -> bytes:
    """The RFC 6962 leaf hash of one event; `row` as for `canonical_payload`."""
    return leaf_hash(canonical_payload(row))


@lru_cache(maxsize=4096)
def _listed(text: str) -> str:
    # The names of fields that were changed or shown: few and often the same.
    return _encode(json.loads(text))


@lru_cache(maxsize=4096)
def _facts(text: str) -> str:
    # Of most events there are many with the same: how many rows a list had, which level a note has.
    try:
        facts = _decode(text)
        _measure(facts)
    except (_NotExact, RecursionError):
        facts = {"sha256 of text": sha256(text.encode()).hexdigest()}
    plain = _encode(facts)
    # Python sorts keys by code points; beyond ASCII that may differ from the order by UTF-16.
    return plain if plain.isascii() else rfc8785.dumps(facts).decode()


def _integer(digits: str) -> int:
    # Measured before int(), which refuses thousands of digits.
    value = int(digits) if len(digits) < 20 else LARGEST_INTEGER + 1
    if abs(value) > LARGEST_INTEGER:
        raise _NotExact
    return value


def _fraction(digits: str) -> float:
    raise _NotExact


_decode = json.JSONDecoder(parse_int=_integer, parse_float=_fraction).decode


def _measure(value: Any, depth: int = 1) -> None:
    # A fixed limit, far below Python's own, which depends on who calls: the payload may not.
    if depth > MAX_DEPTH:
        raise _NotExact
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        if isinstance(item, dict | list):
            _measure(item, depth + 1)
