"""R-D3: everything has a class and a day; what is due is listed by night, decided by people."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.reading import reading
from cases.models import Case, ErasureRequest, Person, RetentionReview
from cases.retention import CLASSES, labels, schedule
from cases.services.erasure import approve_erasure
from cases.services.holds import place_hold, release_hold
from cases.services.retention import ask_for_its_erasure, keep_longer, list_due
from core.errors import Denied, DomainError, InvalidTransition
from tests.factories import add_participant, log_referral, open_case

YEAR = timedelta(days=366)
# Tables of these apps that hold nobody's case, and why they follow none.
OTHERWISE = {
    "courts.ProcedureStep": "the law: nobody's data",
    "courts.StepEdge": "the law: nobody's data",
    "courts.Statute": "the law: nobody's data",
    "courts.StatuteEvent": "the law: nobody's data",
    "handoffs.AgencyKey": "a desk's public key: nobody's data",
    "handoffs.WrappedKey": "an officer's copy of it, gone when they leave",
    "handoffs.ArchiveKey": "public halves of the sender's own key: nobody's data",
    "handoffs.CaseExport": "who took how many out, for whom: kept as the log is",
    "handoffs.ExportFile": "gone after 72 hours (handoffs.services.export_files)",
    "handoffs.SigningKey": "what proves who sent; kept as long as any package may be checked",
    "courts.CalendarFeed": "a digest of one's own secret; gone with the account",
    "cases.LeaveCover": "a rota of staff: nobody's data",
    "referrals.OnCallShift": "a rota of staff: nobody's data",
    "referrals.KeptList": "codes of a list of one's own: nobody's data",
    "referrals.RoutingRule": "how an agency works: nobody's data",
    "cases.MaterialFound": "agency-wide reports; where one belongs to a case it follows that",
    "referrals.ImportWaiting": "gone when the job has read it, after a day at most",
    "referrals.ImportRejects": "gone after a week",
    "referrals.ReferralDraft": "gone when it is logged, after two weeks at most",
    "referrals.SavedMapping": "headings of a sheet: nobody's data",
    "referrals.ImportBatch": "counts of a sheet; its rows are referrals",
}


def now():
    return timezone.now()


def tonight(at):
    return list_due(actor=User.objects.get(pk=HOUSEKEEPER_ID), at=at)


def due_of(cast, record_id, who="dpo"):
    person = getattr(cast, who)
    with reading(person):
        return RetentionReview.objects.visible_to(person).get(record_id=record_id, status="due")


def test_r_d3_every_table_of_the_case_file_has_a_class_or_follows_one():
    roots = set(CLASSES)
    followed = set(roots)
    models = [
        model
        for model in apps.get_models()
        if model._meta.app_label in {"cases", "referrals", "handoffs", "courts"}
    ]
    for _round in range(4):
        for model in models:
            pointed = {
                field.related_model._meta.label
                for field in model._meta.get_fields()
                if field.concrete and field.related_model
            }
            tracked = getattr(model, "pgh_tracked_model", None)
            if pointed & followed or (tracked and tracked._meta.label in followed):
                followed.add(model._meta.label)
            # A person is kept as long as the cases they are in.
            if model is Person and "cases.CaseParticipant" in followed:
                followed.add("cases.Person")
    forgotten = {model._meta.label for model in models} - followed - set(OTHERWISE)
    assert not forgotten, f"{sorted(forgotten)}: say in cases.retention.CLASSES how long it is kept"
    assert {line.code for line in schedule()} >= set(CLASSES.values())
    assert all(line.years > 0 for line in schedule()), "nothing is kept for ever"
    assert set(labels())


def test_r_d3_a_night_lists_what_is_due_once_and_deletes_nothing(cast):
    case = open_case(cast.caseworker)
    place = add_participant(cast.caseworker, case, identity={"first_name": "Tala"})
    referral = log_referral(cast.intake)
    assert tonight(now() + YEAR) == 0
    assert tonight(now() + 2 * YEAR + timedelta(days=2)) == 2
    assert tonight(now() + 2 * YEAR + timedelta(days=3)) == 0
    review = due_of(cast, case.pk)
    assert (review.retention, review.kind) == ("open_case", "case")
    assert due_of(cast, referral.pk, "supervisor").retention == "referral"
    with reading(cast.caseworker):
        assert Case.objects.visible_to(cast.caseworker).filter(pk=case.pk).exists()
        assert Person.objects.visible_to(cast.caseworker).filter(pk=place.person_id).exists()
    for who in ("south_caseworker", "stranger_caseworker", "auditor", "admin"):
        with reading(getattr(cast, who)):
            assert not RetentionReview.objects.all().exists()
    # Kept with a reason: it comes back after the day that was chosen.
    day = timezone.localdate() + YEAR
    for over, field in (
        ({"reason": "useful"}, "reason"),
        ({"keep_until": now().date()}, "keep_until"),
    ):
        facts = {"reason": "still_helped", "keep_until": day} | over
        with pytest.raises(DomainError) as refused:
            keep_longer(actor=cast.supervisor, review_id=review.pk, at=now(), **facts)
        assert refused.value.field == field
    later = now() + 3 * YEAR
    until = timezone.localdate(later) + YEAR
    keep_longer(
        actor=cast.dpo, review_id=review.pk, reason="legal_duty", keep_until=until, at=later
    )
    with pytest.raises(InvalidTransition):
        keep_longer(
            actor=cast.dpo, review_id=review.pk, reason="legal_duty", keep_until=until, at=later
        )
    assert tonight(later + timedelta(days=9)) == 0
    assert tonight(later + YEAR + timedelta(days=9)) == 1
    with pytest.raises(Denied):
        list_due(actor=cast.dpo, at=now())


def test_r_d4_a_hold_keeps_a_case_off_the_list_and_its_end_starts_the_clock_anew(cast):
    case = open_case(cast.caseworker)
    hold = place_hold(
        actor=cast.legal,
        case_id=case.pk,
        authority="Court",
        why="An appeal.",
        until=None,
        at=now(),
    )
    late = now() + 3 * YEAR
    assert tonight(late) == 0
    release_hold(actor=cast.legal, hold_id=hold.pk, at=now())
    assert tonight(late) == 1
    held = due_of(cast, case.pk)
    place_hold(
        actor=cast.legal, case_id=case.pk, authority="Court", why="Again.", until=None, at=now()
    )
    with pytest.raises(DomainError, match="legal hold"):
        ask_for_its_erasure(actor=cast.supervisor, review_id=held.pk, at=now())


def test_r_d3_asking_for_its_erasure_asks_for_everybody_and_the_officer_decides(cast, client_of):
    case = open_case(cast.caseworker)
    places = [
        add_participant(cast.caseworker, case, identity={"first_name": name}, **facts)
        for name, facts in (
            ("Tala", {}),
            ("Mayumi", {}),
            ("Ramil", {"role": "alleged_offender_source", "legal_status": "suspect"}),
        )
    ]
    tonight(now() + 3 * YEAR)
    review = due_of(cast, case.pk)
    supervisor, officer = client_of(cast.supervisor), client_of(cast.dpo)
    assert "Look at what has been kept long enough" in officer.get("/").content.decode()
    assert review.reference in officer.get(reverse("rights:retention")).content.decode()
    page = reverse("rights:due", args=[review.pk])
    assert "Ask for its erasure" in supervisor.get(page).content.decode()
    # The officer decides on erasures and asks for none.
    assert "Ask for its erasure" not in officer.get(page).content.decode()
    assert officer.post(page + "erase/").status_code == 403
    assert supervisor.post(page + "erase/").status_code == 302
    with reading(cast.dpo):
        asked = list(ErasureRequest.objects.visible_to(cast.dpo))
    assert {request.person_id for request in asked} == {place.person_id for place in places}
    (last,) = [request for request in asked if request.whole_case]
    with pytest.raises(DomainError, match="Another child"):
        approve_erasure(actor=cast.dpo, request_id=last.pk, at=now())
    for request in (*(one for one in asked if one != last), last):
        approve_erasure(actor=cast.dpo, request_id=request.pk, at=now())
    # Nothing is left to look at.
    assert tonight(now() + 9 * YEAR) == 0
