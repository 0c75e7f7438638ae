"""Handing over a caseload: one list, one reason, each recorded, nothing left without a lead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.services.directory import close_account
from audit.models import AuditEvent, OutboxMessage
from audit.reading import reading
from cases.models import CaseLead, CaseTask
from cases.selectors.caseload import cases_without_lead, loads
from cases.services.caseload import transfer_caseload
from cases.services.sight import restrict_case
from cases.services.tasks import set_task
from core.errors import Denied, DomainError
from tests.factories import open_case


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
