"""What time alone does to consents (R-K6). Nothing is decided by it: every decision looks at days
itself, so a clock that stands still lets nothing leave."""

from __future__ import annotations

from datetime import date, datetime

from audit.acting import acting
from cases.choices import ConsentStatus
from cases.models import Consent
from core.actors import Actor


def run_out_consents(*, actor: Actor, on: date, at: datetime) -> int:
    """Close every consent whose last day has passed; where that day was set by the 18th birthday,
    it is put down to be asked again. Returns how many.

    Run by the keeper of the clock; whoever recorded the consent is told.
    """
    late = list(
        Consent.objects.visible_to(actor)
        .filter(status=ConsentStatus.ACTIVE, valid_until__lt=on)
        .values_list("pk", flat=True)
    )
    for consent_id in late:
        with acting(actor) as act:
            consent = Consent.objects.visible_to(actor).locked().get(pk=consent_id)
            act.authorise("cases.keep_time", consent)
            consent.run_out(on=on, at=at)
            consent.save(update_fields=["status", "version", "ended_at"])
            act.record(
                "consent.ran_out",
                consent,
                fields=["status"],
                facts={"to": str(consent.status)},
            )
            act.after_commit("cases.tell_person", str(consent.recorded_by_id))
    return len(late)
