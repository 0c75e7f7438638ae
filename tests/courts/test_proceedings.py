"""Proceedings, charges and verdicts."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.models import CaseParticipant, PersonIdentity
from cases.services.legal_status import change_legal_status
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from courts.models import Charge, Proceeding, Verdict
from courts.services import appeals, charges, proceedings, sentences, verdicts
from tests.factories import add_participant, open_case
from tests.owner import as_owner

OPENED = date(2026, 1, 5)


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


@pytest.fixture
def accused(cast, case):
    return add_participant(
        cast.caseworker,
        case,
        role="alleged_offender_source",
        legal_status="suspect",
        identity={"family_name": "Baltazar"},
    )


def _open(actor, case, accused, **over):
    values = {
        "case_id": case.pk,
        "accused_id": accused.pk,
        "jurisdiction": "PH",
        "side": "source",
        "opened_on": OPENED,
        "docket_number": "NP-CR-26-0412",
        "step": "submitted_for_decision",
        "earlier_unknown": True,
    }
    return proceedings.open_proceeding(actor=actor, **{**values, **over})


def _charge(actor, proceeding, **over):
    code = {"PH": "PH-RA11862-6", "NL": "NL-SR-252"}[proceeding.jurisdiction]
    values = {"statute": code, "filed_on": OPENED}
    return charges.file_charge(actor=actor, proceeding_id=proceeding.pk, **{**values, **over})


def _again(actor, record):
    with reading(actor):
        return type(record).objects.visible_to(actor).get(pk=record.pk)


def _label(actor, accused):
    with reading(actor):
        return CaseParticipant.objects.visible_to(actor).get(pk=accused.pk).label


HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


@pytest.mark.parametrize("field", ["court", "docket_number"])
def test_a_proceeding_takes_no_fingerprint_of_a_file(cast, case, accused, field):
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, accused, **{field: f"Branch 4 {HASH}"})
    assert (broken.value.code, broken.value.field) == ("material_refused", field)
    with reading(cast.legal):
        assert not Proceeding.objects.visible_to(cast.legal).exists()


def test_a_charge_takes_no_web_address(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    with pytest.raises(DomainError) as broken:
        _charge(cast.legal, proceeding, document="see https://clips.example/1")
    assert (broken.value.code, broken.value.field) == ("link_refused", "document")
    with reading(cast.legal):
        assert not Charge.objects.visible_to(cast.legal).exists()


def test_the_word_shown_follows_charge_and_verdict(cast, case, accused):
    legal = cast.legal
    proceeding = _open(legal, case, accused)
    assert _label(legal, accused) == "Suspect"
    charge = _charge(legal, proceeding)
    assert _label(legal, accused) == "Charged person"
    assert _again(legal, proceeding).stage == "trial"
    verdicts.record_verdict(
        actor=legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=date(2026, 5, 1),
    )
    assert _label(legal, accused) == "Convicted person"
    assert _again(legal, proceeding).stage == "verdict"
    verbs = set(AuditEvent.objects.filter(case_id=case.pk).values_list("verb", flat=True))
    assert {"proceeding.opened_new", "charge.filed", "verdict.recorded"} <= verbs


def _decide(actor, charge, result, day=date(2026, 5, 1)):
    verdicts.record_verdict(
        actor=actor, charge_id=charge.pk, version=charge.version, result=result, decided_on=day
    )


def _advance(actor, proceeding, to, day=date(2026, 6, 1), **over):
    now = _again(actor, proceeding)
    return proceedings.advance_proceeding(
        actor=actor,
        proceeding_id=now.pk,
        to=to,
        version=now.version,
        happened_on=day,
        document="Entry of judgment",
        **over,
    )


def _may_be_opened(cast, accused):
    """Whether who they are may still be opened (R-A6)."""
    with reading(cast.caseworker):
        identities = PersonIdentity.objects.visible_to(cast.caseworker)
        return identities.filter(person_id=accused.person_id).exists()


def test_an_acquittal_seals_nothing_before_it_is_final(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), "acquitted")
    assert _label(cast.legal, accused) == "Charged person"
    assert _may_be_opened(cast, accused)
    _advance(cast.legal, proceeding, "final")
    assert _label(cast.legal, accused) == "Acquitted person"
    assert not _may_be_opened(cast, accused)


@pytest.mark.parametrize("result", ["dismissed", "withdrawn"])
def test_who_is_not_judged_is_discharged_when_it_is_final(cast, case, accused, result):
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), result)
    assert _label(cast.legal, accused) == "Charged person"
    _advance(cast.legal, proceeding, "final")
    assert _label(cast.legal, accused) == "Discharged person"


def test_only_a_final_dismissal_discharges(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, proceeding)
    _advance(cast.legal, proceeding, "provisionally_dismissed", reason="evidence")
    assert _label(cast.legal, accused) == "Charged person"
    _advance(cast.legal, proceeding, "dismissed_final")
    assert _label(cast.legal, accused) == "Discharged person"


def test_a_proceeding_that_stops_for_a_reason_clears_nobody(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, proceeding)
    _advance(cast.legal, proceeding, "discontinued", reason="at_large")
    assert _label(cast.legal, accused) == "Charged person"


def test_nobody_is_cleared_while_another_proceeding_runs(cast, case, accused):
    elsewhere = _open(cast.legal, case, accused, jurisdiction="NL", step="trial")
    other = _charge(cast.legal, elsewhere)
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), "acquitted")
    _advance(cast.legal, proceeding, "final")
    assert _label(cast.legal, accused) == "Charged person"
    _decide(cast.legal, other, "dismissed")
    _advance(cast.legal, elsewhere, "final")
    assert _label(cast.legal, accused) == "Acquitted person"


def _clear_by_hand(cast, accused, to):
    return change_legal_status(
        actor=cast.legal,
        participant_id=accused.pk,
        to=to,
        happened_on=date(2026, 6, 2),
        source="court_record",
    )


@pytest.mark.parametrize(
    ("step", "over"),
    [
        (None, {}),
        ("discontinued", {"reason": "at_large"}),
        ("discontinued", {"reason": "elsewhere"}),
        ("transferred_venue", {"reason": "other"}),
    ],
)
def test_r_a6_nobody_is_cleared_by_hand_while_a_court_has_them(cast, case, accused, step, over):
    proceeding = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, proceeding)
    if step:
        _advance(cast.legal, proceeding, step, **over)
    with pytest.raises(DomainError, match="is not over") as broken:
        _clear_by_hand(cast, accused, "discharged")
    assert (broken.value.code, broken.value.field) == ("not_cleared_yet", "to")
    assert _label(cast.legal, accused) == "Charged person"
    assert _may_be_opened(cast, accused)


def test_r_a6_a_conviction_is_undone_by_an_appeal_and_not_by_hand(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), "convicted")
    _advance(cast.legal, proceeding, "final")
    with pytest.raises(DomainError, match="conviction"):
        _clear_by_hand(cast, accused, "acquitted")
    assert _label(cast.legal, accused) == "Convicted person"


def test_whom_nothing_holds_any_more_is_cleared_by_hand(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, proceeding)
    _advance(cast.legal, proceeding, "discontinued", reason="evidence")
    _clear_by_hand(cast, accused, "discharged")
    assert not _may_be_opened(cast, accused)


def test_what_moved_elsewhere_holds_until_it_ended_there(cast, case, accused):
    first = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, first)
    _advance(cast.legal, first, "transferred_venue", reason="elsewhere", day=date(2026, 3, 1))
    second = _open(cast.legal, case, accused, opened_on=date(2026, 3, 2))
    charge = _charge(cast.legal, second, filed_on=date(2026, 3, 2))
    _decide(cast.legal, charge, "acquitted")
    _advance(cast.legal, second, "final")
    assert _label(cast.legal, accused) == "Acquitted person"


def test_nobody_is_cleared_while_another_court_waits_for_them(cast, case, accused):
    waits = _open(cast.legal, case, accused, step="trial")
    _charge(cast.legal, waits)
    _advance(cast.legal, waits, "discontinued", reason="at_large")
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), "acquitted")
    _advance(cast.legal, proceeding, "final")
    assert _label(cast.legal, accused) == "Charged person"


def test_a_judgment_is_not_final_with_an_undecided_charge(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="judgment_promulgated")
    first, second = (_charge(cast.legal, proceeding) for _ in range(2))
    _decide(cast.legal, first, "acquitted")
    with pytest.raises(InvalidTransition, match="not decided yet") as broken:
        _advance(cast.legal, proceeding, "final")
    assert broken.value.field == "to"
    assert _again(cast.legal, proceeding).stage == "verdict"
    _decide(cast.legal, second, "withdrawn")
    _advance(cast.legal, proceeding, "final")
    assert _label(cast.legal, accused) == "Acquitted person"


def test_who_was_cleared_and_is_charged_anew_is_a_charged_person(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    _decide(cast.legal, _charge(cast.legal, proceeding), "dismissed")
    _advance(cast.legal, proceeding, "final")
    again = _open(cast.legal, case, accused)
    _charge(cast.legal, again)
    assert _label(cast.legal, accused) == "Charged person"
    assert _may_be_opened(cast, accused)


def test_a_further_charge_does_not_take_the_word_back(cast, case, accused):
    first = _open(cast.legal, case, accused, step="arraigned")
    _charge(cast.legal, first)
    _advance(cast.legal, first, "pre_trial")
    assert _label(cast.legal, accused) == "Accused"
    _charge(cast.legal, _open(cast.legal, case, accused))
    assert _label(cast.legal, accused) == "Accused"


def test_the_proceeding_waits_for_the_last_charge(cast, case, accused):
    proceeding = _open(cast.legal, case, accused)
    first, second = (_charge(cast.legal, proceeding) for _ in range(2))
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=first.pk,
        version=first.version,
        result="acquitted",
        decided_on=date(2026, 5, 1),
    )
    assert _again(cast.legal, proceeding).stage == "trial"
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=second.pk,
        version=second.version,
        result="convicted",
        decided_on=date(2026, 5, 2),
    )
    assert _again(cast.legal, proceeding).stage == "verdict"
    assert _label(cast.legal, accused) == "Convicted person"


def test_a_conviction_stands_beside_an_acquittal_elsewhere(cast, case, accused):
    for country, result in (("PH", "convicted"), ("NL", "acquitted")):
        step = {"PH": "submitted_for_decision", "NL": "trial"}[country]
        charge = _charge(
            cast.legal, _open(cast.legal, case, accused, jurisdiction=country, step=step)
        )
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=charge.version,
            result=result,
            decided_on=date(2026, 5, 1),
        )
    assert _label(cast.legal, accused) == "Convicted person"


def test_only_an_alleged_offender_is_accused(cast, case):
    survivor = add_participant(cast.caseworker, case)
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, survivor)
    assert broken.value.field == "accused"
    with reading(cast.legal):
        assert not Proceeding.objects.visible_to(cast.legal).exists()


def test_an_accused_of_another_case_is_not_there(cast, case, accused):
    other = open_case(cast.caseworker)
    with pytest.raises(CaseParticipant.DoesNotExist):
        _open(cast.legal, other, accused)


def test_dates_ahead_or_out_of_order_name_their_field(cast, case, accused):
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(DomainError) as broken:
        _open(cast.legal, case, accused, opened_on=tomorrow)
    assert broken.value.field == "opened_on"
    proceeding = _open(cast.legal, case, accused, jurisdiction="NL", step="", earlier_unknown=False)
    with pytest.raises(DomainError) as broken:
        _charge(cast.legal, proceeding, filed_on=OPENED - timedelta(days=1))
    assert broken.value.field == "filed_on"
    charge = _charge(cast.legal, proceeding)
    with pytest.raises(DomainError) as broken:
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=charge.version,
            result="convicted",
            decided_on=OPENED - timedelta(days=1),
        )
    assert (broken.value.field, broken.value.code) == ("decided_on", "verdict_before_charge")
    with reading(cast.legal):
        assert not Verdict.objects.visible_to(cast.legal).exists()


def test_a_charge_is_decided_once(cast, case, accused):
    charge = _charge(cast.legal, _open(cast.legal, case, accused))
    verdicts.record_verdict(
        actor=cast.legal,
        charge_id=charge.pk,
        version=charge.version,
        result="convicted",
        decided_on=OPENED,
    )
    with pytest.raises(DomainError) as broken:
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=2,
            result="acquitted",
            decided_on=OPENED,
        )
    assert broken.value.code == "already_decided"
    with reading(cast.legal):
        assert Verdict.objects.visible_to(cast.legal).get().result == "convicted"


def test_a_caseworker_reads_and_does_not_record(cast, case, accused):
    with pytest.raises(Denied):
        _open(cast.caseworker, case, accused)
    proceeding = _open(cast.legal, case, accused)
    assert _again(cast.caseworker, proceeding) == proceeding
    with reading(cast.caseworker):
        assert not Charge.objects.visible_to(cast.caseworker).exists()
    assert AuditEvent.objects.filter(verb="act.refused", case_id=case.pk).exists()


def test_the_docket_number_is_sealed(cast, case, accused, superuser):
    proceeding = _open(cast.legal, case, accused)
    stored = superuser.execute(
        "SELECT docket_number FROM courts_proceeding WHERE id = %s", [proceeding.pk]
    ).fetchone()[0]
    assert b"0412" not in bytes(stored)
    assert _again(cast.legal, proceeding).docket_number == "NP-CR-26-0412"


def _put_right(actor, proceeding, **said):
    return proceedings.change_proceeding(
        actor=actor, proceeding_id=proceeding.pk, version=_again(actor, proceeding).version, **said
    )


def test_what_is_left_out_stays_as_it_is(cast, case, accused):
    proceeding = _open(
        cast.legal, case, accused, court="Branch 4", prosecutor_id=cast.cyber_unit.pk
    )
    _put_right(cast.legal, proceeding, court="Branch 12")
    kept = _again(cast.legal, proceeding)
    assert (kept.court, kept.docket_number) == ("Branch 12", "NP-CR-26-0412")
    assert kept.prosecutor_id == cast.cyber_unit.pk
    event = AuditEvent.objects.filter(verb="proceeding.changed").latest("at")
    assert event.fields == ["court"]
    _put_right(cast.legal, proceeding, docket_number="", prosecutor_unknown=True)
    kept = _again(cast.legal, proceeding)
    assert (kept.court, kept.docket_number, kept.prosecutor_id) == ("Branch 12", "", None)


def test_a_prosecutor_that_is_active_no_longer_stays(cast, case, accused, client_of):
    proceeding = _open(cast.legal, case, accused, prosecutor_id=cast.cyber_unit.pk)
    as_owner("UPDATE accounts_agency SET is_active = false WHERE id = %s", cast.cyber_unit.pk)
    client = client_of(cast.legal)
    page = client.get(f"/court/{proceeding.pk}/change/").content.decode()
    assert f'value="{cast.cyber_unit.pk}" selected' in page
    sent = client.post(
        f"/court/{proceeding.pk}/change/",
        {
            "version": 1,
            "court": "Branch 12",
            "docket_number": "NP-CR-26-0412",
            "prosecutor": cast.cyber_unit.pk,
        },
    )
    assert sent.status_code == 302
    kept = _again(cast.legal, proceeding)
    assert (kept.court, kept.prosecutor_id) == ("Branch 12", cast.cyber_unit.pk)


def test_a_number_that_cannot_be_read_is_not_written_over(
    cast, case, accused, client_of, superuser
):
    proceeding = _open(cast.legal, case, accused)
    read = "SELECT docket_number FROM courts_proceeding WHERE id = %s"
    as_owner(
        "UPDATE courts_proceeding SET docket_number = "
        "set_byte(docket_number, length(docket_number) - 1, "
        "255 - get_byte(docket_number, length(docket_number) - 1)) WHERE id = %s",
        proceeding.pk,
    )
    (sealed,) = superuser.execute(read, [proceeding.pk]).fetchone()
    client = client_of(cast.legal)
    page = client.get(f"/court/{proceeding.pk}/change/").content.decode()
    assert 'name="docket_number"' not in page
    sent = client.post(f"/court/{proceeding.pk}/change/", {"version": 1, "court": "Branch 12"})
    assert sent.status_code == 302
    assert superuser.execute(read, [proceeding.pk]).fetchone() == (sealed,)


@pytest.mark.parametrize("step", ["sentenced", "appeal_filed", "final", "serving"])
def test_what_came_with_its_judgment_can_be_written_down_whole(cast, case, accused, step):
    proceeding = _open(cast.legal, case, accused, step=step)
    charge = _charge(cast.legal, proceeding)
    _decide(cast.legal, charge, "convicted")
    assert _label(cast.legal, accused) == "Convicted person"
    sentences.record_sentence(
        actor=cast.legal,
        proceeding_id=proceeding.pk,
        charge_id=charge.pk,
        kind="determinate",
        imposed_on=date(2026, 5, 1),
        max_months=60,
    )
    if step == "appeal_filed":
        appeal = appeals.file_appeal(
            actor=cast.legal, proceeding_id=proceeding.pk, by="defence", filed_on=date(2026, 5, 2)
        )
        assert _again(cast.legal, proceeding).stage == "appeal"
        appeals.decide_appeal(
            actor=cast.legal,
            appeal_id=appeal.pk,
            version=1,
            outcome="affirmed",
            decided_on=date(2026, 6, 1),
        )


def test_an_acquittal_that_came_as_final_seals_at_once(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="final")
    _decide(cast.legal, _charge(cast.legal, proceeding), "acquitted")
    assert _label(cast.legal, accused) == "Acquitted person"


def test_a_judgment_is_not_final_without_any_charge(cast, case, accused):
    proceeding = _open(cast.legal, case, accused, step="judgment_promulgated")
    with pytest.raises(InvalidTransition, match="No charge"):
        _advance(cast.legal, proceeding, "final")


def test_the_second_to_record_a_verdict_is_told(cast, case, accused):
    charge = _charge(cast.legal, _open(cast.legal, case, accused))
    charges.amend_charge(actor=cast.legal, charge_id=charge.pk, version=1, counts=2)
    with pytest.raises(Conflict):
        verdicts.record_verdict(
            actor=cast.legal,
            charge_id=charge.pk,
            version=1,
            result="convicted",
            decided_on=date(2026, 5, 1),
        )
    with reading(cast.legal):
        assert not Verdict.objects.visible_to(cast.legal).exists()
