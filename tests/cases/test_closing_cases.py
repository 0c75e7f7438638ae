"""Closing a case: nothing left open, two people, and a way back."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditEvent
from audit.reading import reading
from cases.closing import missing_for
from cases.models import Case, CaseClosure, CaseReopening, ClosureAnswer
from cases.services.cases import change_stage
from cases.services.closing import (
    close_case,
    keep_until,
    reopen_case,
    request_closure,
    return_closure,
    withdraw_closure,
)
from cases.services.material import report_material
from cases.services.safe_contact import end_contact, plan_contact, set_safe_contact
from cases.services.safety import lower_crisis, raise_crisis, write_safety_plan
from core.errors import Conflict, Denied, DomainError, InvalidTransition
from tests.factories import add_participant, compose_handoff, open_case
from tests.tampering import lower_walls

SUMMARY = "She is back at school and knows whom to call."


@pytest.fixture
def place(cast):
    return add_participant(cast.caseworker, open_case(cast.caseworker))


def stored(place):
    return Case.objects.using("owner").get(pk=place.case_id)


def asked(cast, place, **over):
    values = {
        "actor": cast.caseworker,
        "case_id": place.case_id,
        "reason": "survivor_choice",
        "summary": SUMMARY,
        "contact_after": {place.person_id: "no"},
        "version": stored(place).version,
    }
    return request_closure(**{**values, **over})


def verbs_of(place):
    events = AuditEvent.objects.all().of_case(place.case_id).order_by("id")
    return list(events.values_list("verb", flat=True))


def missing(cast, place, reason=""):
    with reading(cast.caseworker):
        case = Case.objects.visible_to(cast.caseworker).get(pk=place.case_id)
        return missing_for(cast.caseworker, case, reason)


def test_two_people_close_a_case_and_one_opens_it_again_with_a_reason(cast, place, superuser):
    closure = asked(cast, place)
    assert stored(place).protection_stage == "closure_requested"
    answer = ClosureAnswer.objects.using("owner").get()
    assert (answer.person_id, answer.contact_after) == (place.person_id, "no")
    with pytest.raises(InvalidTransition):
        asked(cast, place)
    # Whoever asks does not decide, and a colleague who is no supervisor neither.
    for who in (cast.caseworker, cast.second_caseworker, cast.clinician):
        with pytest.raises(Denied):
            close_case(actor=who, closure_id=closure.pk, version=1)
    assert stored(place).protection_stage == "closure_requested"
    close_case(actor=cast.supervisor, closure_id=closure.pk, version=1)
    case = stored(place)
    assert (case.protection_stage, case.is_open, case.version) == ("closed", False, 3)
    with pytest.raises(Conflict):
        return_closure(
            actor=cast.supervisor, closure_id=closure.pk, why="There is more to do.", version=1
        )
    with pytest.raises(Denied):
        reopen_case(
            actor=cast.caseworker, case_id=case.pk, reason="came_back", words=SUMMARY, version=3
        )
    for wrong, field in (({"reason": "boredom"}, "reason"), ({"words": "Because."}, "words")):
        with pytest.raises(DomainError) as broken:
            reopen_case(
                **{
                    "actor": cast.supervisor,
                    "case_id": case.pk,
                    "reason": "came_back",
                    "words": SUMMARY,
                    "version": 3,
                    **wrong,
                }
            )
        assert broken.value.field == field
    reopen_case(
        actor=cast.supervisor, case_id=case.pk, reason="came_back", words=SUMMARY, version=3
    )
    assert stored(place).protection_stage == "reopened"
    change_stage(actor=cast.caseworker, case_id=case.pk, to="assessment", version=4)
    assert CaseReopening.objects.using("owner").count() == 1
    assert [verb for verb in verbs_of(place) if "clos" in verb or "reopen" in verb] == [
        "closure.requested",
        "case.closed",
        "case.reopened",
    ]
    # What was said is sealed, and a decision stands below the code too.
    rows = superuser.execute("SELECT c::text FROM cases_caseclosure c").fetchall()
    assert "school" not in str(rows)
    superuser.execute("SELECT set_config('liwanag.act', 'test', false)")
    for rewrite in (
        "UPDATE cases_caseclosure SET status = 'asked', decided_by_id = NULL, decided_at = NULL",
        "UPDATE cases_case SET protection_stage = 'closed'",
        "DELETE FROM cases_caseclosure",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="is refused"):
            superuser.execute(rewrite)


def test_nobody_closes_alone_whatever_the_code_says(cast, place, superuser):
    closure = asked(cast, place)
    superuser.execute("SELECT set_config('liwanag.act', 'test', false)")
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute(
            "UPDATE cases_caseclosure SET status = 'closed', decided_by_id = asked_by_id, "
            "decided_at = now() WHERE id = %s",
            [closure.pk],
        )


def test_what_is_open_is_listed_with_where_to_see_to_it_and_holds_closing_up(
    cast, place, client_of
):
    worker, now = cast.caseworker, timezone.now()
    crisis = raise_crisis(actor=worker, participant_id=place.pk, kind="missing")
    contact = set_safe_contact(actor=worker, participant_id=place.pk, channel="call")
    attempt = plan_contact(actor=worker, participant_id=place.pk, channel="call", planned_for=now)
    report_material(actor=worker, where="device", case_id=place.case_id)
    draft = compose_handoff(worker, place.case, cast.cyber_unit)
    assert contact
    found = missing(cast, place)
    assert [thing.blocks for thing in found] == [True] * 4
    urls = {thing.url for thing in found}
    assert reverse("cases:safety", args=[place.pk]) in urls
    assert reverse("handoffs:handoff", args=[draft.pk]) in urls
    client = client_of(worker)
    page = client.get(reverse("cases:request_closure", args=[place.case_id])).content.decode()
    assert "First see to these" in page
    assert all(url in page for url in urls)
    assert 'name="summary"' not in page
    with pytest.raises(DomainError) as broken:
        asked(cast, place)
    assert broken.value.code == "not_ready"
    refused = client.post(
        "/api/v1/closures/",
        {
            "case": str(place.case_id),
            "reason": "survivor_choice",
            "summary": SUMMARY,
            "answers": [{"person": str(place.person_id), "contact_after": "no"}],
        },
        content_type="application/json",
        headers={"If-Match": '"1"'},
    )
    assert (refused.status_code, refused.json()["code"]) == (400, "not_ready")
    assert not CaseClosure.objects.using("owner").exists()
    assert stored(place).protection_stage == "registered"
    lower_crisis(actor=worker, crisis_id=crisis.pk, what_was_done="She is back with her aunt.")
    end_contact(actor=worker, attempt_id=attempt.pk, outcome="reached", instructions_followed="yes")
    assert len(missing(cast, place)) == 2


def test_something_opened_while_it_waits_stops_the_second_person_too(cast, place):
    closure = asked(cast, place)
    raise_crisis(actor=cast.second_caseworker, participant_id=place.pk, kind="missing")
    with pytest.raises(DomainError) as broken:
        close_case(actor=cast.supervisor, closure_id=closure.pk, version=1)
    assert broken.value.code == "not_ready"
    assert stored(place).protection_stage == "closure_requested"
    return_closure(
        actor=cast.supervisor, closure_id=closure.pk, why="She is missing since today.", version=1
    )
    assert stored(place).protection_stage == "registered"


def test_a_plan_nobody_looked_at_again_holds_it_up(cast, place, superuser):
    write_safety_plan(
        actor=cast.caseworker,
        participant_id=place.pk,
        risks=["press"],
        measures="A new number.",
        review_on=timezone.localdate() + timedelta(days=1),
    )
    assert missing(cast, place) == []
    superuser.execute("SET session_replication_role = replica")
    superuser.execute("UPDATE cases_safetyplan SET review_on = now() - interval '2 days'")
    assert ["safety plan" in thing.sentence for thing in missing(cast, place)] == [True]


def test_r_c6_lost_contact_closes_only_after_attempts_within_the_instructions(cast, place):
    noon = timezone.localtime().replace(hour=12, minute=0, second=0, microsecond=0)
    set_safe_contact(
        actor=cast.caseworker,
        participant_id=place.pk,
        channel="call",
        from_hour=noon.time(),
        until_hour=noon.time(),
    )

    def tried(at):
        attempt = plan_contact(
            actor=cast.caseworker,
            participant_id=place.pk,
            channel="call",
            planned_for=at,
            accept_outside_hours=True,
        )
        end_contact(
            actor=cast.caseworker,
            attempt_id=attempt.pk,
            outcome="no_answer",
            instructions_followed="yes",
        )

    lost = {"reason": "lost_contact", "contact_after": {place.person_id: "not_asked"}}
    for _time in range(3):
        tried(noon + timedelta(hours=5))
    with pytest.raises(DomainError) as broken:
        asked(cast, place, **lost)
    assert (broken.value.code, broken.value.field) == ("not_ready", "reason")
    assert place.person.code in broken.value.message
    assert stored(place).protection_stage == "registered"
    for _time in range(3):
        tried(noon)
    assert asked(cast, place, **lost).reason == "lost_contact"


def test_each_survivor_is_asked_and_reasons_fit_where_the_case_stands(cast, place):
    sister = add_participant(cast.caseworker, place.case, role="at_risk_child")
    both = {place.person_id: "yes", sister.person_id: "no"}
    for wrong, field in (
        ({"contact_after": {place.person_id: "no"}}, f"contact_after_{sister.person_id}"),
        (
            {"contact_after": {**both, place.person_id: "not_asked"}},
            f"contact_after_{place.person_id}",
        ),
        ({"reason": "goals_met"}, "reason"),
        ({"reason": "tired"}, "reason"),
        ({"summary": "Done."}, "summary"),
        ({"retention": "for_ever"}, "retention"),
    ):
        with pytest.raises(DomainError) as broken:
            asked(cast, place, **{"contact_after": both, **wrong})
        assert broken.value.field == field
    with pytest.raises(Conflict):
        asked(cast, place, contact_after=both, version=0)
    with pytest.raises(Case.DoesNotExist):
        asked(cast, place, actor=cast.south_caseworker, contact_after=both)
    with pytest.raises(Denied):
        asked(cast, place, actor=cast.intake, contact_after=both)
    assert stored(place).protection_stage == "registered"
    assert not CaseClosure.objects.using("owner").exists()


def test_r_d3_the_file_has_a_day_on_which_it_is_looked_at(cast, place):
    assert keep_until("survivor_file", date(2026, 5, 3)) == date(2036, 5, 3)
    assert keep_until("survivor_file", date(2026, 5, 3), [1980, 2019]) == date(2044, 12, 31)
    # Grown up in the very year: not before its end, since only the year of birth is known.
    assert keep_until("survivor_file", date(2026, 5, 3), [2011]) == date(2036, 12, 31)
    assert keep_until("survivor_file", date(2026, 5, 3), [2010]) == date(2036, 5, 3)
    for day in (28, 29, 30, 31):
        assert keep_until("short", date(2026, 1, day)) == date(2028, 1, day)
    assert keep_until("short", date(2024, 2, 29), [2019]) == date(2026, 3, 1)
    assert keep_until("short", date(2026, 2, 28)) == date(2028, 2, 28)
    closure = asked(cast, place, reason="opened_in_error", retention="short")
    assert closure.keep_until.year == timezone.localdate().year + 2


def test_what_was_asked_is_taken_back_only_by_whoever_asked(cast, place):
    closure = asked(cast, place)
    with pytest.raises(Denied):
        withdraw_closure(actor=cast.second_caseworker, closure_id=closure.pk, version=1)
    withdraw_closure(actor=cast.caseworker, closure_id=closure.pk, version=1)
    assert stored(place).protection_stage == "registered"
    with pytest.raises(Conflict):
        close_case(actor=cast.supervisor, closure_id=closure.pk, version=1)


def test_the_pages_lead_from_asking_to_closed_and_back(cast, place, client_of):
    for to in ("assessment", "planning", "implementation", "follow_up"):
        change_stage(
            actor=cast.caseworker, case_id=place.case_id, to=to, version=stored(place).version
        )
    worker, supervisor = client_of(cast.caseworker), client_of(cast.supervisor)
    case_url = reverse("cases:case", args=[place.case_id])
    url = reverse("cases:request_closure", args=[place.case_id])
    assert url in worker.get(case_url).content.decode()
    filled = {
        "version": stored(place).version,
        "reason": "goals_met",
        "summary": SUMMARY,
        "retention": "survivor_file",
    }
    forgotten = worker.post(url, filled)
    assert forgotten.status_code == 422
    assert f"Choose an answer for {place.person.code}." in forgotten.content.decode()
    sent = worker.post(url, {**filled, f"contact_after_{place.person_id}": "yes"})
    assert (sent.status_code, sent["Location"]) == (302, case_url)
    closure = CaseClosure.objects.using("owner").get()
    page = reverse("cases:closure", args=[closure.pk])
    assert page in supervisor.get(reverse("desk:my_work")).content.decode()
    assert page not in worker.get(reverse("desk:my_work")).content.decode()
    read = supervisor.get(page).content.decode()
    assert SUMMARY in read
    assert "Yes, they agree" in read
    close = reverse("cases:close_case", args=[closure.pk])
    assert close in read
    assert close not in worker.get(page).content.decode()
    refused = worker.post(close, {"version": 1})
    assert (refused.status_code, stored(place).protection_stage) == (403, "closure_requested")
    assert supervisor.post(close, {"version": 1}).status_code == 302
    told = supervisor.get(case_url).content.decode()
    assert "Closed by Corazon Vera. Reason: The goals are met." in told
    reopen = reverse("cases:reopen_case", args=[place.case_id])
    assert reopen in told
    again = {"version": stored(place).version, "reason": "came_back", "words": SUMMARY}
    assert supervisor.post(reopen, again).status_code == 302
    told = supervisor.get(case_url).content.decode()
    assert "The case was opened again." in told
    assert "Closed by Corazon Vera" not in told
    # The words are in the log by no name.
    assert SUMMARY not in str(list(AuditEvent.objects.all().values_list("facts", flat=True)))


def test_a_summary_that_does_not_open_says_so(cast, place, client_of, superuser):
    closure = asked(cast, place)
    superuser.execute("SET session_replication_role = replica")
    lower_walls(superuser, "cases_caseclosure")
    superuser.execute("UPDATE cases_caseclosure SET summary = summary || '\\x00'::bytea")
    page = client_of(cast.supervisor).get(reverse("cases:closure", args=[closure.pk]))
    assert page.status_code == 200
    assert SUMMARY not in page.content.decode()
    assert "text.unreadable" in verbs_of(place)


def test_of_two_supervisors_who_decide_at_the_same_moment_one_does_and_one_is_told(cast, place):
    closure = asked(cast, place, actor=cast.second_caseworker)
    outcomes, ready = [], threading.Barrier(2)

    def decide(what):
        ready.wait()
        try:
            what(actor=cast.supervisor, closure_id=closure.pk, version=1)
            outcomes.append("decided")
        except Conflict:
            outcomes.append("told")
        finally:
            connections.close_all()

    def give_back(**values):
        return return_closure(why="The school has not answered.", **values)

    threads = [threading.Thread(target=decide, args=(what,)) for what in (close_case, give_back)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["decided", "told"]
    kept = CaseClosure.objects.using("owner").get()
    expected = {"closed": "closed", "returned": "registered"}[kept.status]
    assert stored(place).protection_stage == expected
