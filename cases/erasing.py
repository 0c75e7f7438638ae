"""What an erasure erases: every app declares its steps, and a test finds what nobody declared.

A step is SQL that runs in the database as its owner, for one erasure at a time: the officer who
decides sees no case, and the application gains no right to delete anything. Each step becomes a
function that first asks `liwanag_erasing` whether a colleague asked, a second person decides, and
no hold stands; otherwise it refuses. The steps of the case file are in `cases/erasure_steps.py`,
those of a higher app in its `erasure.py`; how to write one is in docs/adr/0018-erasure.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.functional import Promise

from cases.models import ErasureRequest, PersonIdentity
from cases.third_parties import names_in, plain_words
from core.actors import Actor
from core.walls import ACTOR, IN_ACT, definer_function, definer_procedure
from vault.fields import Sealed
from vault.opening import opened

Finder = Callable[[ErasureRequest], list[UUID]]
# SQL: whether the current actor may decide on a request `r`.
DECIDES = "r.agency_id = liwanag_my_agency() AND liwanag_may('cases.approve_erasure')"


@dataclass(frozen=True)
class ErasureStep:
    """One step, named for the receipt.

    Attributes:
        name: a word; the receipt counts rows under it.
        covers: the foreign keys to a person, or to a place in a case, that it answers for, each as
            `app.Model.field`; and the sealed fields of other owners, as `app.Model.field` too.
        statements: SQL; `v_person` is the person, `v_cases` their cases, `v_whole` the case whose
            shared texts go too, `a_found` what `find` found. NULL where there is none. Rows are
            counted. In a step of another kind, `v_record` is the record.
        keys: SQL of (kind of owner, id): data keys that end, so that copies elsewhere do too.
        find: what SQL can't tell because it is sealed, looked for by the process that opens it.
        kind: of what it is a step; empty for one of a person and case (`register_erasable`).
    """

    name: str
    label: str | Promise
    covers: tuple[str, ...]
    statements: tuple[str, ...] = ()
    keys: str = ""
    find: Finder | None = None
    kind: str = ""


STEPS: list[ErasureStep] = []
# What speaks for keeping, beyond the case's own: (actor, case ids, day) → codes of
# `RetentionReason`.
Reason = Callable[[Actor, Iterable[UUID], datetime], Iterable[str]]
REASONS: list[Reason] = []


def register_erasure(*steps: ErasureStep) -> None:
    """Add steps. Called once by an app's `apps.py`."""
    STEPS.extend(step for step in steps if step.name not in {known.name for known in STEPS})


def register_retention_reason(reason: Reason) -> None:
    """Add what speaks for keeping. Called once by an app's `apps.py`."""
    if reason not in REASONS:
        REASONS.append(reason)


def erasure_functions(steps: Iterable[ErasureStep]) -> list[str]:
    """The SQL functions of the steps, for the app's `walls.py`."""
    return [
        definer_procedure(
            f"liwanag_erase_{step.name}",
            "integer[]",
            _body(step),
            arguments="a_request uuid, a_found uuid[]",
        )
        for step in steps
    ]


def other_erasing(kind: str, *, table: str, stopped: str) -> list[str]:
    """The SQL functions by which a record that belongs to no case is erased, for `walls.py`.

    Args:
        kind: a word, as in `ErasureStep.kind` and `ErasureRequest.kind`.
        table: of the record.
        stopped: SQL of what forbids it, of a request `r` and its record `k`; '' when nothing does.
    """
    of_request = f"cases_erasurerequest r JOIN {table} k ON k.id = r.record_id WHERE r.id = $1"
    return [
        definer_function(
            f"liwanag_{kind}_erasure_stopped_by",
            "text",
            f"SELECT {stopped} FROM {of_request} AND r.kind = '{kind}' AND {DECIDES}",
            arguments="a_request uuid",
        ),
        definer_function(
            f"liwanag_erasing_{kind}",
            "TABLE (record_id uuid)",
            f"SELECT k.id FROM {of_request} AND r.kind = '{kind}' AND {IN_ACT} "
            f"AND r.status = 'requested' AND r.requested_by_id <> {ACTOR} AND {DECIDES} "
            f"AND liwanag_{kind}_erasure_stopped_by(r.id) = ''",
            arguments="a_request uuid",
        ),
    ]


def _body(step: ErasureStep) -> str:
    begins = (
        "SELECT e.person_id, e.cases, e.whole INTO v_person, v_cases, v_whole "
        "FROM liwanag_erasing(a_request) e; "
    )
    if step.kind:
        begins = f"SELECT e.record_id INTO v_record FROM liwanag_erasing_{step.kind}(a_request) e; "
    counted = " GET DIAGNOSTICS v_now = ROW_COUNT; v_rows := v_rows + v_now;"
    keys = ""
    if step.keys:
        keys = (
            "INSERT INTO vault_erasedkey (id, created_at, owner_type, owner_id, erased_at) "
            "SELECT gen_random_uuid(), now(), k.kind, k.id, now() "
            f"FROM ({step.keys}) k (kind, id) ON CONFLICT DO NOTHING; "
            f"DELETE FROM vault_datakey d USING ({step.keys}) k (kind, id) "
            "WHERE d.owner_type = k.kind AND d.owner_id = k.id; "
            "GET DIAGNOSTICS v_keys = ROW_COUNT; "
        )
    return (
        "DECLARE v_person uuid; v_cases uuid[]; v_whole uuid; v_record uuid; v_now integer; "
        f"v_rows integer := 0; v_keys integer := 0; BEGIN {begins}"
        "IF NOT FOUND THEN RAISE EXCEPTION 'nothing is being erased' "
        "USING ERRCODE = 'insufficient_privilege'; END IF; "
        + keys
        + " ".join(f"{statement};{counted}" for statement in step.statements)
        + " RETURN ARRAY[v_rows, v_keys]; END"
    )


def words_of_the_erased(request: ErasureRequest) -> set[str]:
    """Folded words by which a text is known to speak of the person being erased: their code, and
    those of their names that nobody else of their cases bears. Nobody is shown any of them."""
    own: set[str] = set()
    others: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id, details, is_theirs FROM liwanag_names_to_erase(%s)",
            [request.pk],
        )
        rows = cursor.fetchall()
    for pk, person_id, details, is_theirs in rows:
        identity = PersonIdentity(
            pk=pk, person_id=person_id, details=Sealed(bytes(details)) if details else {}
        )
        known = opened(identity, "details")
        names = set(names_in(known.value)) if isinstance(known.value, dict) else set()
        (own if is_theirs else others).update(names)
    code = request.person_code.casefold()
    return (own - others) | ({code} if code else set())


def speaks_of(text: str, words: set[str]) -> bool:
    """Whether a text holds one of the words of the erased, as a word of its own."""
    flat = text.casefold()
    codes = {word for word in words if any(letter.isdigit() for letter in word)}
    return bool(plain_words(text) & words) or any(code in flat for code in codes)
