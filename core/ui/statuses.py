"""The words and icons of states that any record can be in. Colour only repeats the word."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TONES = frozenset({"quiet", "settled", "attention", "irreversible"})


class Status(NamedTuple):
    """`tone` is quiet, settled (accent icon), attention, or irreversible (erased, revoked)."""

    label: str | Promise
    icon: str
    tone: str = "quiet"


STATUSES: dict[str, Status] = {
    "draft": Status(_("Draft"), "draft"),
    "new": Status(_("New"), "inbox"),
    "received": Status(_("Received"), "inbox"),
    "in_triage": Status(_("In triage"), "triage"),
    "needs_information": Status(_("Waiting for the source"), "waiting"),
    "redirected": Status(_("Redirected"), "sent"),
    "duplicate": Status(_("Told before"), "link"),
    "linked": Status(_("Linked"), "link"),
    "open": Status(_("Open"), "open"),
    "in_force": Status(_("In force"), "check", "settled"),
    "not_yet": Status(_("Not yet"), "waiting", "attention"),
    "approved": Status(_("Approved"), "check", "settled"),
    "proposed": Status(_("Waiting for approval"), "waiting", "attention"),
    "refused": Status(_("Refused"), "decline"),
    "superseded": Status(_("Replaced"), "archive"),
    "review_due": Status(_("Ask again"), "attention", "attention"),
    "active": Status(_("Active"), "open"),
    "pending": Status(_("Pending"), "waiting"),
    "asked": Status(_("Waiting for a second person"), "waiting", "attention"),
    "building": Status(_("Being made"), "waiting"),
    "ready": Status(_("Ready"), "check", "settled"),
    "stopped": Status(_("Could not be made"), "decline"),
    "gone": Status(_("Gone"), "archive"),
    "waiting": Status(_("Waiting"), "waiting"),
    "authorised": Status(_("Authorised"), "check", "settled"),
    "sent": Status(_("Sent"), "sent"),
    "opened": Status(_("Opened"), "envelope-open"),
    "accepted": Status(_("Accepted"), "accept", "settled"),
    "declined": Status(_("Declined"), "decline"),
    "returned": Status(_("Returned"), "return"),
    "withdrawn": Status(_("Withdrawn"), "undo"),
    "on_hold": Status(_("On hold"), "pause"),
    "done": Status(_("Done"), "check", "settled"),
    "completed": Status(_("Completed"), "check", "settled"),
    "locked": Status(_("Locked out"), "lock", "attention"),
    "mapping": Status(_("Columns to be chosen"), "waiting", "attention"),
    "running": Status(_("Running"), "waiting"),
    "finished": Status(_("Finished"), "check", "settled"),
    "checked": Status(_("Checked only"), "eye"),
    "ended": Status(_("Ended"), "closed"),
    "closed": Status(_("Closed"), "closed"),
    "sealed": Status(_("Sealed"), "sealed", "settled"),
    "released": Status(_("Released"), "proof", "settled"),
    "overdue": Status(_("Overdue"), "overdue", "attention"),
    "expiring": Status(_("Expiring"), "expiring", "attention"),
    "expired": Status(_("Expired"), "expiring", "attention"),
    "needs_you": Status(_("Needs you"), "attention", "attention"),
    "urgent": Status(_("Urgent"), "attention", "attention"),
    "revoked": Status(_("Revoked"), "revoke", "irreversible"),
    "erased": Status(_("Erased"), "erase", "irreversible"),
    "unknown": Status(_("Unknown"), "unknown"),
    "not_asked": Status(_("Not asked"), "minus"),
}


def status_of(code: str) -> Status:
    """The status of a code; a code that is not listed reads as its own words with a quiet dot."""
    known = STATUSES.get(code)
    if known:
        return known
    words = str(code).replace("_", " ").strip()
    return Status(words[:1].upper() + words[1:], "dot")
