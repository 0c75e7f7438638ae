"""What time alone does to consents (R-K6).

Nothing is decided by it: every decision looks at days itself, so a clock that stands still lets
nothing leave.
"""

from __future__ import annotations

from datetime import date, datetime

from audit.acting import acting
from audit.reading import reading
from cases.models import Consent
from cases.services.consequences import hold_disclosures, stop_what_nothing_carries
from core.actors import Actor


def run_out_consents(*, actor: Actor, on: date, at: datetime) -> int:
    """Close every consent whose last day has passed. Where the 18th birthday set that day, it is
    put down to be asked again. Whoever recorded it is told, and so are the receivers of what rested
    on it, which ends in the same act (R-K2).

    Returns:
        How many; a second run finds none.
    """
    with reading(actor):
        over = Consent.objects.visible_to(actor).filter(status="active", valid_until__lt=on)
        late = list(over.values_list("pk", flat=True))
    done = 0
    for consent_id in late:
        try:
            with acting(actor) as act:
                waiting = Consent.objects.visible_to(actor).filter(status="active")
                hold_disclosures(waiting.values_list("case_id", flat=True).get(pk=consent_id))
                consent = waiting.locked().get(pk=consent_id)
                act.authorise("cases.run_out_consents", consent)
                consent.run_out(on=on, at=at)
                consent.save(update_fields=["status", "version", "ask_again_because", "ended_at"])
                stopped = stop_what_nothing_carries(act, consent.case_id)
                act.record(
                    "consent.ran_out",
                    consent,
                    fields=["status"],
                    facts={"to": str(consent.status), "handoffs_stopped": stopped},
                )
                act.after_commit("cases.tell", str(consent.recorded_by_id))
        except Consent.DoesNotExist:
            # Taken back or replaced a moment ago.
            continue
        done += 1
    return done
