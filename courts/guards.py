"""What a case that is to be closed still has before a court."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.closing import Missing
from cases.models import Case
from core.actors import Actor
from courts.models import Proceeding


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
