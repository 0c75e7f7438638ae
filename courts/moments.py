"""What a case's timeline tells about its proceedings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from cases.timeline import Moment
from cases.tracks import TrackStep
from core.actors import Actor
from core.ui.dates import spell
from courts.models import Charge, Proceeding, StageChange, Verdict


def moments_of_case(actor: Actor, case: Case) -> list[Moment]:
    """Proceedings, charges and verdicts of a visible case, by when they were recorded."""
    told: list[Moment] = []
    proceedings = Proceeding.objects.visible_to(actor).filter(case=case).select_related("opened_by")
    for proceeding in proceedings.defer("docket_number"):
        told.append(
            Moment(
                at=proceeding.created_at,
                sentence=_("Proceeding %(reference)s was opened on %(day)s.")
                % {"reference": proceeding.reference, "day": spell(proceeding.opened_on)},
                kind="court",
                icon="court",
                who=proceeding.opened_by.name,
                url=reverse("courts:proceeding", args=[proceeding.pk]),
            )
        )
    for charge in Charge.objects.visible_to(actor).filter(case=case):
        told.append(
            Moment(
                at=charge.created_at,
                sentence=_("A charge was filed on %(day)s: %(statute)s.")
                % {"day": spell(charge.filed_on), "statute": charge.statute},
                kind="court",
                icon="law",
                url=reverse("courts:proceeding", args=[charge.proceeding_id]),
            )
        )
    changes = StageChange.objects.visible_to(actor).filter(case=case, number__gt=1)
    for change in changes.select_related("to_step", "recorded_by").defer("document"):
        told.append(
            Moment(
                at=change.created_at,
                sentence=_("Step of %(day)s: %(step)s.")
                % {"day": spell(change.happened_on), "step": change.to_step.label},
                kind="court",
                icon="court",
                who=change.recorded_by.name,
                url=reverse("courts:proceeding", args=[change.proceeding_id]),
            )
        )
    verdicts = Verdict.objects.visible_to(actor).filter(case=case)
    for verdict in verdicts.select_related("charge", "recorded_by"):
        told.append(
            Moment(
                at=verdict.created_at,
                sentence=_("Verdict of %(day)s: %(result)s.")
                % {
                    "day": spell(verdict.decided_on),
                    "result": verdict.get_result_display().lower(),
                },
                kind="court",
                icon="verdict",
                who=verdict.recorded_by.name,
                url=reverse("courts:proceeding", args=[verdict.charge.proceeding_id]),
            )
        )
    return told


def justice_steps_of(actor: Actor, case: Case) -> list[TrackStep]:
    """The dates of the courts for the justice track of a visible case."""
    steps: list[TrackStep] = []
    proceedings = Proceeding.objects.visible_to(actor).filter(case=case).defer("docket_number")
    for proceeding in proceedings:
        steps.append(
            TrackStep(
                proceeding.opened_on,
                _("Proceeding %(reference)s was opened.") % {"reference": proceeding.reference},
                reverse("courts:proceeding", args=[proceeding.pk]),
            )
        )
    for charge in Charge.objects.visible_to(actor).filter(case=case):
        steps.append(
            TrackStep(
                charge.filed_on,
                _("A charge was filed: %(statute)s.") % {"statute": charge.statute},
                reverse("courts:proceeding", args=[charge.proceeding_id]),
            )
        )
    changes = StageChange.objects.visible_to(actor).filter(case=case, number__gt=1)
    # Charges and verdicts speak for the steps they lead to.
    for change in changes.filter(to_step__reached_by="").select_related("to_step"):
        steps.append(
            TrackStep(
                change.happened_on,
                change.to_step.label,
                reverse("courts:proceeding", args=[change.proceeding_id]),
            )
        )
    verdicts = Verdict.objects.visible_to(actor).filter(case=case).select_related("charge")
    for verdict in verdicts:
        steps.append(
            TrackStep(
                verdict.decided_on,
                _("Verdict: %(result)s.") % {"result": verdict.get_result_display().lower()},
                reverse("courts:proceeding", args=[verdict.charge.proceeding_id]),
            )
        )
    return steps
