"""The pages of a working day for a worker who sees 60 of 100,000 cases: 95 in 100, and against
their own statements alone.

Asked in one process through every middleware, as a web server would, so that the network and the
waiting for other people are not measured.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any
from urllib.parse import urlencode
from wsgiref.util import setup_testing_defaults

import psycopg
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.test import Client
from django.utils import timezone
from psycopg import sql

from audit.reading import reading
from bench.crowd import made_code, make_cases
from bench.installation import clone, login, superuser
from bench.many import CASE, NEW, make_many, multiply
from bench.measuring import in_turns, milliseconds_of, seconds_of
from bench.people import WORKER, person
from bench.report import Figure, Outcome, Target, as_ratio
from bench.talk import say
from cases.models import Case, PersonToken
from cases.naming import NAME
from cases.person_index import digest_of
from cases.services.people import add_participant
from cases.services.purposes import state_purpose

# all cases, those the worker sees, turns, pages a turn, pages for the slowest twentieth
SIZES = {
    "toy": (300, 60, 1, 3, 5),
    "small": (10_000, 60, 3, 10, 40),
    "normal": (100_000, 60, 5, 20, 100),
    "full": (100_000, 60, 5, 20, 100),
}
# page → what 95 in 100 are to stay below, in ms
LIMITS = {"my work": 60, "case list": 50, "case page": 80, "find a code": 100, "find a name": 100}
FOUND_BY = "penaflor"
# Where the codes of the survivors begin, above those of the first people of the cases.
OTHERS = 1 << 24
TOKENS = """
    INSERT INTO cases_persontoken (id, created_at, kind, digest, person_id)
    SELECT gen_random_uuid(), now(), kind, CASE WHEN kind = 'name' AND number %% 20 = 0 THEN %s
        ELSE decode(md5(random()::text) || md5(random()::text), 'hex') END, survivor_id
    FROM bench_numbered, unnest(ARRAY['name', 'sound', 'sound', 'identifier']) kind
