"""A night with many children, the number that is known already, and the form on paper."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from audit.reading import reading
from core.errors import DomainError
from referrals.forms import LogReferralForm
from referrals.models import Referral
from referrals.services.drafts import save_draft
from referrals.services.siblings import log_another_child
from tests.factories import log_referral
from tests.referrals.test_keeping_drafts_of_referrals import _whole

URL = "/referrals/log/"


def _words(response) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(response.content.decode())))


def test_child_after_child_is_logged_and_only_the_child_is_asked_for(cast, client_of):
    client = client_of(cast.intake)
    first = client.post(
        URL,
        _whole(cast, next_child="on", source_reference="OP-2231", country="PH",
               admin1="Linao", first_name="Althea", immediate_danger="no"),
    )  # fmt: skip
    page = first["Location"]
    assert page.endswith("/log-another/")
    assert "1 child of this night is on the desk" in _words(client.get(page))
    for name in ("Bea", "Cora"):
        done = client.post(
            page,
            {
                "immediate_danger": "yes",
                "first_name": name,
                "gender": "",
                "legal_basis": "public_task",
            },
        )
        assert done["Location"] == page
    assert "3 children of this night are on the desk" in _words(client.get(page))
    with reading(cast.intake):
        logged = list(Referral.objects.visible_to(cast.intake).order_by("created_at"))
        assert [one.subject.get("prs_FirstName") for one in logged] == ["Althea", "Bea", "Cora"]
        assert {one.source_reference for one in logged} == {"OP-2231"}
        assert {one.received_at for one in logged} == {logged[0].received_at}
        assert {(one.country, one.admin1) for one in logged} == {("PH", "Linao")}
        assert [one.immediate_danger for one in logged] == ["no", "yes", "yes"]
        assert [one.summary for one in logged] == ["", "", ""]


def test_consent_of_one_child_is_not_the_next_ones(cast, client_of):
    client = client_of(cast.intake)
    first = log_referral(cast.intake, legal_basis="consent")
    page = client.get(f"/referrals/{first.pk}/log-another/")
    assert re.search(r'<option value="unknown" selected', page.content.decode())
    second = log_another_child(actor=cast.intake, referral_id=first.pk, immediate_danger="no")
    assert second.legal_basis == "unknown"
    asked = {"immediate_danger": "no", "legal_basis": "consent"}
    client.post(f"/referrals/{first.pk}/log-another/", asked)
    third = Referral.objects.using("owner").latest("created_at")
    assert third.legal_basis == "consent"


def test_any_other_legal_basis_is_the_operations(cast):
    first = log_referral(cast.intake, legal_basis="public_task")
    second = log_another_child(actor=cast.intake, referral_id=first.pk, immediate_danger="no")
    assert second.legal_basis == "public_task"


def test_what_was_told_of_one_child_is_not_told_of_the_next(cast, client_of):
    client = client_of(cast.intake)
    first = log_referral(
        cast.intake, summary="Canary of the first", subject={"prs_FirstName": "Canaria"}
    )
    page = client.get(f"/referrals/{first.pk}/log-another/").content.decode()
    assert "Canar" not in page
    asked = {"immediate_danger": "no", "legal_basis": "unknown"}
    assert client.post(f"/referrals/{first.pk}/log-another/", asked).status_code == 302
    with reading(cast.intake):
        second = Referral.objects.visible_to(cast.intake).exclude(pk=first.pk).get()
        assert (second.summary, second.subject) == ("", {})


def test_a_night_of_others_is_not_there(cast, client_of):
    first = log_referral(cast.intake)
    stranger = client_of(cast.south_caseworker)
    assert stranger.get(f"/referrals/{first.pk}/log-another/").status_code == 404
    assert (
        stranger.post(f"/referrals/{first.pk}/log-another/", {"immediate_danger": "no"})
        .status_code == 404
    )  # fmt: skip
    assert Referral.objects.using("owner").count() == 1


def test_a_number_that_the_desk_has_is_shown_before_a_second_referral_is_made(cast, client_of):
    client = client_of(cast.intake)
    known = log_referral(cast.intake, source_category="school", source_reference="Case 2231/26")
    again = client.post(URL, _whole(cast, source_reference="case-2231-26", summary="Kept words"))
    assert again.status_code == 422
    assert known.reference in _words(again)
    assert "Kept words" in again.content.decode()
    assert Referral.objects.using("owner").count() == 1
    another = client.post(URL, _whole(cast, source_reference="case-2231-26", even_if_known="on"))
    assert another.status_code == 302
    assert Referral.objects.using("owner").count() == 2


def test_a_number_known_to_others_alone_tells_nothing(cast):
    log_referral(cast.south_caseworker, source_category="school", source_reference="Case 2231/26")
    mine = log_referral(cast.intake, source_category="school", source_reference="Case 2231/26")
    assert mine.status == "received"


def test_the_same_number_of_another_kind_of_source_is_another_number(cast):
    log_referral(cast.intake, source_category="school", source_reference="2231")
    log_referral(cast.intake, source_category="health", source_reference="2231")
    with pytest.raises(DomainError) as refusal:
        log_referral(cast.intake, source_category="health", source_reference="2231")
    assert (refusal.value.code, refusal.value.field) == ("known_number", "source_reference")


def test_over_the_api_a_known_number_is_a_code_and_can_be_overridden(cast, client_of):
    client = client_of(cast.intake)
    body = {
        "team": str(cast.north.pk),
        "received_at": (timezone.now() - timedelta(hours=2)).isoformat(),
        "source_category": "school",
        "content_origin": "unknown",
        "immediate_danger": "unknown",
        "legal_basis": "public_task",
        "source_reference": "2231-26",
    }

    def send(**over):
        return client.post("/api/v1/referrals/", {**body, **over}, content_type="application/json")

    assert send().status_code == 201
    assert send().json()["code"] == "known_number"
    assert send(even_if_known=True).status_code == 201


def test_every_question_of_the_screen_stands_on_paper_and_nothing_of_anybody(cast, client_of):
    log_referral(cast.intake, source_name="Canary office")
    save_draft(actor=cast.intake, values={"source_name": "Canary school", "summary": "Canary"})
    page = client_of(cast.intake).get("/referrals/paper-form/")
    words = _words(page)
    left = {"team", "override_reason", "even_if_known", "next_child"}
    fields = LogReferralForm.base_fields
    assert set(fields) > left
    for name in set(fields) - left:
        assert html.unescape(str(fields[name].label)) in words, name
    assert "Livestreamed trafficking" in words
    assert "Canary" not in words
    assert client_of(cast.liaison).get("/referrals/paper-form/").status_code == 403
