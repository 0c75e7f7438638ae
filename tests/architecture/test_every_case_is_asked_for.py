"""Whoever sees a case and has not said why they open it gets nothing of it, at any address.

Nobody in this walk states a purpose. Each address that takes a record of a case is visited and
written to, and each list of the API is written to and asked for one case. Every one must lead to
the question, unless `NOT_ASKED` says why not; a reason that is needed no more is a failure too.
"""

from __future__ import annotations

import re
import uuid
from urllib.parse import urlsplit

import pytest
from django.urls import resolve

from cases.purpose_gate import GATED
from tests.architecture.addresses import LIBRARY, PUBLIC, addresses, urls_of

# Who sees the tests' case by their work; together they reach every address of one. Each next one
# goes where nobody before was asked.
WALKERS = ("caseworker", "supervisor", "legal", "clinician", "liaison")
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
ASKS = re.compile(r"/cases/[0-9a-f-]{36}/purpose/")
# Namespaces of pages whose records are a case's own; of the API, those of the gate's apps.
OF_A_CASE = ("cases:", "courts:", "handoffs:", "rights:", "desk:print", "audit_trail:")
# Addresses that answer without the question, and why that shows nothing of a case unasked.
BY_LIST = "many cases from a list of codes; none is opened"
OF_THE_HOUSE = "belongs to the agency, not to a case"
EXPORTED = "an export has a purpose and a reason of its own; its outside shows nothing of a case"
NOT_ASKED: dict[str, str] = {
    **dict.fromkeys(
        (
            "handoffs:export",
            "handoffs:approve_export",
            "handoffs:refuse_export",
            "handoffs:take_export",
            "handoffs:drop_export",
            "export-detail",
            "export-approve",
            "export-refuse",
            "export-file",
            "export-drop",
        ),
        EXPORTED,
    ),
    "cases:state_purpose": "the question itself",
    "case-purpose": "the answer itself",
    "cases:transfer_caseload": BY_LIST,
    "cases:discard_draft": "one's own draft, thrown away unread",
    "cases:end_cover": OF_THE_HOUSE,
    "leave-cover-detail": OF_THE_HOUSE,
    "leave-cover-end": OF_THE_HOUSE,
    "statute-detail": OF_THE_HOUSE,
    "statute-change": OF_THE_HOUSE,
    "courts:change_statute": OF_THE_HOUSE,
    "audit_trail:review": "about what a colleague did, by the log; nothing of the case is in it",
}


@pytest.fixture
def unasked(world, superuser):
    """The world a day later: nobody has said why they open anything, nor opened it just now."""
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', 'later', true)")
        for table in ("cases_case", "cases_statedpurpose"):
            superuser.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        superuser.execute("UPDATE cases_case SET created_at = created_at - interval '9 hours'")
        superuser.execute("DELETE FROM cases_statedpurpose")
        for table in ("cases_case", "cases_statedpurpose"):
            superuser.execute(f"ALTER TABLE {table} ENABLE TRIGGER ALL")
    return world


def is_asked(response):
    if response.status_code == 403 and response.get("Content-Type") == "application/json":
        said = response.json()
        return isinstance(said, dict) and said.get("code") == "purpose_needed"
    where = urlsplit(response.get("HX-Redirect") or response.get("Location") or "").path
    return bool(ASKS.fullmatch(where))


def gives_nothing(response, *, wrote):
    """Not theirs, not there, no such way; or a visit that is sent on without a look."""
    return response.status_code in (403, 404, 405) or (response.status_code == 302 and not wrote)


def same_as_nowhere(client, url, response, *, wrote, **sent):
    """Whether an id that is nowhere gets the very same answer, so that this one tells nothing."""
    nowhere = ID.sub(str(uuid.uuid4()), url)
    if nowhere == url:
        return False
    absent = client.post(nowhere, **sent) if wrote else client.get(nowhere)
    return (absent.status_code, absent.content) == (response.status_code, response.content)


def of_a_case(world):
    """[(name, URL, whether it takes a record)] of pages and of the API."""
    # With a format at its end an address of the API is the same one again.
    takes = {name: taken for name, taken in addresses() if "format" not in taken}
    for name, url in sorted(urls_of(world).items()):
        if LIBRARY.match(name) or name in PUBLIC:
            continue
        if url.startswith("/api/"):
            model = getattr(resolve(url).func.cls, "model", None)
            if model is None or model._meta.app_label not in GATED:
                continue
        elif not (name.startswith(OF_A_CASE) and takes[name]):
            continue
        yield name, url, bool(takes[name])


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_r_a3_no_address_of_a_case_answers_before_the_question(unasked, cast, client_of):
    world = unasked
    named = {
        "case": str(world.case_id),
        "participant": str(world.survivor.pk),
        "proceeding": str(world.proceeding.pk),
    }
    answered: dict[str, set[str]] = {}
    asked: set[str] = set()
    for who in WALKERS:
        client = client_of(getattr(cast, who))
        client.states_purposes = False
        asks_here: set[str] = set()
        for name, url, one in of_a_case(world):
            if name in asked:
                continue
            program = url.startswith("/api/")
            body = named if program and not one else {}
            sent = {"data": body, "content_type": "application/json"} if program else {}
            query = {"case": named["case"]} if program and not one else {}
            for way, response in (
                ("read", client.get(url, query)),
                ("written", client.post(url, **sent)),
            ):
                wrote = way == "written"
                if is_asked(response):
                    asks_here.add(name)
                elif not gives_nothing(response, wrote=wrote) and not (
                    one and same_as_nowhere(client, url, response, wrote=wrote, **sent)
                ):
                    answered.setdefault(name, set()).add(f"{who} {way}: {response.status_code}")
        asked |= asks_here
    silent = {name: ways for name, ways in answered.items() if name not in NOT_ASKED}
    assert silent == {}, "\n".join(f"{name}: {sorted(ways)}" for name, ways in silent.items())
    stale = set(NOT_ASKED) & asked - set(answered)
    assert not stale, f"these ask by now, drop their reasons: {sorted(stale)}"
    # The rest is refused to everybody who sees the case: of other desks, or of other people's own.
    assert len(asked) > 150, sorted(asked)
