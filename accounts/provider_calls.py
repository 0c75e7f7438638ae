"""Calls to an agency's provider: to a public address, over in a few seconds, never led elsewhere.

An administrator writes the address, so it must not lead to a machine of ours. The name is looked up
once: the connection goes to the very address that was checked, and the certificate is checked
against the name.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from certifi import where
from django.conf import settings

MOST_BYTES = 256 * 1024
# For one silence, and for everything that one visit asks.
PATIENCE_SECONDS = 6.0
IN_ALL_SECONDS = 12.0
# Addresses that carry another one inside, which would be reached through them.
CARRIERS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("::/96"))


class NotReached(Exception):
    """The provider is not there, not where it may be, or not one."""


@dataclass(frozen=True)
class Patience:
    """How long all calls of one visit may take together."""

    until: float

    @classmethod
    def for_one_visit(cls) -> Patience:
        return cls(time.monotonic() + IN_ALL_SECONDS)

    @property
    def left(self) -> float:
        return self.until - time.monotonic()


def ask(
    address: str,
    patience: Patience,
    *,
    form: Mapping[str, str] | None = None,
    basic: tuple[str, str] | None = None,
) -> dict[str, Any]:
    """What the provider answers there, a JSON object: by POST where there is a form, else by GET.

    Args:
        basic: the client's id and secret for the header.

    Raises:
        NotReached: there is no such answer, or none in time. It says nothing of the answer.
    """
    headers = {"Accept": "application/json"}
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    if basic is not None:
        headers["Authorization"] = f"Basic {base64.b64encode(':'.join(basic).encode()).decode()}"
    try:
        parts = urlsplit(address)
        places = check_address(address)
        with _connected(parts, places, patience) as there:
            path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
            body = None if form is None else urlencode(form)
            there.request("GET" if form is None else "POST", path, body, headers)
            answer = there.getresponse()
            text = answer.read(MOST_BYTES + 1) if answer.status == 200 else b""
        said = json.loads(text) if len(text) <= MOST_BYTES else None
    except (OSError, http.client.HTTPException, ValueError) as failed:
        raise NotReached(type(failed).__name__) from None
    if not isinstance(said, dict):
        raise NotReached("the provider says something else")
    return said


def check_address(address: str) -> list[tuple[Any, ...]]:
    """Where an address leads: HTTPS, to public addresses alone. Plain and here only where the
    product itself runs like that.

    Raises:
        ValueError, OSError: it leads nowhere, or to where it may not.
    """
    parts = urlsplit(address)
    if not parts.hostname or parts.username or parts.scheme not in ("https", "http"):
        raise ValueError("no address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    in_the_open = urlsplit(settings.LIWANAG_PUBLIC_URL).scheme != "http"
    if in_the_open and parts.scheme != "https":
        raise ValueError("not https")
    found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    places = [place[:2] for *_kind, place in found]
    if in_the_open and not all(is_public(str(place[0])) for place in places):
        raise ValueError("an address of this house")
    return places


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, and carries none that is not."""
    here = ipaddress.ip_address(address.split("%", 1)[0])
    if isinstance(here, ipaddress.IPv6Address):
        inner = here.ipv4_mapped or here.sixtofour or (here.teredo and here.teredo[1])
        if any(here in carrier for carrier in CARRIERS):
            inner = ipaddress.IPv4Address(here.packed[-4:])
        if inner:
            return is_public(str(inner))
    return here.is_global and not here.is_multicast


@contextmanager
def _connected(
    parts: SplitResult, places: list[tuple[Any, ...]], patience: Patience
) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut when patience ends, however slowly the other side goes on."""
    secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    there = kind(parts.hostname or "", parts.port)
    line = _first_that_answers(places, patience)
    if secure:
        context = ssl.create_default_context(cafile=where())
        line = context.wrap_socket(
            line, server_hostname=parts.hostname, do_handshake_on_connect=False
        )
    cut = threading.Timer(max(patience.left, 0), _cut, [line])
    cut.daemon = True
    cut.start()
    try:
        if isinstance(line, ssl.SSLSocket):
            line.do_handshake()
        there.sock = line
        yield there
    finally:
        cut.cancel()
        there.close()
        line.close()


def _first_that_answers(places: list[tuple[Any, ...]], patience: Patience) -> socket.socket:
    """A provider may have an address of the newer kind that we do not reach, and an older one."""
    failed: OSError = TimeoutError()
    for place in places:
        if patience.left <= 0:
            break
        try:
            silence = min(PATIENCE_SECONDS, patience.left)
            return socket.create_connection(place, timeout=silence)
        except OSError as error:
            failed = error
    raise failed


def _cut(line: socket.socket) -> None:
    try:
        # The plain socket's: that of TLS would change what another thread is reading from.
        socket.socket.shutdown(line, socket.SHUT_RDWR)
    except OSError:
        return
