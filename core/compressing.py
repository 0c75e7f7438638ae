"""Pages made small on the wire, without letting their size tell what is on them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.gzip import GZipMiddleware

# A page asked for by one of ours, or by the person's own typing. Whoever would guess a secret from
# the sizes of many answers (BREACH) has to have them asked for by another site.
OWN = ("same-origin", "none")
WORDS = ("text/html", "application/json")


class CompressMiddleware(GZipMiddleware):
    """Compress what a browser says our own pages asked for, and nothing that others may cache.

    Django adds random bytes to each answer besides (Heal the BREACH). See ADR 25.
    """

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if (
            request.headers.get("Sec-Fetch-Site") not in OWN
            or response.streaming
            or "no-store" not in response.get("Cache-Control", "")
            or not response.get("Content-Type", "").startswith(WORDS)
        ):
            return response
        return super().process_response(request, response)
