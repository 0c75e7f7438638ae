"""The case list of a worker who sees 60 of 100,000 cases, against its SQL and template alone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from wsgiref.util import setup_testing_defaults

import psycopg
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest
from django.template.loader import get_template
from django.test import Client
from psycopg import sql

from bench.crowd import make_cases
from bench.installation import clone, login
from bench.measuring import in_turns, milliseconds_of
from bench.people import WORKER, person
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.views.files import CaseList

# all cases, those the worker sees, turns, pages a turn
SIZES = {
    "toy": (300, 60, 1, 3),
    "small": (10_000, 60, 3, 20),
    "normal": (100_000, 60, 9, 40),
    "full": (100_000, 60, 9, 40),
}
ADDRESS = "/cases/"
IN_EVERY_HEAD = 'FROM "accounts_notice"'
ON_CASES = 'FROM "cases_case"'
RATIO = Target("at most", 3)

Statement = tuple[str, Any]


def measure(size: str) -> dict[str, Any]:
    total, seen, turns, pages = SIZES[size]
    with clone() as database:
        say(f"    making {total:,} cases …")
        make_cases(database, total=total, seen=seen)
        browser = Browser()
        page = browser.page_once(seen)
        with psycopg.connect(login("default"), autocommit=True) as bare_connection:
            bare = page.bare_page(bare_connection)

            def product_turn() -> float:
                took = milliseconds_of(browser.get, pages)
                say(f"    a page in {took:.1f} ms")
                return took

            comparison = in_turns(
                product_turn, lambda: milliseconds_of(bare, pages), turns=turns, unit="ms"
            )
            opening = milliseconds_of(opened_and_closed, pages)
    return Outcome(
        name="cases",
        title=f"the case list of a worker who sees {seen} of {total:,} cases",
        against=(
            f"the page's own {len(page.on_cases)} statements on cases, sent by psycopg over an "
            "open connection as the same role, and the same template rendered from the same rows "
            "in memory"
        ),
        figures=[
            as_ratio("time, of the bare time", comparison, RATIO),
            Figure.of("the whole page", comparison.product, "ms"),
            Figure.of("its SQL and template alone", comparison.bare, "ms"),
            Figure("statements of the page", len(page.statements), ""),
            Figure("opening one connection", opening, "ms"),
        ],
        facts={
            "cases": total,
            "seen": seen,
            "rows on the page": CaseList.per_page,
            "connections kept": "yes" if keeps_connections() else "no, one is opened for each page",
        },
    ).as_json()


class Page:
    """What one request did: its statements, and what its template was given."""

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.request = HttpRequest()
        self.given: dict[str, Any] = {}

    @property
    def on_cases(self) -> list[Statement]:
        return [(text, values) for text, values in self.statements if ON_CASES in text]

    def bare_page(self, raw: psycopg.Connection[Any]) -> Callable[[], None]:
        """The denominator: send the statements on cases, render the template."""
        template = get_template(CaseList.template_name)
        statements = self.on_cases
        actor = str(self.request.user.pk)  # type: ignore[union-attr]

        def work() -> None:
            with raw.transaction(), raw.cursor() as cursor:
                cursor.execute("SELECT set_config('liwanag.actor', %s, true)", [actor])
                for text, values in statements:
                    cursor.execute(sql.SQL(text), values).fetchall()  # type: ignore[arg-type]
            with without_queries():
                template.render(self.given, self.request)

        return work


class Browser:
    """A worker signed in with their second factor, asking the application as a web server would."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        client = Client()
        client.force_login(person(WORKER))
        self.cookie = "; ".join(f"{name}={one.value}" for name, one in client.cookies.items())
        self.status = ""

    def get(self) -> bytes:
        """The whole page, through every middleware."""
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": ADDRESS,
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": self.cookie,
        }
        setup_testing_defaults(environ)
        answer = self.application(environ, self._begin)
        try:
            return b"".join(answer)
        finally:
            answer.close()  # type: ignore[attr-defined] # ends the request: connections are let go

    def _begin(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        self.status = status

    def page_once(self, seen: int) -> Page:
        """Ask once, keep what was done, and see that it is the page that was meant."""
        page = Page()
        answer = CaseList.answer

        def keep(view: CaseList, context: dict[str, Any], **more: Any) -> Any:
            page.request, page.given = view.request, context
            return answer(view, context, **more)

        def note(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
            page.statements.append((text, values))
            return execute(text, values, many, context)

        self.get()  # the first request of a process loads what later ones find
        with patch.object(CaseList, "answer", keep), connection.execute_wrapper(note):
            body = self.get()
        shown = len(page.given["rows"])
        if not self.status.startswith("200") or shown != min(seen, CaseList.per_page):
            raise RuntimeError(f"the page answered {self.status} with {shown} rows")
        if (
            page.given["page"].total != seen
            or page.given["rows"][-1].reference.encode() not in body
        ):
            raise RuntimeError(f"the page says {page.given['page'].total} cases, not {seen}")
        return page


def keeps_connections() -> bool:
    """Whether the next request finds this one's connection open."""
    found = settings.DATABASES["default"]
    return bool(found.get("CONN_MAX_AGE", 0)) or bool(found["OPTIONS"].get("pool"))


def opened_and_closed() -> None:
    psycopg.connect(login("default")).close()


@contextmanager
def without_queries() -> Any:
    """Fail when the template asks the database: it would not be rendered from memory.

    The head of every page counts the reader's notices, on both sides of the comparison.
    """

    def refuse(execute: Any, text: str, *rest: Any) -> Any:
        if IN_EVERY_HEAD in text:
            return execute(text, *rest)
        raise RuntimeError(f"the template asked the database: {text}")

    with connection.execute_wrapper(refuse):
        yield
