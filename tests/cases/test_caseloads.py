"""Handing over a caseload: one list, one reason, each recorded, nothing left without a lead."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts.services.directory import close_account
from audit.models import AuditEvent, OutboxMessage
from audit.reading import reading
from cases.models import CaseLead, CaseTask
from cases.selectors.caseload import WorkLeft, cases_without_lead, loads, work_left
from cases.services.caseload import hand_over_tasks, transfer_caseload
from cases.services.sight import restrict_case
from cases.services.tasks import set_task
from core.errors import Denied, DomainError
from desk.services import handover
from tests.cases.races import at_once
from tests.factories import open_case
from tests.jobs import Jobs


def lead_of(case):
    return CaseLead.objects.using("owner").get(case=case, until=None).user_id


def hand_over(cast, cases, **over):
    values = {
        "actor": cast.supervisor,
        "case_ids": [case.pk for case in cases],
        "from_user_id": cast.caseworker.pk,
        "to_user_id": cast.second_caseworker.pk,
        "reason": "leaves",
    }
    return transfer_caseload(**{**values, **over})


@pytest.fixture
def three(cast):
    return [open_case(cast.caseworker) for _case in range(3)]


def test_many_cases_go_to_another_lead_with_their_tasks_each_by_an_event(cast, three):
    task = set_task(
        actor=cast.caseworker,
        case_id=three[0].pk,
        what="Call the school.",
        assignee_id=cast.caseworker.pk,
        due_on=timezone.localdate() + timedelta(days=2),
    )
    for wrong, field in (
        ({"case_ids": []}, "case_ids"),
        ({"reason": "bored"}, "reason"),
        ({"to_user_id": cast.clinician.pk}, "user_id"),
        ({"to_user_id": cast.stranger_caseworker.pk}, "user_id"),
    ):
        with pytest.raises(DomainError) as broken:
            hand_over(cast, three, **wrong)
        assert broken.value.field == field
    with pytest.raises(Denied):
        hand_over(cast, three, actor=cast.caseworker)
    assert {lead_of(case) for case in three} == {cast.caseworker.pk}
    others = open_case(cast.south_caseworker)
    done = hand_over(cast, [*three, others])
    assert set(done.moved) == {case.pk for case in three}
    assert {lead_of(case) for case in three} == {cast.second_caseworker.pk}
    # A case the supervisor does not see is not touched, and not told of.
    assert (lead_of(others), done.left) == (cast.south_caseworker.pk, [])
    assert CaseTask.objects.using("owner").get(pk=task.pk).assignee_id == cast.second_caseworker.pk
    handed = AuditEvent.objects.get(verb="task.handed")
    assert (handed.object_id, handed.case_id) == (task.pk, three[0].pk)
    assert handed.facts == {"for": str(cast.second_caseworker.pk)}
    changed = AuditEvent.objects.filter(verb="case.lead_changed")
    assert {event.case_id for event in changed} == {case.pk for case in three}
    assert len({event.act for event in changed}) == 1
    told = {tuple(m.ids) for m in OutboxMessage.objects.filter(task="cases.tell")}
    assert {(str(cast.caseworker.pk),), (str(cast.second_caseworker.pk),)} <= told


def test_what_cannot_be_handed_over_keeps_its_lead_and_says_why(cast, three):
    restrict_case(
        actor=cast.supervisor,
        case_id=three[1].pk,
        user_ids=[cast.supervisor.pk, cast.caseworker.pk],
        why="A colleague lives next door to the family.",
    )
    done = hand_over(cast, three)
    assert set(done.moved) == {three[0].pk, three[2].pk}
    ((reference, why),) = done.left
    assert reference == three[1].reference
    assert "restricted" in why
    assert lead_of(three[1]) == cast.caseworker.pk


def test_what_somebody_else_leads_meanwhile_stays_theirs(cast, three):
    hand_over(cast, three[:1])
    done = hand_over(cast, three, to_user_id=cast.south_caseworker.pk)
    assert set(done.moved) == {three[1].pk, three[2].pk}
    ((reference, why),) = done.left
    assert (reference, "Berto Salonga leads it by now" in why) == (three[0].reference, True)
    assert lead_of(three[0]) == cast.second_caseworker.pk
    # Nor does somebody give a lead to what has one.
    assert not hand_over(cast, three, from_user_id=None).moved


def test_a_leaver_shows_first_and_a_case_without_a_lead_is_seen_to(cast, three, client_of):
    mine = open_case(cast.second_caseworker)
    with reading(cast.supervisor):
        today = timezone.localdate()
        assert [(row.name, row.number) for row in loads(cast.supervisor, today)] == [
            ("Ana Ilustre", 3),
            ("Berto Salonga", 1),
        ]
        assert not cases_without_lead(cast.supervisor).exists()
    close_account(actor=cast.admin, user_id=cast.second_caseworker.pk)
    supervisor = client_of(cast.supervisor)
    page = supervisor.get(reverse("cases:caseload")).content.decode()
    assert "Nobody leads 1 case" in page
    assert "The account is closed" in page
    assert page.index("Berto Salonga") < page.index("Ana Ilustre")
    assert reverse("cases:caseload") in supervisor.get(reverse("desk:my_work")).content.decode()
    given = supervisor.post(
        reverse("cases:give_leads"),
        {
            "case_ids": [str(mine.pk)],
            "to_user_id": str(cast.caseworker.pk),
            "reason": "leaves",
        },
        follow=True,
    )
    assert "1 case is handed over." in given.content.decode()
    assert lead_of(mine) == cast.caseworker.pk
    assert "Nobody leads" not in supervisor.get(reverse("cases:caseload")).content.decode()
    # For those who do not supervise, the page is not there.
    worker = client_of(cast.caseworker)
    assert worker.get(reverse("cases:caseload")).status_code == 403
    url = reverse("cases:transfer_caseload", args=[cast.caseworker.pk])
    listed = supervisor.get(url).content.decode()
    assert all(case.reference in listed for case in (*three, mine))
    assert (
        client_of(cast.supervisor)
        .get(reverse("cases:transfer_caseload", args=[cast.stranger_caseworker.pk]))
        .status_code
        == 404
    )


def test_whoever_leaves_with_tasks_in_cases_of_others_hands_them_over_too(cast, three, client_of):
    """Closing asks the supervisors by mail; they find it on My work until nothing is left."""
    due = timezone.localdate() + timedelta(days=3)
    leaver = cast.second_caseworker
    tasks = [
        set_task(
            actor=cast.caseworker,
            case_id=case.pk,
            what="Call the school.",
            assignee_id=leaver.pk,
            due_on=due,
        )
        for case in three
    ]
    mine = open_case(leaver)
    admin, jobs = client_of(cast.admin), Jobs()
    jobs()
    mail.outbox.clear()
    for name in ("close_account", "set_last_day"):
        page = admin.get(reverse(f"directory:{name}", args=[leaver.pk])).content.decode()
        assert "leads open cases: 1. Open tasks: 3." in page
        assert "Corazon Vera" in page
        # An administrator sees no case.
        assert mine.reference not in page
    last_day = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = admin.post(reverse("directory:set_last_day", args=[leaver.pk]), {"ends_on": last_day})
    assert said.status_code == 302
    jobs()
    assert [message.to for message in mail.outbox] == [[cast.supervisor.email]]
    supervisor = client_of(cast.supervisor)
    url = reverse("cases:transfer_caseload", args=[leaver.pk])
    work = supervisor.get(reverse("desk:my_work")).content.decode()
    assert "Hand over what Berto Salonga has" in work
    assert url in work
    assert url not in client_of(cast.caseworker).get(reverse("desk:my_work")).content.decode()
    assert admin.post(reverse("directory:close_account", args=[leaver.pk])).status_code == 302
    assert AuditEvent.objects.filter(verb="handover.asked").count() == 2
    page = supervisor.get(url).content.decode()
    assert mine.reference in page
    assert page.count(f"Task in {three[0].reference}") == 1
    nothing = supervisor.post(url, {"to_user_id": str(cast.caseworker.pk), "reason": "leaves"})
    assert nothing.status_code == 422
    assert "Choose at least one case or task" in nothing.content.decode()
    done = supervisor.post(
        url,
        {
            "case_ids": [str(mine.pk)],
            "task_ids": [str(task.pk) for task in tasks],
            "to_user_id": str(cast.caseworker.pk),
            "reason": "leaves",
        },
        follow=True,
    ).content.decode()
    assert "1 case is handed over" in done
    assert "3 tasks are handed over" in done
    assert "Berto Salonga" not in done
    assert lead_of(mine) == cast.caseworker.pk
    handed = AuditEvent.objects.filter(verb="task.handed")
    assert {event.object_id for event in handed} == {task.pk for task in tasks}
    work = supervisor.get(reverse("desk:my_work")).content.decode()
    assert "Hand over what" not in work


@pytest.mark.parametrize("ends_on", [None, timezone.localdate() + timedelta(days=9)])
def test_what_somebody_is_given_while_their_account_is_closed_is_counted(
    cast, three, monkeypatch, ends_on
):
    """Nothing was left when the administrator pressed; then a task came."""
    name = "close_account" if ends_on is None else "set_last_day"
    real = getattr(handover.directory, name)

    def give():
        try:
            set_task(
                actor=cast.caseworker,
                case_id=three[0].pk,
                what="Call the school.",
                assignee_id=cast.second_caseworker.pk,
                due_on=timezone.localdate(),
            )
        finally:
            connections.close_all()

    def and_meanwhile(**values):
        other = threading.Thread(target=give)
        other.start()
        other.join()
        return real(**values)

    monkeypatch.setattr(handover.directory, name, and_meanwhile)
    leaver = {"actor": cast.admin, "user_id": cast.second_caseworker.pk}
    if ends_on is None:
        handover.close_account(**leaver)
    else:
        handover.set_last_day(**leaver, ends_on=ends_on)
    asked = AuditEvent.objects.get(verb="handover.asked")
    assert asked.facts == {"cases": 0, "tasks": 1, "people": 1}


def test_a_task_whose_case_the_colleague_does_not_see_stays_and_says_why(cast, three, client_of):
    task = set_task(
        actor=cast.caseworker,
        case_id=three[0].pk,
        what="Call the school.",
        assignee_id=cast.second_caseworker.pk,
        due_on=timezone.localdate(),
    )
    values = {"task_ids": [task.pk], "from_user_id": cast.second_caseworker.pk}
    with pytest.raises(Denied):
        hand_over_tasks(actor=cast.caseworker, to_user_id=cast.clinician.pk, **values)
    for wrong in ({"task_ids": []}, {"task_ids": [uuid4() for _task in range(501)]}):
        with pytest.raises(DomainError) as broken:
            hand_over_tasks(
                actor=cast.supervisor, to_user_id=cast.clinician.pk, **{**values, **wrong}
            )
        assert broken.value.field == "task_ids"
    done = hand_over_tasks(actor=cast.supervisor, to_user_id=cast.south_caseworker.pk, **values)
    assert (done.moved, done.left) == (
        [],
        [(three[0].reference, "Hana Dizon does not see it.")],
    )
    # By API, to somebody who does; what somebody else has by now is not touched.
    client = client_of(cast.supervisor)
    body = {
        "tasks": [str(task.pk)],
        "from_user": str(cast.second_caseworker.pk),
        "to_user": str(cast.clinician.pk),
    }
    send = {"content_type": "application/json"}
    given = client.post("/api/v1/tasks/hand-over/", body, **send)
    assert given.json() == {"moved": [str(task.pk)], "left": []}
    assert client.post("/api/v1/tasks/hand-over/", body, **send).json()["moved"] == []


def test_how_much_somebody_leaves_is_told_to_their_administrator_alone(cast, three):
    for person in (cast.supervisor, cast.partner, cast.dpo):
        with reading(person):
            assert not work_left(cast.caseworker.pk)
    with reading(cast.admin):
        assert work_left(cast.caseworker.pk) == WorkLeft(led=3, tasks=0)
        assert not work_left(cast.stranger_caseworker.pk)


def test_a_task_handed_on_twice_at_one_moment_is_handed_over_once(cast, three):
    task = set_task(
        actor=cast.caseworker,
        case_id=three[0].pk,
        what="Call the school.",
        assignee_id=cast.caseworker.pk,
        due_on=timezone.localdate(),
    )
    others = iter([cast.clinician.pk, cast.second_caseworker.pk])
    done = []

    def hand():
        to = next(others)
        handed = hand_over_tasks(
            actor=cast.supervisor,
            task_ids=[task.pk],
            from_user_id=cast.caseworker.pk,
            to_user_id=to,
        )
        done.append((to, handed.moved))

    assert at_once(2, hand) == ["done", "done"]
    moved = [to for to, ids in done if ids == [task.pk]]
    assert len(moved) == 1, "one of them is told that it was too late"
    assert CaseTask.objects.using("owner").get(pk=task.pk).assignee_id == moved[0]
    assert AuditEvent.objects.filter(verb="task.handed").count() == 1
