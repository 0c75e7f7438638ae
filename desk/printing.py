"""What ties paper to the log: a reference at the foot of every sheet, and a mark for the entry.

No sheet comes out before its entry stands. The pages' style hides everything from paper but a word
of refusal, until a script has had the print recorded at that moment, or, where there is no script,
until the page was asked for again by the form at its foot.

The reference is the beginning of the request's id, which every entry of that page bears, so paper
that turns up somewhere leads to who opened the page and when, whether or not its printing could be
recorded (R-P7). The mark says what the page shows; it is signed, so that nobody records another.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest

from accounts.models import User
from audit.reading import read_so_far
from audit.request_id import current_request_id

SALT = "liwanag.print"
# A page that lies open longer is opened anew before it is printed.
LONGEST_OPEN = 12 * 3600
# A page that was recorded without a script may be printed for so long after it came back.
READY_SECONDS = 600
READY_KEY = "print_ready"
DIGITS = 12
REFERENCE = re.compile(r"P-([0-9A-F]{4})-([0-9A-F]{4})-([0-9A-F]{4})")


@dataclass(frozen=True)
class Printed:
    """A page as its mark describes it, and what it showed, as the log names that."""

    page: str
    object_type: str
    object_id: UUID | None
    case_id: UUID | None
    reference: str


def reference_of(request_id: UUID) -> str:
    """The reference of what was answered under this id, such as P-3F9A-22C1-0B7E."""
    digits = request_id.hex[:DIGITS].upper()
    return f"P-{digits[:4]}-{digits[4:8]}-{digits[8:]}"


def requests_under(reference: str) -> tuple[UUID, UUID] | None:
    """The lowest and highest id that a reference may stand for; None when it is none."""
    found = REFERENCE.fullmatch(reference.strip().upper())
    if found is None:
        return None
    digits, rest = "".join(found.groups()).lower(), 32 - DIGITS
    return UUID(digits + "0" * rest), UUID(digits + "f" * rest)


def let_print(request: HttpRequest, path: str, printed: Printed) -> None:
    """Let the page at a path be printed once it is asked for again: its printing was recorded."""
    request.session[READY_KEY] = [path, printed.reference, int(time.time())]


def _recorded_before(request: HttpRequest) -> str:
    """The reference under which printing this very page was recorded a moment ago; once."""
    kept = request.session.get(READY_KEY)
    if kept is None or request.method != "GET":
        return ""
    path, reference, at = kept
    if path != request.get_full_path():
        return ""
    del request.session[READY_KEY]
    return str(reference) if time.time() - at < READY_SECONDS else ""


def print_context(request: HttpRequest) -> dict[str, Any]:
    """What a page needs to be printed: `print_reference`, `print_mark`, `print_ready` and, where it
    can be asked for again, `print_path`."""
    match, request_id = request.resolver_match, current_request_id.get()
    if match is None or request_id is None:
        return {}
    recorded = _recorded_before(request)
    reference, about = recorded or reference_of(request_id), read_so_far()
    mark = [
        str(request.user.pk),
        match.view_name,
        about.object_type if about else "",
        str(about.object_id) if about else "",
        str(about.case_id) if about and about.case_id else "",
        reference,
    ]
    return {
        "print_reference": reference,
        "print_mark": signing.dumps(mark, salt=SALT),
        "print_ready": bool(recorded),
        "print_path": request.get_full_path() if request.method == "GET" else "",
    }


def opened_mark(mark: str, user: User) -> Printed:
    """What a mark says.

    Raises:
        signing.BadSignature: it is not ours, not this person's, or too old.
    """
    whose, page, kind, record, case, reference = signing.loads(
        mark, salt=SALT, max_age=LONGEST_OPEN
    )
    if whose != str(user.pk):
        raise signing.BadSignature("another person's")
    record_id, case_id = (UUID(text) if text else None for text in (record, case))
    return Printed(page.split(":")[-1], kind, record_id, case_id, reference)
