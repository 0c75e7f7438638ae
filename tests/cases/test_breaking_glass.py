"""R-A2: sight of one case in an emergency, for minutes, told at once, reviewed in 72 hours."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from cases.models import BreakGlass, Case, CaseNote, CaseUserObjectPermission
from cases.services.conflicts import declare_conflict
from cases.services.emergency import NoSuchCase, break_glass, end_break_glass
from cases.services.grants import view_permission
from core.errors import Denied, DomainError
from tests.factories import open_case, write_note
from tests.jobs import Jobs

WHY = "The uncle stands at the door of the house now."


@pytest.fixture
def run_jobs(database):
    return Jobs()


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def breaks(actor, case, **over):
    facts = {
        "reference": case.reference,
        "reason_code": "danger_to_life",
        "reason": WHY,
        "minutes": 30,
        "at": timezone.now(),
    }
    return break_glass(actor=actor, **facts | over)


def sees(actor, case):
    with reading(actor):
        by_scope = Case.objects.visible_to(actor).filter(pk=case.pk).exists()
        by_database = Case.objects.filter(pk=case.pk).exists()
    assert by_scope == by_database
    return by_scope


def test_r_a2_one_case_for_minutes_told_reviewed_and_over_by_itself(
    cast, case, superuser, run_jobs
):
    south, other = cast.south_caseworker, open_case(cast.caseworker)
    run_jobs()
    mail.outbox.clear()
    began = timezone.now()
    broken = breaks(south, case)
    assert (sees(south, case), sees(south, other)) == (True, False)
    grant = CaseUserObjectPermission.objects.using("owner").get(user=south)
    assert (grant.reason, grant.until) == ("break_glass", broken.until)
    assert broken.until - began <= timedelta(minutes=30, seconds=5)
    event = AuditEvent.objects.get(verb="glass.broken")
    assert (event.case_id, event.actor_id) == (case.pk, south.pk)
    assert event.facts == {"reason": "danger_to_life", "minutes": 30}
    # Told at once, without a word of what or whom.
    run_jobs()
    told = sorted(address for message in mail.outbox for address in message.to)
    assert told == sorted([cast.supervisor.email, cast.dpo.email])
    for message in mail.outbox:
        assert (message.subject, message.body) == (
            "You have something new",
            "You have something new. Sign in.",
        )
    # Both find it waiting; whoever did it doesn't. It is due within 72 hours.
    for reviewer in (cast.supervisor, cast.dpo):
        with reading(reviewer):
            review = Review.objects.visible_to(reviewer).get(kind="break_glass")
            assert review.about_id == broken.pk
            assert review.due_at - began <= timedelta(hours=72, seconds=5)
            found = BreakGlass.objects.visible_to(reviewer).get(pk=broken.pk)
            assert found.reason == WHY
    with reading(south):
        assert not Review.objects.visible_to(south).exists()
    # It ends by itself: the clock alone closes it, above and below Python.
    superuser.execute("SET liwanag.act = 'x'")
    superuser.execute(
        "UPDATE cases_caseuserobjectpermission SET until = now() - interval '1 second'"
    )
    assert not sees(south, case)
    # And it may be needed again: the same row is given anew.
    again = breaks(south, case, minutes=15)
    assert sees(south, case)
    end_break_glass(actor=south, break_glass_id=again.pk, at=timezone.now())
    assert not sees(south, case)
    with pytest.raises(DomainError):
        end_break_glass(actor=south, break_glass_id=again.pk, at=timezone.now())


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"reason": "too short a reason"}, "reason"),
        ({"reason": " " * 30}, "reason"),
        ({"reason_code": "curiosity"}, "reason_code"),
        ({"minutes": 61}, "minutes"),
        ({"minutes": 0}, "minutes"),
        ({"reference": "C-AAAA-AA"}, "reference"),
    ],
)
def test_r_a2_without_a_reason_or_for_longer_the_glass_stays_whole(cast, case, over, field):
    with pytest.raises(DomainError) as refused:
        breaks(cast.south_caseworker, case, **over)
    assert refused.value.field == field
    assert not sees(cast.south_caseworker, case)
    assert not BreakGlass.objects.using("owner").exists()


def test_r_a2_not_for_everybody_and_not_beyond_ones_agency(cast, case):
    for who in ("intake", "legal", "clinician", "dpo", "auditor", "admin", "partner"):
        with pytest.raises(Denied):
            breaks(getattr(cast, who), case)
    # A caseworker of another agency is told what they are told of a case that does not exist.
    words = set()
    for reference in (case.reference, "C-ZZZZ-ZZ"):
        with pytest.raises(NoSuchCase) as refused:
            breaks(cast.stranger_caseworker, case, reference=reference)
        words.add(refused.value.message)
    assert len(words) == 1
    with pytest.raises(DomainError, match="You see this case already"):
        breaks(cast.second_caseworker, case)
    assert not BreakGlass.objects.using("owner").exists()
    assert not CaseUserObjectPermission.objects.using("owner").exists()


def test_r_a2_what_is_sealed_stays_sealed_even_for_somebody_named(cast, case, superuser):
    note = write_note(cast.caseworker, case, sensitivity=4)
    open_note = write_note(cast.caseworker, case, sensitivity=3)
    superuser.execute("SET liwanag.act = 'x'")
    superuser.execute(
        "INSERT INTO cases_notereader (id, created_at, note_id, case_id, user_id) "
        "VALUES (%s, now(), %s, %s, %s)",
        [uuid.uuid4(), note.pk, case.pk, cast.south_caseworker.pk],
    )
    breaks(cast.south_caseworker, case)
    with reading(cast.south_caseworker):
        assert set(CaseNote.objects.visible_to(cast.south_caseworker)) == {open_note}
        assert set(CaseNote.objects.all()) == {open_note}
    with reading(cast.caseworker):
        assert set(CaseNote.objects.visible_to(cast.caseworker)) == {note, open_note}


def test_r_a2_the_database_gives_nobody_more_than_an_hour_or_somebody_elses_name(cast, case):
    south, now = cast.south_caseworker, timezone.now()
    for facts in (
        {"user": south, "reason": "break_glass", "until": now + timedelta(hours=2)},
        {"user": south, "reason": "break_glass", "until": None},
        {"user": south, "reason": "shared_work", "until": now + timedelta(minutes=5)},
        {"user": cast.intake, "reason": "break_glass", "until": now + timedelta(minutes=5)},
    ):
        with pytest.raises(DatabaseError, match="row-level security"), acting(south) as act:
            act.authorise("cases.break_glass")
            CaseUserObjectPermission.objects.create(
                content_object=Case(pk=case.pk), permission=view_permission(), **facts
            )
            act.record("glass.broken")
    # Outside an act the database does not even say whether a case of that reference exists.
    with reading(south), connection.cursor() as cursor:
        cursor.execute("SELECT liwanag_case_in_emergency(%s)", [case.reference])
        assert cursor.fetchone() == (None,)


def test_r_a2_the_page_asks_for_a_typed_reference_and_the_banner_stays(cast, case, client_of):
    client = client_of(cast.south_caseworker)
    page = reverse("cases:break_glass")
    assert case.reference not in client.get(page).content.decode()
    typed = {
        "reference": f" {case.reference.lower()} ",
        "reason_code": "danger_to_life",
        "reason": WHY,
        "minutes": "15",
    }
    missed = client.post(page, typed | {"reference": "C-ZZZZ-ZZ"})
    assert missed.status_code == 422
    assert "leads no case of this reference" in missed.content.decode()
    assert AuditEvent.objects.filter(verb="record.missed", facts__emergency=True).count() == 1
    response = client.post(page, typed)
    assert response.status_code == 302
    assert response["Location"] == reverse("cases:case", args=[case.pk])
    for address in (
        response["Location"],
        reverse("cases:notes", args=[case.pk]),
        reverse("cases:write_note", args=[case.pk]),
        reverse("handoffs:tab", args=[case.pk]),
        reverse("desk:my_work"),
    ):
        shown = client.get(address).content.decode()
        assert "15 minutes left" in shown, address
        assert case.reference in shown
    # Those who work on the case see who came in, and why they could.
    overview = client_of(cast.caseworker).get(response["Location"]).content.decode()
    assert cast.south_caseworker.name in overview
    assert "Emergency access" in overview
    broken = BreakGlass.objects.using("owner").get()
    why = client_of(cast.dpo).get(reverse("cases:emergency", args=[broken.pk]))
    assert WHY in why.content.decode()
    ended = client.post(reverse("cases:end_break_glass", args=[broken.pk]))
    assert ended.status_code == 302
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 404
    assert "minutes left" not in client.get(reverse("desk:my_work")).content.decode()


def test_r_a2_others_do_not_learn_of_it(cast, case, client_of):
    broken = breaks(cast.south_caseworker, case)
    address = reverse("cases:emergency", args=[broken.pk])
    for who, status in (
        ("supervisor", 200),
        ("stranger_caseworker", 404),
        ("auditor", 404),
        ("admin", 404),
    ):
        assert client_of(getattr(cast, who)).get(address).status_code == status, who
    ending = reverse("cases:end_break_glass", args=[broken.pk])
    assert client_of(cast.supervisor).post(ending).status_code == 404
    assert sees(cast.south_caseworker, case)


def test_whom_a_conflict_shuts_out_meanwhile_still_ends_their_emergency_access(
    cast, case, client_of
):
    south = cast.south_caseworker
    broken = breaks(south, case)
    form = client_of(cast.supervisor).get(reverse("cases:declare_conflict", args=[case.pk]))
    assert str(south.pk) in form.content.decode(), "whoever sees it for minutes may be too close"
    declare_conflict(actor=cast.supervisor, case_id=case.pk, relation="family", user_id=south.pk)
    assert not sees(south, case)
    client = client_of(south)
    assert client.get(reverse("cases:case", args=[case.pk])).status_code == 404
    banner = client.get(reverse("cases:list")).content.decode()
    assert f"A conflict of interest hides {case.reference}" in banner
    assert reverse("cases:case", args=[case.pk]) not in banner
    url = reverse("cases:end_break_glass", args=[broken.pk])
    assert url in banner
    shown = client.get(url).content.decode()
    assert reverse("cases:case", args=[case.pk]) not in shown
    assert client.post(url).status_code == 302
    assert BreakGlass.objects.using("owner").get(pk=broken.pk).ended_at is not None
    assert case.reference not in client.get(reverse("cases:list")).content.decode()
    # By that door nobody gives themselves sight.
    with pytest.raises(DatabaseError), acting(south) as act:
        act.authorise("cases.break_glass")
        CaseUserObjectPermission.objects.filter(user=south).update(
            until=timezone.now() + timedelta(minutes=5)
        )
