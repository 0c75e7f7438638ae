"""Reminding whoever has to answer a handoff, with mail that says nothing but "come and look"."""

from __future__ import annotations

from datetime import date, timedelta

from audit.acting import acting
from audit.reading import reading
from core.actors import Actor
from handoffs.choices import Status
from handoffs.models import Handoff

# Nobody is reminded of the same handoff more often.
NOT_SOONER_THAN = timedelta(days=3)


def remind_of_answers(*, actor: Actor, on: date) -> int:
    """Remind of every handoff whose answer is due tomorrow, today or late, every third day.

    The desk is reminded of what it has not answered, the sender of what the desk asked. Once an
    answer is late, whoever composed it is told as well. The mails are those of any news (R-P3).

    Args:
        on: today.

    Returns:
        How many handoffs somebody was reminded of; a second run finds none.
    """
    again = on - NOT_SOONER_THAN
    with reading(actor):
        due = list(
            Handoff.objects.visible_to(actor)
            .to_remind_of(on, again=again)
            .values_list("pk", flat=True)
        )
    done = 0
    for handoff_id in due:
        try:
            with acting(actor) as act:
                # Answered a moment ago, or reminded of by another run: it is not found any more.
                handoff = (
                    Handoff.objects.visible_to(actor)
                    .to_remind_of(on, again=again)
                    .locked()
                    .get(pk=handoff_id)
                )
                act.authorise("handoffs.remind_of_answer", handoff)
                handoff.reminded_on = on
                handoff.save(update_fields=["reminded_on"])
                asked = handoff.status == Status.NEEDS_INFORMATION
                act.record("handoff.reminded", handoff, facts={"late": handoff.answer_by < on})
                if not asked:
                    act.after_commit("handoffs.tell_desk", str(handoff.to_agency_id))
                if asked or handoff.answer_by < on:
                    act.after_commit("handoffs.tell_sender", str(handoff.composed_by_id))
        except Handoff.DoesNotExist:
            continue
        done += 1
    return done
