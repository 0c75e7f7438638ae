"""What another team has already: told to that team alone, which answers or keeps quiet."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import AuditEvent, OutboxMessage
from audit.reading import reading
from core.errors import Denied, DomainError, InvalidTransition
from referrals import hidden_walls
from referrals.models import HiddenMatch, Referral
from referrals.services.desk import accept_referral, start_triage
from referrals.services.hidden_matches import answer_match, compare_hidden
from tests.factories import add_participant, log_referral, open_case
from tests.jobs import Jobs

LUZ = {
    "prs_FirstName": "Luz Marie",
    "prs_SecondName": "Cabrera",
    "prs_MobilePhone": "+63 917 000 1234",
}


@pytest.fixture
def run_jobs():
    return Jobs()


def _case_of_luz(person: Any) -> Any:
    case = open_case(person)
    identity = {"first_name": "Luz Marie", "family_name": "Cabrera"}
    return add_participant(person, case, identity=identity)


def _compare(referral: Referral) -> int:
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    return compare_hidden(actor=keeper, referral_id=referral.pk)


def _all() -> Any:
    return HiddenMatch.objects.using("owner")


def _words(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_the_team_that_knows_the_child_is_told_and_the_one_that_asks_is_not(
    cast, client_of, run_jobs
):
    place = _case_of_luz(cast.south_caseworker)
    run_jobs()
    referral = log_referral(cast.intake, subject=LUZ)
    assert "referrals.compare_hidden" in run_jobs()
    match = _all().get()
    assert (match.team.name, match.why, match.case_id) == ("South team", "name", place.case_id)
    assert _told_of("referral.match_noticed") == {str(cast.south_caseworker.pk)}
    page = _words(client_of(cast.south_caseworker).get("/"))
    assert "Another team may know the same child" in page
    for person in (cast.intake, cast.caseworker, cast.supervisor):
        with reading(person):
            assert not HiddenMatch.objects.visible_to(person).exists()
            assert not HiddenMatch.objects.all().exists()
    shown = _words(client_of(cast.intake).get(f"/referrals/{referral.pk}/"))
    assert "Talk to a colleague" not in shown
    assert client_of(cast.intake).get(f"/referrals/known/{match.pk}/").status_code == 404


def _told_of(verb: str) -> set[str]:
    """Whom a notice of the one act with this verb goes to."""
    act = AuditEvent.objects.get(verb=verb).act
    sent = OutboxMessage.objects.filter(act=act, task="cases.tell")
    return {person for ids in sent.values_list("ids", flat=True) for person in ids}


def test_the_log_of_the_new_referral_is_the_same_whether_something_was_found(cast):
    _case_of_luz(cast.south_caseworker)
    found = log_referral(cast.intake, subject=LUZ)
    alone = log_referral(cast.intake, subject={"prs_FirstName": "Nobody", "prs_SecondName": "Else"})
    assert (_compare(found), _compare(alone)) == (1, 0)
    entries = [
        list(
            AuditEvent.objects.filter(object_id=one.pk, verb="referral.compared").values_list(
                "verb", "facts", "case_id", "actor_id"
            )
        )
        for one in (found, alone)
    ]
    assert entries[0] == entries[1]
    assert len(entries[0]) == 1


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        (LUZ, "identifier"),
        ({"prs_FirstName": "Luz", "prs_SecondName": "Cabrera"}, "name"),
        # What only sounds alike, or has one word the same, would call people for half a town.
        ({"prs_FirstName": "Lus", "prs_SecondName": "Kabrera"}, None),
        ({"prs_FirstName": "Luz", "prs_SecondName": "Reyes"}, None),
        ({}, None),
    ],
)
def test_a_referral_of_another_team_is_found_by_what_is_likely(cast, subject, why):
    first = log_referral(cast.south_caseworker, subject=LUZ)
    _compare(log_referral(cast.intake, subject=subject))
    assert [(one.ours_id, one.why) for one in _all()] == ([(first.pk, why)] if why else [])


def test_the_same_number_of_a_report_is_found_too(cast):
    number = {"source_category": "school", "source_reference": "2231/26"}
    first = log_referral(cast.south_caseworker, **number)
    _compare(log_referral(cast.intake, **number))
    match = _all().get()
    assert (match.ours_id, match.why) == (first.pk, "report")


def test_without_a_legal_basis_nothing_is_compared(cast):
    _case_of_luz(cast.south_caseworker)
    assert _compare(log_referral(cast.intake, subject=LUZ, legal_basis="unknown")) == 0
    assert not _all().exists()


def test_another_agency_an_alleged_offender_and_a_case_one_sees_anyway_are_left_out(cast):
    log_referral(cast.stranger_caseworker, subject=LUZ)
    case = open_case(cast.south_caseworker)
    add_participant(
        cast.south_caseworker,
        case,
        role="alleged_offender_source",
        legal_status="suspect",
        identity={"first_name": "Luz Marie", "family_name": "Cabrera"},
    )
    _case_of_luz(cast.caseworker)
    assert _compare(log_referral(cast.intake, subject=LUZ)) == 0


def test_it_is_told_of_once_and_a_desk_is_not_flooded(cast, monkeypatch):
    for _number in range(hidden_walls.MOST_OF_ONE + 2):
        log_referral(cast.south_caseworker, subject=LUZ)
    referral = log_referral(cast.intake, subject=LUZ)
    assert _compare(referral) == hidden_walls.MOST_OF_ONE
    for _more in range(5):
        _compare(log_referral(cast.intake, subject=LUZ))
    assert _all().filter(logged_by=cast.intake).count() == hidden_walls.MOST_A_DAY


def test_whoever_is_asked_to_talk_is_shown_and_nothing_else_is(cast, client_of):
    _case_of_luz(cast.south_caseworker)
    referral = log_referral(cast.intake, subject=LUZ)
    _compare(referral)
    match = _all().get()
    client = client_of(cast.south_caseworker)
    page = _words(client.get(f"/referrals/known/{match.pk}/"))
    assert referral.reference in page
    assert "North team" in page
    assert client.post(f"/referrals/known/{match.pk}/", {}).status_code == 422
    done = client.post(f"/referrals/known/{match.pk}/", {"answer": "talk"}, follow=True)
    assert "Your answer is kept" in _words(done)
    shown = _words(client_of(cast.intake).get(f"/referrals/{referral.pk}/"))
    assert "Hana Dizon of the South team asks you to talk to them" in shown
    asked = AuditEvent.objects.get(verb="referral.asked_to_talk")
    assert (asked.object_id, asked.case_id) == (referral.pk, None)
    assert _told_of("referral.asked_to_talk") == {str(cast.intake.pk)}
    with pytest.raises(InvalidTransition):
        answer_match(actor=cast.south_caseworker, match_id=match.pk, answer="keep_quiet")


@pytest.mark.parametrize("answer", ["somebody_else", "keep_quiet"])
def test_any_other_answer_stays_with_the_team(cast, client_of, answer):
    _case_of_luz(cast.south_caseworker)
    referral = log_referral(cast.intake, subject=LUZ)
    _compare(referral)
    match = _all().get()
    with pytest.raises(DomainError):
        answer_match(actor=cast.south_caseworker, match_id=match.pk, answer="perhaps")
    answer_match(actor=cast.south_caseworker, match_id=match.pk, answer=answer)
    with reading(cast.intake):
        assert not HiddenMatch.objects.all().exists()
    assert not AuditEvent.objects.filter(verb="referral.asked_to_talk").exists()
    assert "Talk to a colleague" not in _words(
        client_of(cast.intake).get(f"/referrals/{referral.pk}/")
    )


def test_nobody_else_answers_and_nobody_else_compares(cast, superuser):
    _case_of_luz(cast.south_caseworker)
    referral = log_referral(cast.intake, subject=LUZ)
    with pytest.raises(Denied):
        compare_hidden(actor=cast.intake, referral_id=referral.pk)
    _compare(referral)
    match = _all().get()
    with pytest.raises(HiddenMatch.DoesNotExist):
        answer_match(actor=cast.intake, match_id=match.pk, answer="talk")
    answer_match(actor=cast.south_caseworker, match_id=match.pk, answer="keep_quiet")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    with pytest.raises(Exception, match="an answered match stays"):
        superuser.execute("UPDATE referrals_hiddenmatch SET answer = 'talk'")


def test_one_that_became_a_case_is_compared_no_more(cast):
    _case_of_luz(cast.south_caseworker)
    referral = log_referral(cast.intake, subject=LUZ)
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    assert _compare(referral) == 0


def test_the_team_that_has_it_answers_by_program_and_whoever_asked_sees_nothing_there(
    cast, client_of
):
    place = _case_of_luz(cast.south_caseworker)
    referral = log_referral(cast.intake, subject=LUZ)
    assert _compare(referral) == 1
    match = _all().get()
    url = "/api/v1/hidden-matches/"
    theirs = client_of(cast.south_caseworker)
    (told,) = theirs.get(url).json()["results"]
    assert (told["reference"], told["case"]) == (referral.reference, str(place.case_id))
    for person in (cast.intake, cast.caseworker, cast.supervisor):
        assert client_of(person).get(url).json()["results"] == []
        assert client_of(person).get(f"{url}{match.pk}/").status_code == 404
        answer = client_of(person).post(
            f"{url}{match.pk}/answer/", {"answer": "talk"}, content_type="application/json"
        )
        assert answer.status_code == 404
    send = {"path": f"{url}{match.pk}/answer/", "content_type": "application/json"}
    assert theirs.post(data={"answer": "perhaps"}, **send).status_code == 400
    assert theirs.post(data={"answer": "talk"}, **send).json()["answer"] == "talk"
    assert _all().get().answer == "talk"
    # An answer shows nobody by way of this list whose record it is, whoever asked least of all.
    for person in (cast.south_caseworker, cast.intake):
        assert client_of(person).get(url).json()["results"] == []
        assert client_of(person).get(f"{url}{match.pk}/").status_code == 404
    assert theirs.post(data={"answer": "talk"}, **send).status_code == 400
