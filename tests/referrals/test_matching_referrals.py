"""Told before? What a referral may be about too, among what the reader may see, and why."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.db import connection

from audit.models import AuditEvent
from audit.reading import reading
from referrals.models import Referral, ReferralTokens
from referrals.selectors.matching import likely_matches
from referrals.services.desk import accept_referral, start_triage
from tests.factories import add_participant, log_referral, open_case
from tests.referrals.in_the_clear import tables_with

LUZ = {
    "prs_FirstName": "Luz Marie",
    "prs_SecondName": "Cabrera",
    "prs_MobilePhone": "+63 917 000 1234",
    "prs_MailingCity": "San Alonzo",
}


def _found(person: Any, referral: Referral) -> list[tuple[str, int]]:
    with reading(person):
        whole = Referral.objects.visible_to(person).get(pk=referral.pk)
        return [(match.what, match.strength) for match in likely_matches(person, whole)]


@pytest.mark.parametrize(
    ("subject", "strength"),
    [
        (LUZ, 3),
        ({"prs_FirstName": "Zenaida", "prs_HomePhone": "0917-000-1234"}, 3),
        ({"prs_FirstName": "Luz", "prs_SecondName": "CABRERA"}, 2),
        ({"prs_FirstName": "Lus", "prs_SecondName": "Kabrera"}, 1),
        ({"prs_FirstName": "Luz", "prs_SecondName": "Reyes"}, None),
        ({"prs_FirstName": "Ana", "prs_MailingCity": "San Alonzo"}, None),
        ({}, None),
    ],
)
def test_another_referral_matches_by_number_by_name_or_by_sound(cast, subject, strength):
    first = log_referral(cast.intake, subject=LUZ)
    second = log_referral(cast.intake, subject=subject)
    expected = [(first.reference, strength)] if strength else []
    assert _found(cast.intake, second) == expected


def test_a_single_word_that_is_all_there_is_matches_by_itself(cast):
    first = log_referral(cast.intake, subject={"prs_FirstName": "Zenaida"})
    second = log_referral(cast.intake, subject={"prs_FirstName": "Senaida"})
    assert _found(cast.intake, second) == [(first.reference, 1)]


def test_the_same_number_of_a_report_comes_first_and_once(cast):
    by_name = log_referral(cast.intake, subject={"prs_FirstName": "Luz", "prs_SecondName": "Sy"})
    by_number = log_referral(
        cast.intake, source_category="school", source_reference="2231/26", subject=LUZ
    )
    asked = log_referral(
        cast.intake,
        source_category="school",
        source_reference="2231-26",
        subject={**LUZ, "prs_SecondName": "Sy"},
        even_if_known=True,
    )
    assert _found(cast.intake, asked) == [(by_number.reference, 3), (by_name.reference, 2)]


def test_a_person_of_a_case_matches_for_whoever_may_open_them_and_for_nobody_else(cast):
    case = open_case(cast.caseworker)
    place = add_participant(
        cast.caseworker, case, identity={"first_name": "Luz Marie", "family_name": "Cabrera"}
    )
    referral = log_referral(cast.intake, subject=LUZ)
    assert _found(cast.caseworker, referral) == [(place.person.code, 2)]
    # The intake officer opens no identities: not even that there is one is told.
    assert _found(cast.intake, referral) == []


def test_an_alleged_offender_matches_nothing(cast):
    case = open_case(cast.caseworker)
    add_participant(
        cast.caseworker,
        case,
        role="alleged_offender_source",
        legal_status="suspect",
        identity={"first_name": "Luz Marie", "family_name": "Cabrera"},
    )
    referral = log_referral(cast.intake, subject=LUZ)
    assert _found(cast.caseworker, referral) == []


def test_what_one_may_not_see_is_hinted_at_by_nothing(cast, client_of):
    log_referral(cast.south_caseworker, subject=LUZ)
    case = open_case(cast.south_caseworker)
    add_participant(
        cast.south_caseworker,
        case,
        identity={"first_name": "Luz Marie", "family_name": "Cabrera"},
    )
    referral = log_referral(cast.intake, subject=LUZ)
    assert _found(cast.caseworker, referral) == []
    alone = log_referral(cast.intake, subject={"prs_FirstName": "Nobody", "prs_SecondName": "Else"})
    client = client_of(cast.caseworker)

    def page(one: Referral) -> str:
        text = client.get(f"/referrals/{one.pk}/matches/").content.decode()
        text = text.replace(one.reference, "").replace(str(one.pk), "")
        # What every answer has anew: the print mark, and the tokens of forms and scripts.
        once = (
            r'nonce="[^"]*"|data-print-mark="[^"]*"|value="[\w:.-]{64,}"|"X-CSRFToken": "[^"]*"'
            r'|<p class="print-mark">.*?</p>'
        )
        return re.sub(once, "", text, flags=re.DOTALL)

    assert "Nothing that you may see is like it" in page(alone)
    assert page(referral) == page(alone)
    with reading(cast.south_caseworker):
        assert ReferralTokens.objects.visible_to(cast.south_caseworker).count() == 1
    with reading(cast.caseworker), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM referrals_referraltokens")
        assert cursor.fetchone()[0] == 2


def test_tokens_are_digests_and_go_when_the_subject_becomes_a_person(cast, superuser):
    referral = log_referral(cast.intake, subject=LUZ)
    assert tables_with(superuser, "Cabrera") == []
    assert tables_with(superuser, "9170001234") == []
    assert ReferralTokens.objects.using("owner").count() == 1
    start_triage(actor=cast.caseworker, referral_id=referral.pk)
    accept_referral(actor=cast.caseworker, referral_id=referral.pk)
    assert not ReferralTokens.objects.using("owner").exists()
    again = log_referral(cast.intake, subject=LUZ)
    ((code, strength),) = _found(cast.caseworker, again)
    assert code.startswith("S-")
    assert strength == 3


def test_whoever_accepts_sees_what_may_be_the_same_and_that_they_looked_is_recorded(
    cast, client_of
):
    first = log_referral(cast.intake, subject=LUZ)
    referral = log_referral(cast.intake, subject=LUZ)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    client = client_of(cast.intake)
    page = html.unescape(client.get(f"/referrals/{referral.pk}/accept/").content.decode())
    assert first.reference in page
    assert "A number, address or document of theirs is the same." in page
    event = AuditEvent.objects.filter(verb="referral.matched").latest("id")
    assert (event.object_id, event.facts) == (referral.pk, {"found": 1})
    assert "Cabrera" not in page


def test_a_reader_who_may_not_open_the_summary_compares_nothing(cast, client_of):
    log_referral(cast.intake, subject=LUZ)
    referral = log_referral(cast.intake, subject=LUZ)
    client = client_of(cast.liaison)
    assert client.get(f"/referrals/{referral.pk}/matches/").status_code == 403
    url = f"/api/v1/referrals/{referral.pk}/look-for-matches/"
    assert client.post(url, {}, content_type="application/json").status_code == 403
    assert _found(cast.liaison, referral) == []


def test_programs_ask_what_may_be_the_same(cast, client_of):
    first = log_referral(cast.intake, subject=LUZ)
    referral = log_referral(cast.intake, subject=LUZ)
    url = f"/api/v1/referrals/{referral.pk}/look-for-matches/"
    answer = client_of(cast.intake).post(url, {}, content_type="application/json")
    assert [(row["code"], row["strength"]) for row in answer.json()] == [(first.reference, 3)]
    assert AuditEvent.objects.filter(verb="referral.matched").count() == 1
