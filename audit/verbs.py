"""The registry of audit verbs: what may stand in the log, each with its sentence for people.

Every app lists its own in `<app>/verbs.py` as `VERBS = {"case.opened": "opened the case"}`; the
sentence follows the actor's name ("Maria opened the case C-7QK4-29"). Beside them stands
`LOOKS`, the verbs of what changes nothing: somebody read, printed or took a copy out. The name of a
verb does not say it: `register.opened` writes an entry, `paper.looked_at` reads one.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

OWN: dict[str, Any] = {
    "act.refused": _("was refused"),
    "act.stopped": _("tried something that a rule forbids"),
    "record.missed": _("asked for something they cannot see"),
    "database.provisioned": _("set up or brought up to date the database"),
    "database.changed": _("changed how the database is built"),
    "database.first_seen": _("took down how the database is built and guarded"),
    "database.differs": _("found the database built or guarded otherwise than before"),
    "database.record_altered": _("found that what was taken down of the database was altered"),
    "log.searched": _("searched the audit trail"),
    "log.exported": _("took a copy of the audit log out"),
    "log.archived": _("archived a part of the audit log to a file"),
    "log.pruned": _("removed archived entries of the audit log from the live table"),
    "access.listed": _("looked at who opened a case"),
    "log.check_asked": _("asked for a check of the whole log"),
    "log.checked": _("checked the whole log"),
    "log.watched": _("looked through the log for unusual reading"),
    "log.proof_taken": _("took the proof of an entry out"),
    "search.saved": _("kept a search of the log under a name"),
    "search.forgotten": _("removed a search they had kept"),
    "usage.listed": _("looked at the charts of use"),
    "access_report.made": _("made the report of who opened a person’s record"),
    "review.opened": _("put something up for review"),
    "review.closed": _("closed a review with a finding"),
    "review.read": _("looked at a review"),
    "review.listed": _("looked at the reviews"),
    "job.started": _("started a background job"),
    "job.finished": _("finished a background job"),
    "job.postponed": _("put a background job off to try it again"),
    "job.failed": _("could not finish a background job"),
}

LOOKS = frozenset(
    {
        "log.searched",
        "log.exported",
        "access.listed",
        "log.proof_taken",
        "usage.listed",
        "access_report.made",
        "review.read",
        "review.listed",
    }
)


@cache
def registry() -> dict[str, Any]:
    """verb → sentence, of every installed app."""
    verbs = dict(OWN)
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.verbs") and config.name != "audit":
            for verb, sentence in import_module(f"{config.name}.verbs").VERBS.items():
                if verb in verbs:
                    raise ValueError(f"audit verb {verb} is registered twice")
                verbs[verb] = sentence
    return verbs


@cache
def looks() -> frozenset[str]:
    """The verbs of reading, printing and taking out, of every installed app."""
    found = set(LOOKS)
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.verbs"):
            found |= getattr(import_module(f"{config.name}.verbs"), "LOOKS", frozenset())
    if strays := found - registry().keys():
        raise ValueError(f"no audit verb: {', '.join(sorted(strays))}")
    return frozenset(found)
