"""What courts have to say before a case is closed, and before an alleged offender is cleared."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.closing import Missing
from cases.models import Case, CaseParticipant
from core.actors import Actor
from courts.choices import CONVICTIONS
from courts.models import Charge, Proceeding


def proceedings_left(actor: Actor, case: Case) -> Iterable[Missing]:
    """Told, not asked for: services never depend on cooperation with a prosecution."""
    for proceeding in Proceeding.objects.visible_to(actor).filter(case=case).select_related("step"):
        if not proceeding.is_over:
            yield Missing(
                _("A proceeding is not over: %(stage)s.")
                % {"stage": proceeding.step.label.lower()},
                _("Open the proceeding"),
                reverse("courts:proceeding", args=[proceeding.pk]),
                blocks=False,
            )


def still_tried(place: CaseParticipant) -> str:
    """Why nobody clears an accused by hand: the word for them follows what is recorded of a court.

    Returns:
        A sentence, or "" where no court has them.
    """
    if Proceeding.objects.filter(accused=place).running().exists():
        return _(
            "A court proceeding against this person is not over: it runs, it waits for them, or "
            "another court has it. Record its end under Court; this follows by itself."
        )
    convictions = Charge.objects.filter(proceeding__accused=place, status__in=CONVICTIONS)
    if convictions.exists():
        return _(
            "A conviction of this person stands. When the decision on an appeal is recorded in "
            "the proceeding, this follows by itself."
        )
    return ""
