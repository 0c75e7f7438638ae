"""What the log says of the database itself, in words: who has no name but a login."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        return _statements(
            facts.get("commands", []), facts.get("objects", []), facts.get("changes", 0)
        )
    return _few([_in_words(change) for change in facts.get("what", [])], facts.get("changes", 0))


def _statements(commands: list[str], objects: list[str], changes: int) -> str:
    """Kinds of statements and what they were about; one thing may be changed many times."""
    told = ": ".join(filter(None, (", ".join(commands), _few(objects, len(objects)))))
    if changes <= max(len(objects), 1):
        return told
    return ngettext("%(told)s (%(n)s change)", "%(told)s (%(n)s changes)", changes) % {
        "told": told,
        "n": f"{changes:,}",
    }


def _few(what: list[str], number: int) -> str:
    """The first few of `number` things, and how many more there are than are said here."""
    said = "; ".join(what[:MOST_SAID])
    more = max(number, len(what)) - len(what[:MOST_SAID])
    if not said or more <= 0:
        return said
    return ngettext("%(said)s; and one more", "%(said)s; and %(more)s more", more) % {
        "said": said,
        "more": f"{more:,}",
    }


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
