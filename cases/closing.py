"""What must be seen to before a case is closed (domain.md 3.2, R-C6).

Like a tab, a higher app registers its own guard in `apps.py`: `register_guard(handoffs_left)`, a
function of `(actor, case)` giving what is still open. A guard blocks, or only tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.choices import SURVIVOR_ROLES, ClosureReason
from cases.models import (
    Case,
    CaseFlag,
    CaseParticipant,
    CaseTask,
    ContactAttempt,
    CrisisFlag,
    LegalHold,
    MaterialFound,
    Placement,
    ReportDuty,
    SafetyPlan,
)
from cases.selectors.safety import lost_contact_is_shown
from core.actors import Actor


@dataclass(frozen=True)
class Missing:
    """One thing that is still open: in words, where to see to it, and whether it blocks."""

    sentence: str
    label: str
    url: str
    blocks: bool = True


Guard = Callable[[Actor, Case], Iterable[Missing]]
GUARDS: list[Guard] = []


def register_guard(guard: Guard) -> None:
    """Add what another app finds still open. Called once by its `apps.py`."""
    GUARDS.append(guard)


def missing_for(actor: Actor, case: Case, reason: str = "") -> list[Missing]:
    """Everything still open in a visible case, what blocks first.

    Args:
        reason: a code of `ClosureReason`; lost contact asks for what was tried (R-C6).
    """
    found = [*_of_people(actor, case), *_material(actor, case), *_duties(actor, case)]
    found += [*_flags(actor, case), *_tasks(actor, case), *_holds(actor, case)]
    if reason == ClosureReason.LOST_CONTACT:
        found += _tried_too_little(actor, case)
    for guard in GUARDS:
        found.extend(guard(actor, case))
    return sorted(found, key=lambda missing: not missing.blocks)


def survivors_of(actor: Actor, case: Case) -> list[CaseParticipant]:
    """The survivors and children at risk of a case, each once."""
    places = (
        CaseParticipant.objects.visible_to(actor)
        .filter(case=case, role__in=SURVIVOR_ROLES)
        .select_related("person")
        .order_by("person__code", "created_at")
    )
    return list({place.person_id: place for place in reversed(list(places))}.values())[::-1]


def _of_people(actor: Actor, case: Case) -> Iterable[Missing]:
    places: dict[UUID, CaseParticipant] = {}
    for place in CaseParticipant.objects.visible_to(actor).filter(case=case):
        places.setdefault(place.person_id, place)

    def safety(person_id: UUID) -> str:
        return reverse("cases:safety", args=[places[person_id].pk])

    for flag in CrisisFlag.objects.visible_to(actor).raised().filter(case=case):
        yield Missing(
            _("%(code)s is in a crisis.") % {"code": flag.person.code},
            _("Lower the crisis flag"),
            safety(flag.person_id),
        )
    late = SafetyPlan.objects.visible_to(actor).overdue(timezone.localdate())
    for plan in late.filter(case=case).select_related("person"):
        yield Missing(
            _("The safety plan of %(code)s was not looked at again.") % {"code": plan.person.code},
            _("Review the safety plan"),
            safety(plan.person_id),
        )
    planned = ContactAttempt.objects.visible_to(actor).open().filter(case=case)
    for attempt in planned.select_related("person"):
        yield Missing(
            _("Contact with %(code)s is planned, and nobody said what came of it.")
            % {"code": attempt.person.code},
            _("Record what came of it"),
            safety(attempt.person_id),
        )
    living = Placement.objects.visible_to(actor).current().filter(case=case)
    for placement in living.select_related("person").exclude(kind="own_home"):
        yield Missing(
            _("%(code)s still lives here: %(kind)s.")
            % {"code": placement.person.code, "kind": placement.get_kind_display()},
            _("Look at placement and custody"),
            reverse("cases:care", args=[places[placement.person_id].pk]),
            blocks=False,
        )


def _material(actor: Actor, case: Case) -> Iterable[Missing]:
    for found in MaterialFound.objects.visible_to(actor).filter(case=case, is_closed=False):
        yield Missing(
            _("Suspected abuse material was reported, and the police do not have it yet."),
            _("Follow the steps to their end"),
            reverse("cases:material_found", args=[found.pk]),
        )


def _duties(actor: Actor, case: Case) -> Iterable[Missing]:
    for duty in ReportDuty.objects.visible_to(actor).due().filter(case=case):
        yield Missing(
            _("A duty to report is open: %(authority)s.") % {"authority": duty.authority},
            _("Report it, or say why it need not be"),
            reverse("cases:duty", args=[duty.pk]),
        )


def _flags(actor: Actor, case: Case) -> Iterable[Missing]:
    left = CaseFlag.objects.visible_to(actor).raised().filter(case=case).count()
    if left:
        yield Missing(
            ngettext("A flag is still raised.", "%(n)d flags are still raised.", left)
            % {"n": left},
            _("Lower what is seen to"),
            reverse("cases:case", args=[case.pk]),
        )


def _tasks(actor: Actor, case: Case) -> Iterable[Missing]:
    left = CaseTask.objects.visible_to(actor).open().filter(case=case).count()
    if left:
        yield Missing(
            ngettext("One task is still open.", "%(n)d tasks are still open.", left) % {"n": left},
            _("Finish, hand on or cancel them"),
            reverse("cases:work", args=[case.pk]),
            blocks=False,
        )


def _holds(actor: Actor, case: Case) -> Iterable[Missing]:
    holds = LegalHold.objects.visible_to(actor).standing(timezone.localdate())
    if holds.filter(case=case).exists():
        yield Missing(
            _("A legal hold keeps the file from being erased, also after closing."),
            _("Read the hold"),
            reverse("cases:holds", args=[case.pk]),
            blocks=False,
        )


def _tried_too_little(actor: Actor, case: Case) -> Iterable[Missing]:
    for place in survivors_of(actor, case):
        if not lost_contact_is_shown(actor, place.person_id):
            yield Missing(
                _(
                    "Nobody has tried three times, within the safe-contact instructions, to reach "
                    "%(code)s. Attempts outside them do not count."
                )
                % {"code": place.person.code},
                _("Plan contact"),
                reverse("cases:safety", args=[place.pk]),
            )