"""
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')


def measure(size: str) -> dict[str, Any]:
    total, seen, turns, pages, many = SIZES[size]
    figures: list[Figure] = []
    told: list[Figure] = []
    with clone() as database:
        say(f"    making {total:,} cases and what belongs to them …")
        make_cases(database, total=total, seen=seen)
        make_many(database, seen=seen)
        _make_survivors(database)
        browser = Browser()
        asks = _asks(browser)
        with psycopg.connect(login("default"), autocommit=True) as bare_connection:
            for name, ask in asks.items():
                statements = browser.statements_of(ask)
                bare = _replayed(bare_connection, statements)
                comparison = in_turns(
                    partial(milliseconds_of, ask, pages),
                    partial(milliseconds_of, bare, pages),
                    turns=turns,
                    unit="ms",
                )
                took, cost = _slowest_twentieth(ask, many)
                say(f"    {name}: {took:.1f} ms, {len(statements)} statements")
                figures.append(as_ratio(f"{name}: time, of its statements alone", comparison))
                told += [
                    Figure(f"{name}: 95 in 100", took, "ms", target=_limit(name)),
                    Figure(f"{name}: processor time of this process", cost, "ms"),
                    Figure(f"{name}: statements that read", len(statements), ""),
                ]
    return Outcome(
        name="pages",
        title=f"the pages of a worker who sees {seen} of {total:,} cases",
        against=(
            "each page's own reading statements, sent by psycopg over an open connection as the "
            "same role, with the same person set"
        ),
        figures=[*figures, *told],
        facts={"cases": total, "seen": seen, "people by name": total // 20},
    ).as_json()


def _limit(name: str) -> Target:
    return Target("at most", LIMITS[name])


def _slowest_twentieth(ask: Callable[[], object], times: int) -> tuple[float, float]:
    """(time that 95 in 100 stay below, processor time of the median one), in ms."""
    took, cost = [], []
    for _time in range(times):
        before = time.process_time()
        took.append(1000 * seconds_of(ask))
        cost.append(1000 * (time.process_time() - before))
    return sorted(took)[min(times - 1, int(0.95 * times))], sorted(cost)[times // 2]


def _make_survivors(database: str) -> None:
    """Put a survivor in every case, every twentieth of whom bears the name looked for."""
    worker = person(WORKER)
    with reading(worker):
        case = Case.objects.visible_to(worker).order_by("created_at")[0]
    example = add_participant(actor=worker, case_id=case.pk, role="survivor")
    code = made_code("S", f"n.number + {OTHERS}")
    with superuser(database) as admin:
        with admin.transaction():
            admin.execute("SET LOCAL ROLE liwanag_owner")
            admin.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
            person_id = {"id": "n.survivor_id", "code": code}
            multiply(admin, "cases_person", example.person_id, person_id)
            place = {"id": NEW, "case_id": CASE, "person_id": "n.survivor_id"}
            multiply(admin, "cases_caseparticipant", example.pk, place)
            admin.execute(TOKENS, [digest_of(NAME, FOUND_BY)])
        admin.execute("VACUUM ANALYZE")


def _asks(browser: Browser) -> dict[str, Callable[[], bytes]]:
    """page → asking for it once."""
    worker = person(WORKER)
    with reading(worker):
        case = Case.objects.visible_to(worker).open().order_by("reference")[0]
        assert PersonToken.objects.visible_to(worker).exists()
    state_purpose(
        actor=worker,
        case_id=case.pk,
        purpose="casework",
        reason="The pages of a working day are measured.",
        at=timezone.now(),
    )
    return {
        "my work": lambda: browser.get("/"),
        "case list": lambda: browser.get("/cases/"),
        "case page": lambda: browser.get(f"/cases/{case.pk}/"),
        "find a code": lambda: browser.find(case.reference),
        "find a name": lambda: browser.find(FOUND_BY),
    }


def _replayed(
    raw: psycopg.Connection[Any], statements: list[tuple[str, Any]]
) -> Callable[[], None]:
    """The denominator: the same statements and nothing else."""
    actor = str(person(WORKER).pk)

    def work() -> None:
        with raw.transaction(), raw.cursor() as cursor:
            cursor.execute("SELECT set_config('liwanag.actor', %s, true)", [actor])
            for text, values in statements:
                cursor.execute(sql.SQL(text), values).fetchall()  # type: ignore[arg-type]

    return work


class Browser:
    """A worker signed in with their second factor, asking the application as a web server would."""

    def __init__(self) -> None:
        self.application = get_wsgi_application()
        client = Client()
        client.force_login(person(WORKER))
        self.cookies = {name: one.value for name, one in client.cookies.items()}
        self.status = ""
        self._token = ""

    def get(self, path: str) -> bytes:
        """The whole page, through every middleware."""
        return self._ask("GET", path, b"")

    def find(self, words: str) -> bytes:
        if not self._token:
            found = TOKEN.search(self.get("/find/"))
            if found is None:
                raise RuntimeError("the box has no form")
            self._token = found[1].decode()
        body = urlencode({"csrfmiddlewaretoken": self._token, "words": words})
        page = self._ask("POST", "/find/", body.encode())
        if b"list-row" not in page:
            raise RuntimeError(f"nothing was found by “{words}”")
        return page

    def statements_of(self, ask: Callable[[], bytes]) -> list[tuple[str, Any]]:
        """What a page reads, from its second showing on."""
        noted: list[tuple[str, Any]] = []

        def note(execute: Any, text: str, values: Any, many: bool, context: Any) -> Any:
            noted.append((text, values))
            return execute(text, values, many, context)

        ask()  # the first request of a process loads what later ones find
        with connection.execute_wrapper(note):
            ask()
        return [one for one in noted if one[0].lstrip("( ").upper().startswith("SELECT")]

    def _ask(self, method: str, path: str, body: bytes) -> bytes:
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "HTTP_HOST": "localhost",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": BytesIO(body),
        }
        setup_testing_defaults(environ)
        answer = self.application(environ, self._begin)
        try:
            page = b"".join(answer)
        finally:
            answer.close()  # type: ignore[attr-defined] # ends the request: connections are let go
        if not self.status.startswith("200"):
            raise RuntimeError(f"{path} answered {self.status}")
        return page

    def _begin(self, status: str, headers: Any, exc_info: Any = None) -> Any:
        self.status = status
        for name, value in headers:
            if name.lower() == "set-cookie":
                cookie, _, rest = value.partition("=")
                self.cookies[cookie] = rest.split(";")[0]
