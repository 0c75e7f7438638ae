"""What a case's timeline tells about its proceedings."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.models import Case
from cases.timeline import Moment
from cases.tracks import TrackStep
from core.actors import Actor
from core.ui.dates import spell
from courts.choices import HearingStatus
from courts.models import (
    Appeal,
    AppealRuling,
    Charge,
    Hearing,
    Proceeding,
    Sentence,
    StageChange,
    Verdict,
)


def moments_of_case(actor: Actor, case: Case) -> list[Moment]:
    """What happened before the courts in a visible case, by when it was recorded."""
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
    sentences = Sentence.objects.visible_to(actor).filter(case=case).select_related("recorded_by")
    for sentence in sentences:
        told.append(
            Moment(
                at=sentence.created_at,
                sentence=_("Sentence of %(day)s: %(kind)s.")
                % {
                    "day": spell(sentence.imposed_on),
                    "kind": sentence.get_kind_display().lower(),
                },
                kind="court",
                icon="verdict",
                who=sentence.recorded_by.name,
                url=reverse("courts:proceeding", args=[sentence.proceeding_id]),
            )
        )
    appeals = Appeal.objects.visible_to(actor).filter(case=case).select_related("recorded_by")
    for appeal in appeals:
        told.append(
            Moment(
                at=appeal.created_at,
                sentence=_("An appeal was filed on %(day)s.") % {"day": spell(appeal.filed_on)},
                kind="court",
                icon="court",
                who=appeal.recorded_by.name,
                url=reverse("courts:proceeding", args=[appeal.proceeding_id]),
            )
        )
    hearings = Hearing.objects.visible_to(actor).filter(case=case).select_related("recorded_by")
    for hearing in hearings.defer("place"):
        told.append(
            Moment(
                at=hearing.created_at,
                sentence=_("A hearing was recorded for %(day)s: %(kind)s, %(status)s.")
                % {
                    "day": spell(hearing.local_start.date()),
                    "kind": hearing.get_kind_display().lower(),
                    "status": hearing.get_status_display().lower(),
                },
                kind="court",
                icon="court",
                who=hearing.recorded_by.name,
                url=reverse("courts:hearing", args=[hearing.pk]),
            )
        )
    # What a higher court made of a charge, by when it was written down; the step that says that
    # the appeal is decided stands beside it.
    rulings = AppealRuling.objects.visible_to(actor).filter(case=case).select_related("appeal")
    for ruling in rulings:
        told.append(
            Moment(
                at=ruling.created_at,
                sentence=_("Decision of %(day)s on an appeal: %(result)s.")
                % {
                    "day": spell(ruling.decided_on),
                    "result": ruling.get_result_display().lower(),
                },
                kind="court",
                icon="verdict",
                url=reverse("courts:proceeding", args=[ruling.appeal.proceeding_id]),
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
    # Charges, verdicts, sentences and appeals speak for the steps they lead to.
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
    for sentence in Sentence.objects.visible_to(actor).filter(case=case):
        steps.append(
            TrackStep(
                sentence.imposed_on,
                _("Sentence: %(kind)s.") % {"kind": sentence.get_kind_display().lower()},
                reverse("courts:proceeding", args=[sentence.proceeding_id]),
            )
        )
    hearings = Hearing.objects.visible_to(actor).filter(case=case).defer("place")
    for hearing in hearings.exclude(status__in=(HearingStatus.POSTPONED, HearingStatus.CANCELLED)):
        steps.append(
            TrackStep(
                hearing.local_start.date(),
                _("Hearing: %(kind)s.") % {"kind": hearing.get_kind_display().lower()},
                reverse("courts:hearing", args=[hearing.pk]),
            )
        )
    for appeal in Appeal.objects.visible_to(actor).filter(case=case):
        at = reverse("courts:proceeding", args=[appeal.proceeding_id])
        steps.append(TrackStep(appeal.filed_on, _("An appeal was filed."), at))
        if appeal.decided_on is not None:
            steps.append(
                TrackStep(
                    appeal.decided_on,
                    _("Decision on an appeal: %(outcome)s.")
                    % {"outcome": appeal.get_outcome_display().lower()},
                    at,
                )
            )
    return steps
