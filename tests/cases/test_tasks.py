"""Tasks and follow-ups: one line on a phone, somebody's by a day, ended once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent
from audit.reading import reading
from cases.models import Case, CaseTask
from cases.selectors import show_tasks
from cases.services.cases import assign_team
from cases.services.conflicts import declare_conflict
from cases.services.emergency import break_glass
from cases.services.tasks import cancel_task, finish_task, hand_task, set_task
from core.errors import Conflict, DomainError, InvalidTransition
from tests.factories import add_participant, open_case
from tests.jobs import Jobs

WORDS = "Ask the school whether Monday holds"


def today():
    return timezone.localdate()


def task_of(actor, case, **over):
    values = {"case_id": case.pk, "what": WORDS, "due_on": today() + timedelta(days=2)}
    return set_task(actor=actor, **{**values, **over})


def again(actor, task):
    with reading(actor):
        return CaseTask.objects.visible_to(actor).get(pk=task.pk)


def test_one_line_on_the_case_page_makes_a_task_of_ones_own(cast, client_of):
    case, client = open_case(cast.caseworker), client_of(cast.caseworker)
    page = reverse("cases:case", args=[case.pk])
    assert 'name="what"' in client.get(page).content.decode()
    line = {"what": WORDS, "due_on": today().isoformat(), "from": "overview"}
    added = client.post(reverse("cases:set_task", args=[case.pk]), line)
    assert (added.status_code, added.headers["Location"]) == (302, page)
    with reading(cast.caseworker):
        task = CaseTask.objects.visible_to(cast.caseworker).get()
    assert (task.assignee_id, task.kind, task.due_on) == (cast.caseworker.pk, "task", today())
    for shown in (page, reverse("cases:work", args=[case.pk]), "/"):
        assert WORDS in client.get(shown).content.decode()
    # Nothing typed is lost when it does not hold: the whole form comes back with it.
    wrong = client.post(reverse("cases:set_task", args=[case.pk]), {**line, "due_on": "2020-01-01"})
    assert wrong.status_code == 422
    assert WORDS in wrong.content.decode()
    done = client.post(
        reverse("cases:finish_task", args=[task.pk]), {"version": 1, "from": "overview"}
    )
    assert (done.status_code, done.headers["Location"]) == (302, page)
    assert WORDS not in client.get("/").content.decode()
    ended = again(cast.caseworker, task)
    assert (ended.status, ended.ended_by_id) == ("done", cast.caseworker.pk)
    events = AuditEvent.objects.filter(object_id=task.pk)
    assert {"task.set", "task.finished"} <= set(events.values_list("verb", flat=True))
    assert WORDS not in str([event.__dict__ for event in events])


def test_a_colleague_is_told_and_finds_it_on_my_work_by_its_day(cast, client_of):
    case = open_case(cast.caseworker)
    Jobs()()
    jobs = Jobs()
    jobs()
    mail.outbox.clear()
    task = task_of(cast.caseworker, case, assignee_id=cast.supervisor.pk, kind="follow_up")
    task_of(cast.caseworker, case, what="For myself")
    jobs()
    assert [message.to for message in mail.outbox] == [[cast.supervisor.email]]
    assert WORDS not in mail.outbox[0].body
    work = client_of(cast.supervisor).get("/").content.decode()
    assert work.index("Coming up") < work.index(WORDS)
    assert f"from {cast.caseworker.name}" in work
    assert WORDS not in client_of(cast.caseworker).get("/").content.decode()
    handed = hand_task(
        actor=cast.supervisor,
        task_id=task.pk,
        version=1,
        assignee_id=cast.caseworker.pk,
        due_on=today(),
    )
    assert handed.version == 2
    work = client_of(cast.caseworker).get("/").content.decode()
    assert work.index(WORDS) < work.index("Coming up")


def test_only_who_works_on_the_case_is_given_something_to_do(cast):
    case = open_case(cast.caseworker)
    declare_conflict(
        actor=cast.supervisor,
        case_id=case.pk,
        relation="neighbour",
        user_id=cast.second_caseworker.pk,
    )
    break_glass(
        actor=cast.south_caseworker,
        reference=case.reference,
        reason_code="danger_to_life",
        reason="The uncle is at the door of the shelter.",
        minutes=15,
        at=timezone.now(),
    )
    for stranger in ("second_caseworker", "south_caseworker", "partner", "dpo"):
        with pytest.raises(DomainError) as broken:
            task_of(cast.caseworker, case, assignee_id=getattr(cast, stranger).pk)
        assert broken.value.field == "assignee_id"
    with reading(cast.caseworker):
        assert not CaseTask.objects.visible_to(cast.caseworker).exists()
    task = task_of(cast.caseworker, case, assignee_id=cast.liaison.pk)
    with pytest.raises(DomainError):
        hand_task(
            actor=cast.caseworker,
            task_id=task.pk,
            version=1,
            assignee_id=cast.dpo.pk,
            due_on=today(),
        )
    assert again(cast.caseworker, task).assignee_id == cast.liaison.pk


def test_what_is_wrong_is_refused_and_changes_nothing(cast):
    case = open_case(cast.caseworker)
    stranger = add_participant(cast.caseworker, open_case(cast.caseworker))
    for wrong, field in (
        ({"what": " "}, "what"),
        ({"what": "x" * 301}, "what"),
        ({"what": "see https://example.test/x"}, "what"),
        ({"due_on": today() - timedelta(days=1)}, "due_on"),
        ({"due_on": today() + timedelta(days=900)}, "due_on"),
        ({"kind": "wish"}, "kind"),
        ({"person_id": stranger.person_id}, "person_id"),
    ):
        with pytest.raises(DomainError) as broken:
            task_of(cast.caseworker, case, **wrong)
        assert broken.value.field == field
    task = task_of(cast.caseworker, case)
    with pytest.raises(Case.DoesNotExist):
        set_task(actor=cast.dpo, case_id=case.pk, what=WORDS, due_on=today())
    with pytest.raises(CaseTask.DoesNotExist):
        finish_task(actor=cast.south_caseworker, task_id=task.pk, version=1)
    with pytest.raises(DomainError) as broken:
        cancel_task(actor=cast.caseworker, task_id=task.pk, version=1, reason=" ")
    assert broken.value.field == "reason"
    with pytest.raises(Conflict):
        finish_task(actor=cast.caseworker, task_id=task.pk, version=9)
    assert again(cast.caseworker, task).status == "open"
    ended = cancel_task(
        actor=cast.caseworker, task_id=task.pk, version=1, reason="The school is closed."
    )
    assert ended.status == "cancelled"
    with pytest.raises(InvalidTransition):
        finish_task(actor=cast.caseworker, task_id=task.pk, version=2)
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("cases.set_task", ended)
        ended.status = "done"
        ended.save(update_fields=["status"])


def test_what_is_for_one_person_is_sealed_under_that_persons_key(cast, superuser):
    case = open_case(cast.caseworker)
    child = add_participant(cast.caseworker, case)
    hers = task_of(cast.caseworker, case, person_id=child.person_id)
    ours = task_of(cast.caseworker, case)
    rows = dict(superuser.execute("SELECT id, what FROM cases_casetask").fetchall())
    assert all(WORDS.encode() not in bytes(sealed) for sealed in rows.values())
    # Her words moved to another row do not open: they are bound to the row and the key.
    with superuser.transaction():
        superuser.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        superuser.execute(
            "UPDATE cases_casetask SET what = %s WHERE id = %s", [rows[hers.pk], ours.pk]
        )
    both = [again(cast.caseworker, ours), again(cast.caseworker, hers)]
    with reading(cast.caseworker):
        swapped, kept = show_tasks(both, today())
    assert (swapped.unreadable, kept.unreadable) == (("what",), ())
    assert WORDS not in swapped.what


def test_the_work_tab_asks_as_many_questions_for_many_as_for_few(cast, client_of):
    case, client = open_case(cast.caseworker), client_of(cast.caseworker)
    url = reverse("cases:work", args=[case.pk])

    def questions():
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    for number in range(2):
        task_of(cast.caseworker, case, what=f"Number {number}")
    few = questions()
    for number in range(12):
        task_of(cast.caseworker, case, what=f"Further {number}")
    assert questions() == few
    assert "Further 11" in client.get(url).content.decode()


def test_programs_set_and_end_tasks_by_the_same_services(cast, client_of):
    case, client = open_case(cast.caseworker), client_of(cast.caseworker)

    def post(url, body, version=None):
        headers = {"If-Match": f'"{version}"'} if version else {}
        return client.post(url, body, content_type="application/json", headers=headers)

    body = {"case": str(case.pk), "what": WORDS, "due_on": today().isoformat()}
    made = post("/api/v1/tasks/", body)
    assert made.status_code == 201, made.content
    assert made.json()["assignee"] == str(cast.caseworker.pk)
    one = f"/api/v1/tasks/{made.json()['id']}/"
    assert WORDS not in client.get("/api/v1/tasks/").content.decode()
    assert client.get(one).json()["what"] == WORDS
    hand = {"assignee": str(cast.supervisor.pk), "due_on": today().isoformat()}
    assert post(f"{one}hand/", hand).status_code == 428
    assert post(f"{one}hand/", hand, 1).headers["ETag"] == '"2"'
    assert post(f"{one}finish/", {}, 1).status_code == 412
    assert post(f"{one}cancel/", {}, 2).status_code == 400
    done = post(f"{one}finish/", {"result": "Monday holds"}, 2).json()
    assert (done["status"], done["result"]) == ("done", "Monday holds")
    assert client_of(cast.south_caseworker).get(one).status_code == 404
    assert client_of(cast.dpo).get(one).status_code == 403


def test_a_team_that_joins_the_case_can_take_over_its_tasks(cast):
    case = open_case(cast.caseworker)
    task = task_of(cast.caseworker, case)
    assign_team(actor=cast.supervisor, case_id=case.pk, team_id=cast.south.pk, reason="cover")
    values = {"task_id": task.pk, "version": 1, "due_on": today()}
    handed = hand_task(actor=cast.caseworker, assignee_id=cast.south_caseworker.pk, **values)
    assert finish_task(actor=cast.south_caseworker, task_id=handed.pk, version=2).status == "done"
