"""Erasing somebody ends what was said of them in handoffs, sealed or not, and of nobody else."""

from __future__ import annotations

import pytest

from audit.reading import reading
from cases.services.erasure import approve_erasure
from handoffs.models import EmergencyDisclosure, Handoff
from handoffs.services.answering import ask_sender, complete_handoff
from handoffs.services.handoffs import accept_handoff
from handoffs.services.opening import PackageErased
from handoffs.services.sealing import take_sealed_file
from tests.cases.siblings import ask, now
from tests.factories import add_participant, give_consent, send_handoff
from tests.handoffs.conftest import NAME
from tests.handoffs.sealing import give_keys
from tests.handoffs.test_emergency import tell
from vault.errors import ERASED
from vault.keys import forget_keys
from vault.opening import opened

FIRST = NAME.split()[0]


def erase(cast, place):
    request = ask(cast.caseworker, place)
    approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    forget_keys()


def reads(actor, model, record, name):
    """What the actor reads in a sealed field."""
    with reading(actor):
        return opened(model.objects.visible_to(actor).get(pk=record.pk), name).value


@pytest.fixture
def sent(cast, story):
    """Two handoffs that name nobody in what was sent."""
    return [
        send_handoff(cast.caseworker, story.case, cast.cyber_unit, sections=["case_summary"])
        for _number in range(2)
    ]


def test_what_a_receiver_asked_about_them_goes(cast, story, sent):
    about, apart = sent
    ask_sender(actor=cast.partner, handoff_id=about.pk, question=f"Does {FIRST} still go there?")
    ask_sender(actor=cast.partner, handoff_id=apart.pk, question="Which school is it?")
    erase(cast, story.survivor)
    assert reads(cast.partner, Handoff, about, "question") == str(ERASED)
    assert reads(cast.partner, Handoff, apart, "question") == "Which school is it?"


def test_what_was_said_of_them_at_the_end_goes(cast, story, sent):
    about, apart = sent
    for handoff, words in ((about, f"{FIRST} is safe now."), (apart, "The place was found.")):
        accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
        complete_handoff(actor=cast.partner, handoff_id=handoff.pk, outcome="done", words=words)
    erase(cast, story.survivor)
    assert reads(cast.caseworker, Handoff, about, "outcome_words") == str(ERASED)
    assert reads(cast.caseworker, Handoff, apart, "outcome_words") == "The place was found."


def test_a_sealed_file_goes_with_everybody_who_was_in_the_case_when_it_left(cast, story):
    give_keys(cast)
    before = send_handoff(cast.caseworker, story.case, cast.cyber_unit)
    sister = add_participant(cast.caseworker, story.case, identity={"first_name": "Luningning"})
    after = send_handoff(cast.caseworker, story.case, cast.cyber_unit)
    for handoff in (before, after):
        accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    erase(cast, sister)
    for actor in (cast.partner, cast.caseworker):
        # Nobody here can look inside, so it is who was in the case then that counts.
        assert take_sealed_file(actor=actor, handoff_id=before.pk)[1]
        with pytest.raises(PackageErased, match="erased since"):
            take_sealed_file(actor=actor, handoff_id=after.pk)


def test_a_sealed_file_goes_whatever_is_in_it(cast, story):
    give_keys(cast)
    give_consent(cast.caseworker, story.survivor)
    handoff = send_handoff(
        cast.caseworker, story.case, cast.cyber_unit, sections=["content_origin"]
    )
    accept_handoff(actor=cast.partner, handoff_id=handoff.pk)
    erase(cast, story.accused)
    with pytest.raises(PackageErased):
        take_sealed_file(actor=cast.partner, handoff_id=handoff.pk)


def test_what_was_told_of_them_in_an_emergency_goes(cast, story):
    about = tell(cast, story)
    apart = tell(cast, story, said="There is smoke in the house.")
    erase(cast, story.survivor)
    assert reads(cast.caseworker, EmergencyDisclosure, about, "words") == str(ERASED)
    said = reads(cast.caseworker, EmergencyDisclosure, apart, "words")
    assert said["said"] == "There is smoke in the house."
