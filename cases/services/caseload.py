"""Handing over many cases at once: one list, one reason, each recorded, none left behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit.acting import Act, acting
from cases.choices import LeadReason
from cases.models import Case, CaseLead, CaseTask
from cases.selectors.access import assignees_of
from cases.selectors.caseload import working_leads
from cases.selectors.sight import lead_of
from cases.services.sight import hand_over, worker_of
from cases.services.tasks import hand_open_tasks
from core.errors import Conflict, DomainError

BATCH = 25
MOST_CASES = 500


@dataclass
class HandedOver:
    """What was handed over, and what stayed where it was, with the reason in words."""

    moved: list[UUID] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def transfer_caseload(
    *,
    actor: User,
    case_ids: Sequence[UUID],
    from_user_id: UUID | None,
    to_user_id: UUID,
    reason: str,
) -> HandedOver:
    """Give many cases another lead; open tasks of the one before go with them.

    Works in batches, each an act of its own with one event a case: what was handed over stays so
    if the rest fails. A case that cannot be handed over keeps its lead, and the answer says why.

    Args:
        case_ids: cases the actor sees.
        from_user_id: who leads them as the actor saw it; None for cases that nobody led who works
            on cases. What somebody else leads meanwhile stays theirs.
        reason: one of `LeadReason`, the same for all.

    Raises:
        Denied: the role may not.
        DomainError: no case, too many, an unknown reason, or somebody who does no casework.
    """
    ids = list(dict.fromkeys(case_ids))
    if not ids:
        raise DomainError(_("Choose at least one case."), field="case_ids")
    if len(ids) > MOST_CASES:
        raise DomainError(
            _("Choose up to %(most)d cases at a time.") % {"most": MOST_CASES}, field="case_ids"
        )
    if reason not in LeadReason.values:
        raise DomainError(_("Choose why they get another lead."), field="reason")
    done = HandedOver()
    for batch in _batches(ids):
        with acting(actor) as act:
            act.authorise("cases.change_lead")
            to = worker_of(actor, to_user_id)
            _hand_over_batch(act, actor, batch, from_user_id, to, reason, done)
    return done


def hand_over_tasks(
    *, actor: User, task_ids: Sequence[UUID], from_user_id: UUID, to_user_id: UUID
) -> HandedOver:
    """Give open tasks of somebody who leaves to a colleague who sees their cases; they are told.

    In batches as above. What somebody else has by now stays theirs; what the colleague may not see
    stays, and the answer says why.

    Args:
        task_ids: tasks the actor sees, in cases that somebody else leads.

    Raises:
        Denied: the role may not.
        DomainError: no task, or too many.
    """
    ids = list(dict.fromkeys(task_ids))
    if not ids:
        raise DomainError(_("Choose at least one task."), field="task_ids")
    if len(ids) > MOST_CASES:
        raise DomainError(
            _("Choose up to %(most)d tasks at a time.") % {"most": MOST_CASES}, field="task_ids"
        )
    done = HandedOver()
    for batch in _batches(ids):
        with acting(actor) as act:
            act.authorise("cases.change_lead")
            to = User.objects.visible_to(actor).get(pk=to_user_id)
            tasks = CaseTask.objects.visible_to(actor).open().filter(assignee_id=from_user_id)
            # Locked before anything is decided: who hands one of them on meanwhile waits.
            found = list(tasks.locked().filter(pk__in=batch).select_related("case").order_by("pk"))
            able = {
                case.pk: to.pk in dict(assignees_of(actor, case))
                for case in {task.case for task in found}
            }
            theirs = [task for task in found if able[task.case_id]]
            done.left += [
                (task.case.reference, _("%(name)s does not see it.") % {"name": to.name})
                for task in found
                if not able[task.case_id]
            ]
            done.moved += hand_open_tasks(
                act, tasks.filter(pk__in=[task.pk for task in theirs]), to
            )
            if theirs:
                act.after_commit("cases.tell", str(to.pk))
            act.record(
                "caseload.tasks_handed",
                facts={"to": str(to.pk), "moved": len(theirs), "left": len(found) - len(theirs)},
            )
    return done


def _batches(ids: list[UUID]) -> list[list[UUID]]:
    return [ids[start : start + BATCH] for start in range(0, len(ids), BATCH)]


def _hand_over_batch(
    act: Act,
    actor: User,
    ids: list[UUID],
    from_user_id: UUID | None,
    to: User,
    reason: str,
    done: HandedOver,
) -> None:
    leads: list[CaseLead] = []
    working = set(working_leads().values_list("user_id", flat=True))
    # In one order for everybody, so that two who hand over the same cases wait for each other.
    for case in Case.objects.visible_to(actor).locked().filter(pk__in=ids).order_by("pk"):
        before = lead_of(case.pk)
        try:
            with transaction.atomic():
                _check_lead(before, from_user_id, working)
                lead = hand_over(act, actor, case, to, reason, before)
        except DomainError as stays:
            done.left.append((case.reference, stays.message))
            continue
        leads.append(lead)
        done.moved.append(case.pk)
    if leads:
        facts = {"to": str(to.pk), "reason": str(reason)}
        act.record_each("case.lead_changed", leads, facts=[facts] * len(leads))
    act.record(
        "caseload.transferred",
        facts={"to": str(to.pk), "moved": len(leads), "left": len(ids) - len(leads)},
    )


def _check_lead(lead: CaseLead | None, seen: UUID | None, working: set[UUID]) -> None:
    """Ask whether a case is still led as the actor saw it."""
    leads = lead.user_id if lead is not None and lead.user_id in working else None
    if seen is None and leads is None:
        return
    if lead is None or lead.user_id != seen:
        who = lead.user.name if lead is not None else _("nobody")
        raise Conflict(_("%(name)s leads it by now. Look at it again.") % {"name": who})
