"""The whole suite looks at the pages through the client that checks every response against the
log; whoever does not is listed with the reason."""

from __future__ import annotations

import ast
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
    "tests/core/test_components.py": "single components, without a page",
    "tests/core/test_leaving_when_things_break.py": "error pages, with the database away",
    "tests/core/test_sign_in_pages.py": "the rate limits of strangers",
}
CLIENTS = {"Client", "APIClient", "APITestCase", "TestCase", "RequestFactory", "APIRequestFactory"}


def test_no_test_looks_at_pages_past_the_watched_client():
    found = set()
    for file in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".test"):
                names = {alias.name for alias in node.names}
                if names & CLIENTS:
                    found.add(str(file.relative_to(TESTS.parent)))
    assert found == set(UNWATCHED)


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
    ):
        assert pattern.search(text), text
    assert not pattern.search('SELECT 1 FROM "django_session"')
    assert not pattern.search('SELECT 1 FROM "cases_case_something"')
