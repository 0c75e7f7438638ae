"""The whole suite looks at the pages through the client that checks every response against the
log; whoever does not is listed with the reason."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from audit.models import AuditEvent
from cases.models import Case
from tests.client import case_data_tables
from tests.factories import open_case

TESTS = Path(__file__).resolve().parents[1]
UNWATCHED = {
    "tests/client.py": "is the watched client",
    "tests/audit/test_cosigning.py": "the published log, which knows nobody and reads no case",
    "tests/audit/test_published_log.py": "the published log, which knows nobody and reads no case",
    "tests/systems.py": "asks for tokens alone, which no person is signed in for",
    "tests/core/test_compressing.py": "the public reports, which know nobody",
    "tests/core/test_components.py": "single components, without a page",
    "tests/core/test_leaving_when_things_break.py": "error pages, with the database away",
    "tests/core/test_sign_in_pages.py": "the rate limits of strangers",
}
# What may be taken from the libraries' testing modules: none of it asks for a page.
HARMLESS = {"override_settings", "CaptureQueriesContext", "FakePayload"}
LIBRARIES = ("django.test", "rest_framework.test", "pytest_django")
# Fixtures of pytest-django that hand out a client of Django's own.
UNWATCHED_FIXTURES = {
    *("client", "async_client", "admin_client", "async_admin_client"),
    *("rf", "async_rf", "live_server"),
}


def given_by_pytest(function):
    """Whether a function's arguments are fixtures: it is a test, or a fixture itself."""
    marks = {ast.unparse(mark).split("(")[0] for mark in function.decorator_list}
    return function.name.startswith("test_") or "pytest.fixture" in marks


def past_the_watched_client(source, fixtures=frozenset()):
    """What of a file's imports and fixtures asks for pages without being watched.

    Args:
        fixtures: names that the folder's own conftest.py gives.
    """
    found, tree = set(), ast.parse(source)
    own = set(fixtures)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_"):
            own.add(node.name)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(LIBRARIES):
            found |= {alias.name for alias in node.names} - HARMLESS
        elif isinstance(node, ast.ImportFrom) and node.module in ("django", "rest_framework"):
            found |= {alias.name for alias in node.names} & {"test"}
        elif isinstance(node, ast.Import):
            found |= {one.name for one in node.names if one.name.startswith(LIBRARIES)}
        elif isinstance(node, ast.FunctionDef) and given_by_pytest(node):
            found |= {argument.arg for argument in node.args.args} & UNWATCHED_FIXTURES - own
    return found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from django.test import Client", {"Client"}),
        ("from django.test.client import AsyncClient", {"AsyncClient"}),
        ("from django import test", {"test"}),
        ("import django.test as t", {"django.test"}),
        ("from rest_framework.test import APIClient", {"APIClient"}),
        ("def test_a(client): pass", {"client"}),
        ("def test_a(live_server, cast): pass", {"live_server"}),
        ("@pytest.fixture\ndef case(client): pass", {"client"}),
        ("def ask(client): pass", set()),
        ("def client(cast): pass\ndef test_a(client): pass", set()),
        ("from django.test import override_settings", set()),
        ("from tests.client import WatchedClient", set()),
    ],
)
def test_a_client_of_another_kind_is_found(source, found):
    assert past_the_watched_client(source) == found


def test_no_test_looks_at_pages_past_the_watched_client():
    found = set()
    for file in TESTS.rglob("*.py"):
        beside = file.parent / "conftest.py"
        given = ast.walk(ast.parse(beside.read_text())) if beside.exists() else ()
        fixtures = {node.name for node in given if isinstance(node, ast.FunctionDef)}
        if past_the_watched_client(file.read_text(), fixtures):
            found.add(str(file.relative_to(TESTS.parent)))
    assert found == set(UNWATCHED)


# What speaks to the database below Django, where the watched client does not hear it, and to what.
RAW = re.compile(r"psycopg_connection\(|\.connection\.cursor\(|psycopg\.connect\(|cursor\.copy\(")
BELOW_DJANGO = {
    "audit/": "the log's own tables, by the logins of the auditor and the sequencer",
    "core/printing.py": "a server that is started for it and thrown away",
    "desk/selectors/watch.py": "the log, by the auditor's login, for a job",
    "reporting/populations.py": "coded facts, by the login of statistics, for a job",
}
APPS = (
    *("core", "accounts", "audit", "vault", "cases", "referrals", "handoffs", "courts"),
    *("reporting", "desk"),
)


def test_no_page_reads_case_data_below_the_watched_client():
    root = TESTS.parent
    found = {
        str(file.relative_to(root))
        for app in APPS
        for file in (root / app).rglob("*.py")
        if not {"commands", "migrations"} & set(file.parts) and RAW.search(file.read_text())
    }
    strays = {name for name in found if not name.startswith(tuple(BELOW_DJANGO))}
    assert not strays, "read through Django's connection, which the tests' client listens to"
    assert all(any(name.startswith(known) for name in found) for known in BELOW_DJANGO)
    for name in found:
        assert 'connections["default"]' not in (root / name).read_text(), name


def silent(request):
    """A page that reads case data and records nothing: what must never pass."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_case")
        return HttpResponse(cursor.fetchone()[0])


def silent_by_the_orm(request):
    return HttpResponse(Case.objects.visible_to(request.user).count())


urlpatterns = [path("silent/", silent), path("orm/", silent_by_the_orm)]


@pytest.mark.parametrize("address", ["/silent/", "/orm/"])
def test_the_watched_client_fails_a_page_that_reads_and_leaves_no_event(cast, client_of, address):
    open_case(cast.caseworker)
    client = client_of(cast.caseworker)
    before = AuditEvent.objects.count()
    with (
        override_settings(ROOT_URLCONF=__name__, LOGIN_REDIRECT_URL="/"),
        pytest.raises(AssertionError, match="cases_case"),
    ):
        client.get(address)
    assert AuditEvent.objects.count() == before


def test_the_tables_it_watches_are_those_behind_row_security():
    pattern = case_data_tables()
    for text in (
        'SELECT 1 FROM "cases_case"',
        "select 1 from cases_case c",
        "SELECT 1 FROM public.cases_case",
        'SELECT 1 FROM "a" INNER JOIN "cases_casenote" ON true',
        "SELECT 1 FROM a, cases_casenote",
        'SELECT 1 FROM ("cases_case" JOIN a ON true)',
        "SELECT 1 FROM ONLY cases_case",
        "DELETE FROM a USING cases_case c",
        "SELECT count(*) FROM fact_survivor",
    ):
        assert pattern.search(text), text
    assert not pattern.search('SELECT 1 FROM "django_session"')
    assert not pattern.search('SELECT 1 FROM "cases_case_something"')
