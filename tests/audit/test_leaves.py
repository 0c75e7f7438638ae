"""From a row to its leaf: the canonical form, held fast and compared with RFC 8785's library."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from audit.leaves import FIELDS, LARGEST_INTEGER, canonical_payload, event_leaf

ROW: dict[str, Any] = {
    "id": 17,
    "at": "2026-05-04T03:02:01.000450Z",
    "db_user": "liwanag_app",
    "act": "7f1f1b0e-3c52-4f0e-9d8f-0c6f5b1e2a10",
    "request_id": None,
    "actor_id": "1d9b2f0a-52a7-4f0c-8a63-54d2b2a3c001",
    "agency_id": None,
    "role": "caseworker",
    "verb": "handoff.accepted",
    "object_type": "handoffs.handoff",
    "object_id": "c0ffee00-0000-4000-8000-000000000001",
    "case_id": None,
    "fields": '["status","accepted_at"]',
    "facts": '{"to": "accepted", "from": "sent", "files": 3, "urgent": true}',
    "purpose": "court_date",
    "outcome": "done",
    "commitment": "ab" * 32,
}
PAYLOAD = (
    '{"act":"7f1f1b0e-3c52-4f0e-9d8f-0c6f5b1e2a10",'
    '"actor_id":"1d9b2f0a-52a7-4f0c-8a63-54d2b2a3c001","agency_id":null,'
    '"at":"2026-05-04T03:02:01.000450Z","case_id":null,'
    f'"commitment":"{"ab" * 32}","db_user":"liwanag_app",'
    '"facts":{"files":3,"from":"sent","to":"accepted","urgent":true},'
    '"fields":["status","accepted_at"],"id":17,'
    '"object_id":"c0ffee00-0000-4000-8000-000000000001","object_type":"handoffs.handoff",'
    '"outcome":"done","purpose":"court_date","request_id":null,"role":"caseworker",'
    '"verb":"handoff.accepted"}'
)

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
scalars = texts | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.none()
facts = st.dictionaries(
    texts,
    st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


def row(**changes: Any) -> list[Any]:
    return list({**ROW, **changes}.values())


def test_a_known_event_has_the_payload_and_leaf_that_existing_logs_hold() -> None:
    assert tuple(ROW) == FIELDS
    assert canonical_payload(row()).decode() == PAYLOAD
    assert event_leaf(row()) == sha256(b"\x00" + PAYLOAD.encode()).digest()


@given(
    st.fixed_dictionaries({name: texts | st.none() for name in ("role", "purpose", "verb")}),
    st.lists(texts | st.none(), max_size=4) | st.none(),
    facts | st.none(),
    st.integers(1, 2**53 - 1),
)
def test_the_payload_is_what_the_rfc_8785_library_makes_of_the_event(
    changes: dict[str, Any], listed: list[Any] | None, said: dict[str, Any] | None, number: int
) -> None:
    event = {**ROW, **changes, "id": number, "fields": listed, "facts": said}
    as_read = row(
        **changes,
        id=number,
        fields=None if listed is None else json.dumps(listed, ensure_ascii=False),
        facts=None if said is None else json.dumps(said, ensure_ascii=False),
    )

    assert canonical_payload(as_read) == rfc8785.dumps(event)


@given(facts)
def test_the_order_and_spacing_of_facts_do_not_matter(said: dict[str, Any]) -> None:
    turned = dict(reversed(said.items()))

    assert event_leaf(row(facts=json.dumps(said))) == event_leaf(
        row(facts=json.dumps(turned, indent=2))
    )


@given(facts, facts)
def test_different_facts_have_different_leaves(one: dict[str, Any], two: dict[str, Any]) -> None:
    same = event_leaf(row(facts=json.dumps(one))) == event_leaf(row(facts=json.dumps(two)))

    # Python calls True and 1 equal, so the comparison is of their texts.
    assert same == (json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True))


@pytest.mark.parametrize("name", FIELDS)
def test_every_column_counts(name: str) -> None:
    changed = {"id": 18, "fields": '["status"]', "facts": '{"files": 4}'}.get(name, "other")

    assert event_leaf(row(**{name: changed})) != event_leaf(row())


def test_nothing_and_empty_are_not_the_same() -> None:
    for name, empty in (("fields", "[]"), ("facts", "{}"), ("purpose", ""), ("commitment", "")):
        assert event_leaf(row(**{name: empty})) != event_leaf(row(**{name: None}))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ('{"n": 1.5}', '{"n": 1.50}'),
        ('{"n": 1}', '{"n": 1.0}'),
        ('{"n": 9007199254740993}', '{"n": 9007199254740992}'),
        ('{"n": -9007199254740992}', '{"n": -9007199254740993}'),
        ('{"n": 0.1}', '{"n": 0.1000000000000000055511151231257827}'),
        ('{"n": ' + "9" * 5000 + "}", '{"n": ' + "9" * 4999 + "8}"),
        ('{"a": ' + "[" * 5000 + "]" * 5000 + "}", '{"a": ' + "[" * 4999 + "]" * 4999 + "}"),
        ('{"a": ' + "[" * 40 + "1" + "]" * 40 + "}", '{"a": ' + "[" * 40 + "2" + "]" * 40 + "}"),
    ],
)
def test_facts_beyond_the_agreed_types_neither_stop_the_log_nor_change_unseen(
    one: str, two: str
) -> None:
    assert event_leaf(row(facts=one)) != event_leaf(row(facts=two))


def test_facts_are_read_alike_however_deep_the_caller_stands() -> None:
    deep = row(facts='{"a": ' + "[" * 600 + "]" * 600 + "}")

    def from_below(levels: int) -> bytes:
        return from_below(levels - 1) if levels else event_leaf(deep)

    assert from_below(700) == event_leaf(deep)


def test_facts_at_the_deepest_allowed_level_stand_in_the_payload_themselves() -> None:
    allowed = row(facts='{"a": ' + "[" * 31 + "]" * 31 + "}")
    beyond = row(facts='{"a": ' + "[" * 32 + "]" * 32 + "}")

    assert b'"facts":{"a":[[' in canonical_payload(allowed)
    assert b"sha256 of text" in canonical_payload(beyond)
