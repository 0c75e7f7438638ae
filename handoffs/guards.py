"""What a case that is to be closed still has open at other agencies."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from cases.closing import Missing
from cases.models import Case
from core.actors import Actor
from handoffs.choices import UNSENT, Status
from handoffs.models import Handoff

OPEN = (*UNSENT, Status.SENT, Status.NEEDS_INFORMATION, Status.ACCEPTED)


def handoffs_left(actor: Actor, case: Case) -> Iterable[Missing]:
    """Drafts and unanswered handoffs block; what a partner accepted is only told."""
    ours = Handoff.objects.visible_to(actor).filter(case=case).select_related("to_agency")
    for handoff in ours.filter(status__in=OPEN):
        words = {
            Status.DRAFT: _("A handoff to %(agency)s is composed and was not sent."),
            Status.PENDING: _("A handoff to %(agency)s waits for a second person."),
            Status.AUTHORISED: _("A handoff to %(agency)s is authorised and was not sent."),
            Status.SENT: _("A handoff to %(agency)s has no answer yet."),
            Status.NEEDS_INFORMATION: _("%(agency)s asks for more before they answer a handoff."),
            Status.ACCEPTED: _("%(agency)s accepted a handoff and works with what they got."),
        }
        yield Missing(
            words[Status(handoff.status)] % {"agency": handoff.to_agency.name},
            _("Open the handoff"),
            reverse("handoffs:handoff", args=[handoff.pk]),
            blocks=handoff.status != Status.ACCEPTED,
        )
