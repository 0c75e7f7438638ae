"""Flags: what everybody who opens a case is to mind, until a day on which it is looked at again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.closing import missing_for
from cases.models import Case, CaseFlag
from cases.services.erasure import approve_erasure
from cases.services.flags import lower_flag, raise_flag, review_flag
from cases.services.sight import set_cover
from cases.services.tasks import set_task
from core.errors import Conflict, DomainError, InvalidTransition
from tests.cases.siblings import ask
from tests.factories import add_participant, open_case

WORDS = "Never ring at the house on Sundays"


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def day(days):
    return timezone.localdate() + timedelta(days=days)


def flagged(actor, case, **over):
    values = {"case_id": case.pk, "kind": "safety", "why": WORDS, "review_on": day(3)}
    return raise_flag(actor=actor, **{**values, **over})


def test_a_flag_is_raised_stands_first_comes_back_and_is_lowered(cast, case, client_of, superuser):
    client = client_of(cast.caseworker)
    place = add_participant(cast.caseworker, case)
    page = reverse("cases:case", args=[case.pk])
    add = reverse("cases:raise_flag", args=[case.pk])
    assert add in client.get(page).content.decode()
    bad = client.post(add, {"why": WORDS, "review_on": day(3).isoformat()})
    assert bad.status_code == 422
    assert WORDS in bad.content.decode()
    done = client.post(
        add,
        {
            "kind": "safety",
            "why": WORDS,
            "person_id": str(place.person_id),
            "review_on": day(3).isoformat(),
        },
    )
    assert (done.status_code, done["Location"]) == (302, page)
    (flag,) = CaseFlag.objects.using("owner").all()
    shown = client.get(page).content.decode()
    assert shown.index(WORDS) < shown.index("What happened")
    assert place.person.code in shown
    # Everybody who sees the case minds it, and it comes back to whoever raised it and to the lead.
    assert WORDS in client_of(cast.clinician).get(page).content.decode()
    work = client.get("/").content.decode()
    assert work.index("Coming up") < work.index(WORDS)
    assert WORDS not in client_of(cast.second_caseworker).get("/").content.decode()
    # And to whoever covers while the lead is away.
    today = timezone.localdate()
    set_cover(
        actor=cast.caseworker,
        cover_id=cast.second_caseworker.pk,
        starts_on=today,
        ends_on=today,
    )
    assert WORDS in client_of(cast.second_caseworker).get("/").content.decode()
    superuser.execute("SELECT set_config('liwanag.act', 'test', false)")
    superuser.execute("UPDATE cases_caseflag SET review_on = current_date - 1")
    work = client.get("/").content.decode()
    assert work.index(WORDS) < (work.find("Coming up") if "Coming up" in work else len(work))
    assert "Look at it again" in client.get(page).content.decode()
    review = reverse("cases:review_flag", args=[flag.pk])
    kept = client.post(review, {"version": 1, "review_on": day(9).isoformat()})
    assert kept.status_code == 302
    lower = reverse("cases:lower_flag", args=[flag.pk])
    # The second of two is told; what they typed is kept.
    late = client_of(cast.supervisor).post(lower, {"version": 1, "what_came": "They moved."})
    assert late.status_code == 422
    assert "Ana Ilustre changed this" in late.content.decode()
    assert "They moved." in late.content.decode()
    gone = client_of(cast.supervisor).post(lower, {"version": 2, "what_came": "They moved."})
    assert gone.status_code == 302
    assert WORDS not in client.get(page).content.decode()
    events = AuditEvent.objects.filter(object_id=flag.pk).order_by("id")
    verbs = [event.verb for event in events if event.verb != "flag.opened"]
    assert verbs == ["flag.raised", "flag.reviewed", "flag.lowered"]
    rows = superuser.execute("SELECT why::text, what_came::text FROM cases_caseflag").fetchall()
    assert "Sundays" not in str(rows)
    assert WORDS not in str([event.__dict__ for event in events])


def test_what_is_wrong_is_refused_and_nothing_changes(cast, case, client_of):
    stranger = add_participant(cast.caseworker, open_case(cast.caseworker))
    for wrong, field in (
        ({"kind": "red"}, "kind"),
        ({"why": "  "}, "why"),
        ({"why": "d" * 32}, "why"),
        ({"review_on": day(0)}, "review_on"),
        ({"review_on": day(400)}, "review_on"),
        ({"person_id": stranger.person_id}, "person_id"),
    ):
        with pytest.raises(DomainError) as broken:
            flagged(cast.caseworker, case, **wrong)
        assert broken.value.field == field
    for outsider in (cast.south_caseworker, cast.partner, cast.dpo):
        with pytest.raises(Case.DoesNotExist):
            flagged(outsider, case)
    # A role that flags nothing is refused at the door, and that stands in the log.
    refused = client_of(cast.analyst).post(reverse("cases:raise_flag", args=[case.pk]))
    assert refused.status_code == 403
    assert AuditEvent.objects.filter(verb="act.refused", actor_id=cast.analyst.pk).exists()
    assert not CaseFlag.objects.using("owner").exists()
    flag = flagged(cast.caseworker, case)
    with pytest.raises(Conflict):
        review_flag(actor=cast.caseworker, flag_id=flag.pk, version=7, review_on=day(5))
    with pytest.raises(DomainError):
        lower_flag(actor=cast.caseworker, flag_id=flag.pk, version=1, what_came=" ")
    done = lower_flag(actor=cast.caseworker, flag_id=flag.pk, version=1, what_came="Done.")
    with pytest.raises(InvalidTransition):
        lower_flag(actor=cast.caseworker, flag_id=flag.pk, version=2, what_came="Again.")
    with pytest.raises(InvalidTransition):
        review_flag(actor=cast.caseworker, flag_id=flag.pk, version=2, review_on=day(5))
    # Nor by a hand on the database.
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("cases.flag_case", done)
        done.review_on = day(9)
        done.save(update_fields=["review_on"])


def test_a_case_with_a_flag_is_not_ready_to_be_closed(cast, case):
    flag = flagged(cast.caseworker, case)

    def open_things():
        with reading(cast.caseworker):
            shown = Case.objects.visible_to(cast.caseworker).get(pk=case.pk)
            return [one.sentence for one in missing_for(cast.caseworker, shown) if one.blocks]

    assert "A flag is still raised." in open_things()
    lower_flag(actor=cast.caseworker, flag_id=flag.pk, version=1, what_came="Done.")
    assert "A flag is still raised." not in open_things()


def test_programs_flag_by_the_same_services(cast, case, client_of):
    client = client_of(cast.caseworker)
    send = {"content_type": "application/json"}
    body = {"case": str(case.pk), "kind": "check", "why": WORDS, "review_on": day(3).isoformat()}
    made = client.post("/api/v1/flags/", body, **send)
    assert made.status_code == 201, made.content
    one = f"/api/v1/flags/{made.json()['id']}/"
    assert made.json()["why"] == WORDS
    assert WORDS not in client.get("/api/v1/flags/").content.decode()
    again = {"review_on": day(9).isoformat()}
    assert client.post(f"{one}review/", again, **send).status_code == 428
    kept = client.post(f"{one}review/", again, **send, headers={"If-Match": '"1"'})
    assert (kept.status_code, kept["ETag"]) == (200, '"2"')
    gone = client.post(
        f"{one}lower/", {"what_came": "Seen to."}, **send, headers={"If-Match": '"2"'}
    )
    assert gone.json()["what_came"] == "Seen to."
    assert client_of(cast.south_caseworker).get(one).status_code == 404


def test_nothing_new_is_written_about_somebody_who_was_erased(cast, case, client_of):
    worker = cast.caseworker
    gone, here = add_participant(worker, case), add_participant(worker, case)
    approve_erasure(actor=cast.dpo, request_id=ask(worker, gone).pk, at=timezone.now())
    page = client_of(worker).get(reverse("cases:raise_flag", args=[case.pk])).content.decode()
    assert str(here.person_id) in page
    assert str(gone.person_id) not in page
    with pytest.raises(DomainError) as broken:
        flagged(worker, case, person_id=gone.person_id)
    assert broken.value.field == "person_id"
    with pytest.raises(DomainError) as broken:
        set_task(
            actor=worker,
            case_id=case.pk,
            what="Call.",
            due_on=day(2),
            person_id=gone.person_id,
        )
    assert broken.value.field == "person_id"
    assert not CaseFlag.objects.using("owner").exists()
