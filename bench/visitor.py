"""Somebody with a browser, as far as a server can tell: cookies, forms, a second factor."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
# The question why a case is opened (cases.purpose_gate).
ASKED = re.compile(r"^/cases/[0-9a-f-]{36}/purpose/")
WRONG = re.compile(r'href="#[^"]*">([^<]+)</a></li>')
FORM = "application/x-www-form-urlencoded"
PATIENCE = 30


class Unexpected(RuntimeError):
    """The server answered something else than a person would need. Names the page and status."""


@dataclass(frozen=True)
class Answer:
    """A response, read whole."""

    status: int
    location: str
    body: str


class Visitor:
    """One person's browser, with a connection that is kept open."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._connection = HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE)
        self._cookies: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def sign_in(self, email: str, password: str, shown: Callable[[], str]) -> None:
        """Password, then the code that `shown` says the authenticator shows now.

        Raises:
            Unexpected: either was not accepted, the code not although it was still shown.
        """
        self._cookies.clear()
        first = self.submit("/account/login/", {"login": email, "password": password})
        if first.status != 302 or "2fa" not in first.location:
            raise Unexpected(f"the password led to {first.status} {first.location}")
        for _try in range(2):
            code = shown()
            second = self.submit(urlsplit(first.location).path, {"code": code})
            if second.status == 302:
                return
            if shown() == code:
                break
        said = " ".join(WRONG.findall(second.body))
        raise Unexpected(f"the code led to {second.status}, “{said}”")

    def see(self, path: str) -> Answer:
        """Open a page that must be there."""
        answer = self._ask("GET", path)
        if ASKED.search(answer.location):
            self._say_why(answer.location)
            answer = self._ask("GET", path)
        if answer.status != 200:
            raise Unexpected(f"{path} answered {answer.status} {answer.location}")
        return answer

    def submit(self, path: str, values: dict[str, str], *, opened: bool = False) -> Answer:
        """Open the page with the form and send it filled in.

        Args:
            opened: the form that was opened before still stands there, as in another tab.
        """
        if not opened or path not in self._tokens:
            found = TOKEN.search(self.see(path).body)
            if found is None:
                raise Unexpected(f"{path} has no form")
            self._tokens[path] = found[1]
        return self._ask("POST", path, {"csrfmiddlewaretoken": self._tokens[path], **values})

    def _say_why(self, location: str) -> None:
        """Say why a case is opened, as everybody is asked once in some hours."""
        found = TOKEN.search(self._ask("GET", location).body)
        if found is None:
            raise Unexpected("the question why a case is opened has no form")
        self._ask(
            "POST",
            urlsplit(location).path,
            {"csrfmiddlewaretoken": found[1], "purpose": "casework"},
        )

    def leave(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, values: dict[str, str] | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if values is not None:
            headers["Content-Type"] = FORM
        self._connection.request(method, path, urlencode(values) if values else None, headers)
        response = self._connection.getresponse()
        body = response.read().decode()
        self._keep_cookies(response)
        return Answer(response.status, response.getheader("Location") or "", body)

    def _keep_cookies(self, response: HTTPResponse) -> None:
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, cookie in SimpleCookie(line).items():
                if cookie.value:
                    self._cookies[name] = cookie.value
                else:
                    self._cookies.pop(name, None)
