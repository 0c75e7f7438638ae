"""Asking ClamAV, where it is set up. When it is set up and silent, nothing comes in."""

from __future__ import annotations

import io

from clamav_client.clamd import ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from cases.papers.refusals import Refused, Why

SECONDS = 20


def scan(file: bytes) -> None:
    """Have the daemon look at a file, over its socket and in memory (INSTREAM).

    What it calls clean is not trusted further: a bomb of 500 MB is "OK" to it. Our own limits
    and checks come all the same.

    Raises:
        Refused: it found something, or it is set up and did not answer as it should.
    """
    daemon = _daemon()
    if daemon is None:
        return
    try:
        answer = daemon.instream(io.BytesIO(file))
    except (ClamdError, OSError, ValueError):
        raise Refused(Why.SCANNER_AWAY) from None
    statuses = {status for status, _name in answer.values()}
    if "FOUND" in statuses:
        raise Refused(Why.VIRUS)
    if statuses != {"OK"}:
        raise Refused(Why.SCANNER_AWAY)


def _daemon() -> ClamdNetworkSocket | None:
    where: str = settings.LIWANAG_CLAMAV
    if not where:
        return None
    if where.startswith("/"):
        return ClamdUnixSocket(path=where, timeout=SECONDS)
    host, _colon, port = where.rpartition(":")
    if not (host and port.isascii() and port.isdigit()):
        # A typing error must not open the door.
        raise Refused(Why.SCANNER_AWAY)
    return ClamdNetworkSocket(host=host, port=int(port), timeout=SECONDS)
