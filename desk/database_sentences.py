"""What the log says of the database itself, in words: who has no name but a login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from audit.models import AuditEvent

BY_THE_SEQUENCER = ("database.first_seen", "database.differs", "database.record_altered")
MARK = "mark "
MOST_SAID = 8


def speaks_of_the_database(event: AuditEvent) -> bool:
    return event.verb.startswith("database.")


def who_speaks(event: AuditEvent) -> str:
    """The sequencer, or the login that gave the statement."""
    if event.verb in BY_THE_SEQUENCER:
        return _("The sequencer")
    return _("The database login “%(login)s”") % {"login": event.db_user}


def what_is_said(event: AuditEvent) -> str:
    """The first few changes, one after another, and how many more there are."""
    facts: dict[str, Any] = event.facts
    if event.verb == "database.changed":
        what = [*facts.get("objects", [])]
        said = [", ".join(facts.get("commands", [])) + (": " if what else "")]
        return said[0] + _few(what, facts.get("changes", 0))
    changes = [_in_words(change) for change in facts.get("what", [])]
    return _few(changes, facts.get("changes", 0)) if changes else ""


def _few(what: list[str], number: int) -> str:
    text = "; ".join(what[:MOST_SAID])
    return text + " …" if len(what) > MOST_SAID else text


def _in_words(change: dict[str, str]) -> str:
    name = f"{change['kind']} {change['name']}"
    was, becomes = (", ".join(_words(change[end])) for end in ("from", "to"))
    if not change["from"]:
        return f"{name}: " + ", ".join(filter(None, (_("now there"), becomes)))
    if not change["to"]:
        return f"{name}: " + _("gone")
    if was and becomes and was != becomes:
        return f"{name}: " + _("from %(before)s to %(after)s") % {"before": was, "after": becomes}
    return f"{name}: " + _("changed")


def _words(state: str) -> Iterator[str]:
    """The words of a state; marks of what has no words stay in the exported log."""
    for part in state.split(", "):
        is_mark = part.startswith(MARK) or (
            len(part) == 16 and set(part) <= set("0123456789abcdef")
        )
        if part and not is_mark:
            yield part
