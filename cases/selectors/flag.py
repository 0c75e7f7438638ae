"""Flags of a case, and those that are due on My work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone

from cases.models import Case, CaseFlag, CaseLead, key_owner
from cases.querysets.case import covered_case_ids
from core.actors import Actor
from vault.keys import load_keys
from vault.opening import opened


@dataclass(frozen=True)
class ShownFlag:
    """A flag in words; `unreadable` names what did not open: whoever shows it records that."""

    flag: CaseFlag
    why: str
    due: bool
    unreadable: tuple[str, ...] = ()


def show_flags(flags: list[CaseFlag], on: date) -> list[ShownFlag]:
    """Flags in words; their keys are fetched together. Opens sealed text: record the reading."""
    load_keys(key_owner(flag) for flag in flags)
    shown = []
    for flag in flags:
        why = opened(flag, "why")
        unreadable = () if why.readable else ("why",)
        shown.append(ShownFlag(flag, str(why.value), flag.is_due(on), unreadable))
    return shown


def raised_flags(actor: Actor, case: Case, on: date) -> list[ShownFlag]:
    """What everybody is to mind in a visible case, by the day it is looked at again."""
    flags = CaseFlag.objects.visible_to(actor).raised().filter(case=case)
    return show_flags(list(flags.select_related("person", "raised_by").defer("what_came")), on)


def due_flags(actor: Actor, until: date) -> QuerySet[CaseFlag]:
    """Flags that the actor raised, or of open cases they lead or cover for, whose day comes by
    then."""
    led = CaseLead.objects.filter(
        Q(user_id=actor.pk) | Q(case_id__in=covered_case_ids(actor, timezone.now())), until=None
    ).values("case_id")
    found: QuerySet[CaseFlag] = (
        CaseFlag.objects.visible_to(actor)
        .due(until)
        .minded_by(actor, led)
        .filter(case__in=Case.objects.visible_to(actor).open())
        .select_related("case", "person")
        .defer("what_came")
    )
    return found
