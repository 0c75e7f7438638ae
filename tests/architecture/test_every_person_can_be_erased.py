"""An erasure reaches everything that is about a person: nothing about somebody arrives without it.

A model of yours is named here? Add a step in your app (`cases/erasure_steps.py`, or `erasure.py` of
a higher app): usually `gone("cases_yourtable")`, with the field in `covers`. If its rows rightly
stay, say in `STAYS` why. docs/adr/0018-erasure.md tells how.
"""

from __future__ import annotations

from django.apps import apps

from cases.erasing import STEPS
from cases.models import CaseParticipant, Person
from vault.fields import EncryptedTextField
from vault.models import KeyOwner

# Foreign keys to a person or to a place in a case that no step covers, and why.
STAYS = {
    "cases.CaseNote.person": "signed notes are never deleted; their words end with the key",
    "cases.CaseTask.person": "that something was done for somebody; its words end with the key",
    "cases.Consent.person": "what was agreed, as codes, answers for what left; its words end",
    "cases.ConsentEvent.person": "the steps of that consent, as codes",
    "cases.Consent.giver": "the same; the row pointed to tells of nobody any more",
    "cases.Consent.interpreter": "the same",
    "cases.LegalGround.person": "an exception stays on the officer's list as codes",
    "cases.LegalStatusChange.participant": "coded steps of the law about an alleged offender",
    "cases.ErasureRequest.person": "the record of the erasure; the person's code is removed",
    "courts.OperationOutcome.participant": "coded outcomes, counted by published figures",
    "courts.CompensationAward.person": "a sum that a public judgment awarded; no words",
    "courts.Proceeding.accused": "public proceedings; the docket number is sealed under the case",
}
# Sealed under an owner that no step ends, and why.
NOT_A_PERSONS = {
    "cases.MaterialStepTaken.authority": "who took found material over; names no survivor",
    "cases.MaterialStepTaken.receipt": "the number of their receipt",
    "cases.RegisterVersion.answers": "the officer's books: codes and words, no names",
    "referrals.ReferralDraft.content": "one's own draft, gone within two weeks",
    "referrals.SavedMapping.name": "what a team calls the columns of its sheet",
    "referrals.SavedMapping.columns": "headings of a team's own sheet, which hold no row",
    "referrals.ImportBatch.findings": "faults of a file without what stood there; gone in a week",
    "referrals.ImportWaiting.name": "gone when the job has read it, after a day at most",
    "referrals.ImportWaiting.content": "the same",
    "referrals.ImportRejects.content": "gone after a week; nobody of it is a person of ours yet",
    "courts.Hearing.place": "a court room; ends with the case's key",
    "courts.PlannedOperation.plan": "what must be ready, without names; ends with the case's key",
    "courts.StageChange.document": "which order says so; ends with the case's key",
    "courts.Proceeding.docket_number": "a public number; ends with the case's key",
}


def _name(model, field):
    return f"{model._meta.label}.{field.name}"


def _fields():
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.concrete and not model._meta.proxy
    ]


def covered():
    return {name for step in STEPS for name in step.covers}


def test_every_field_that_points_to_a_person_is_covered_by_a_step():
    pointing = {_name(m, f) for m, f in _fields() if f.related_model in (Person, CaseParticipant)}
    assert len(pointing) > 20
    forgotten = pointing - covered() - set(STAYS)
    assert not forgotten, f"register a step for {sorted(forgotten)}, or say in STAYS why not"
    assert set(STAYS) <= pointing, "a reason for a field that is gone"
    assert not set(STAYS) & covered(), "a reason for what a step covers"


def test_every_sealed_field_ends_with_a_key_that_an_erasure_destroys():
    sealed = {_name(m, f): f for m, f in _fields() if isinstance(f, EncryptedTextField)}
    ends = {
        name
        for name, field in sealed.items()
        # The person's own key ends in every erasure.
        if field.owner == KeyOwner.PERSON
    }
    forgotten = set(sealed) - ends - covered() - set(NOT_A_PERSONS)
    assert not forgotten, (
        f"{sorted(forgotten)}: seal it under the person it is about, name it in the step that ends "
        "its key, or say in NOT_A_PERSONS why it tells of nobody"
    )
    assert set(NOT_A_PERSONS) <= set(sealed), "a reason for a field that is gone"


def test_steps_cover_fields_that_exist():
    assert covered() <= {_name(model, field) for model, field in _fields()}


def test_steps_have_names_and_labels_of_their_own():
    names = [step.name for step in STEPS]
    assert sorted(names) == sorted(set(names))
    assert all(str(step.label) for step in STEPS)
