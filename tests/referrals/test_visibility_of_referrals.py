"""Who sees a referral: the desk it came to, and whoever sees the case it became."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import Membership
from audit.models import AuditEvent
from audit.reading import reading
from cases.choices import GrantReason
from cases.services.cases import assign_team
from core.errors import Denied
from referrals.models import Referral
from referrals.services.desk import accept_referral, open_summary, start_triage
from tests.factories import log_referral
from vault.errors import UNREADABLE

ADDRESSES = ("", "accept/", "decline/", "start-triage/", "open-summary/")


def _sees(person, referral) -> bool:
    with reading(person):
        return Referral.objects.visible_to(person).filter(pk=referral.pk).exists()


def test_the_desk_of_the_team_sees_it_and_nobody_else(cast):
    referral = log_referral(cast.intake)
    seeing = {person.email for person in cast.everybody if _sees(person, referral)}
    desk = ("caseworker", "second_caseworker", "supervisor", "intake", "liaison")
    assert seeing == {getattr(cast, name).email for name in desk}


def test_sight_of_the_case_gives_sight_of_its_referral(cast):
    referral = log_referral(cast.intake)
    start_triage(actor=cast.intake, referral_id=referral.pk)
    accepted = accept_referral(actor=cast.intake, referral_id=referral.pk)
    assert not _sees(cast.south_caseworker, referral)
    assign_team(
        actor=cast.supervisor,
        case_id=accepted.case_id,
        team_id=cast.south.pk,
        reason=next(code for code in GrantReason.values if code != GrantReason.OPENED),
    )
    assert _sees(cast.south_caseworker, referral)


def test_a_membership_that_ended_ends_sight(cast, superuser):
    referral = log_referral(cast.intake)
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "UPDATE accounts_membership SET starts_at = now() - interval '2 days', "
        "ends_at = now() - interval '1 minute' WHERE user_id = %s",
        [cast.caseworker.pk],
    )
    assert Membership.objects.filter(user=cast.caseworker, ends_at__lt=timezone.now()).exists()
    assert not _sees(cast.again("caseworker"), referral)


def test_the_database_hides_it_too(cast):
    referral = log_referral(cast.intake)
    with reading(cast.south_caseworker):
        assert not Referral.objects.all().exists()
    assert not Referral.objects.all().exists()
    with reading(cast.liaison):
        assert Referral.objects.all().get() == referral


def test_the_database_refuses_a_referral_for_a_team_of_others(cast):
    sql = "SELECT set_config('liwanag.actor', %s, true), set_config('liwanag.act', %s, true)"
    referral = log_referral(cast.intake)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, [str(cast.intake.pk), str(uuid.uuid4())])
        Referral.objects.filter(pk=referral.pk).update(team=cast.south)
    assert Referral.objects.using("owner").get().team_id == cast.north.pk


def test_pages_and_the_api_answer_404_to_another_team_as_for_what_does_not_exist(cast, client_of):
    referral = log_referral(cast.intake)
    for person in (cast.south_caseworker, cast.stranger_caseworker):
        client = client_of(person)
        for pk in (referral.pk, uuid.uuid4()):
            for address in ADDRESSES:
                assert client.get(f"/referrals/{pk}/{address}").status_code == 404
            for address in ADDRESSES[1:]:
                data = {"reason": "out_of_scope", "into": "new"}
                assert client.post(f"/referrals/{pk}/{address}", data).status_code == 404
            assert client.get(f"/api/v1/referrals/{pk}/").status_code == 404
            for address in ADDRESSES[1:]:
                body = {"reason": "out_of_scope"} if address == "decline/" else {}
                url = f"/api/v1/referrals/{pk}/{address}"
                answer = client.post(url, body, content_type="application/json")
                assert answer.status_code == 404
    assert Referral.objects.using("owner").get().status == "received"


def test_lists_and_counts_hold_only_what_is_visible(cast, client_of):
    ours = log_referral(cast.intake)
    theirs = log_referral(cast.south_caseworker, received_at=timezone.now() - timedelta(days=9))
    page = client_of(cast.south_caseworker).get("/referrals/?show=all").content.decode()
    assert theirs.reference in page
    assert ours.reference not in page
    assert "1 referral, 1 overdue" in page
    rows = client_of(cast.intake).get("/api/v1/referrals/").json()
    assert (rows["count"], rows["results"][0]["reference"]) == (1, ours.reference)


def test_the_summary_is_for_the_desk_and_those_cleared_for_it(cast):
    referral = log_referral(cast.intake, summary="Canary", subject={"prs_FirstName": "Mayumi"})
    for person in (cast.intake, cast.caseworker, cast.supervisor):
        opened = open_summary(actor=person, referral_id=referral.pk)
        assert (opened.summary, opened.subject) == ("Canary", {"prs_FirstName": "Mayumi"})
        event = AuditEvent.objects.latest("id")
        assert (event.verb, event.actor_id) == ("referral.summary_opened", person.pk)
        assert event.fields == ["summary", "subject"]
    with pytest.raises(Denied):
        open_summary(actor=cast.liaison, referral_id=referral.pk)
    event = AuditEvent.objects.latest("id")
    assert (event.outcome, event.object_id) == ("refused", referral.pk)
    with pytest.raises(Referral.DoesNotExist):
        open_summary(actor=cast.south_caseworker, referral_id=referral.pk)


def test_a_summary_moved_from_another_referral_does_not_open_and_that_is_recorded(cast, superuser):
    donor = log_referral(cast.intake, summary="Canary of another child")
    referral = log_referral(cast.intake, summary="Its own")
    superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, false)")
    superuser.execute(
        "UPDATE referrals_referral SET summary = (SELECT summary FROM referrals_referral "
        "WHERE id = %s) WHERE id = %s",
        [donor.pk, referral.pk],
    )
    opened = open_summary(actor=cast.intake, referral_id=referral.pk)
    assert opened.unreadable == ("summary",)
    assert opened.summary == UNREADABLE
    assert "Canary" not in opened.summary
    event = AuditEvent.objects.get(verb="text.unreadable")
    assert (event.object_id, event.fields) == (referral.pk, ["summary"])
