"""Reviews: opened with the act, seen and closed by somebody else, and never changed again."""

from __future__ import annotations

import threading
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, connections
from django.utils import timezone

from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from audit.review_kinds import Finding, kinds
from audit.reviewing import check_remark, close_review, open_review
from core.errors import Denied, DomainError, InvalidTransition
from tests.factories import open_case


def reviewed(actor, **over):
    """A review of what `actor` did, opened as a service opens it; its id."""
    values = {"kind": "break_glass", **over}
    with acting(actor) as act:
        act.authorise(
            "audit.close_review" if actor.may("audit.close_review") else "cases.read_case"
        )
        act.record("case.opened")
        return open_review(act, **values)


def seen_by(actor):
    with reading(actor):
        return set(Review.objects.visible_to(actor).values_list("pk", flat=True))


def test_reviewers_see_it_and_whoever_did_it_does_not(cast):
    case = open_case(cast.caseworker)
    of_team = reviewed(cast.caseworker, about=case, team_ids=[cast.north.pk])
    elsewhere = reviewed(cast.south_caseworker, team_ids=[cast.south.pk])
    by_supervisor = reviewed(cast.supervisor, about=case, team_ids=[cast.north.pk])
    assert seen_by(cast.dpo) == seen_by(cast.auditor) == {of_team, elsewhere, by_supervisor}
    assert seen_by(cast.supervisor) == {of_team}
    for nobody in (cast.caseworker, cast.manager, cast.admin, cast.partner, cast.stranger):
        assert seen_by(nobody) == set()
    review = _row(of_team)
    assert (review.case_id, review.about_id, review.subject_id) == (
        case.pk,
        case.pk,
        cast.caseworker.pk,
    )
    assert review.due_at - review.created_at == kinds()["break_glass"].due_in == timedelta(hours=72)
    event = AuditEvent.objects.filter(verb="review.opened", object_id=of_team).get()
    assert (event.act, event.case_id, event.facts) == (
        review.opened_act,
        case.pk,
        {"kind": "break_glass"},
    )


def test_it_is_closed_once_with_a_finding_that_stands(cast):
    pk = reviewed(cast.caseworker, team_ids=[cast.north.pk], due_in=timedelta(minutes=-1))
    close_review(actor=cast.supervisor, review_id=pk, finding="in_order", remark="  Was needed. ")
    review = _row(pk)
    assert (review.finding, review.remark, review.closed_by_id) == (
        "in_order",
        "Was needed.",
        cast.supervisor.pk,
    )
    event = AuditEvent.objects.filter(verb="review.closed").get()
    assert event.facts == {
        "kind": "break_glass",
        "finding": "in_order",
        "late": True,
        "remark": True,
    }
    with pytest.raises(InvalidTransition):
        close_review(actor=cast.dpo, review_id=pk, finding="breach", remark="Another view.")
    # Not by SQL in an act either: what was found stands.
    with pytest.raises(Exception, match="a finding stands"), acting(cast.dpo) as act:
        act.authorise("audit.close_review")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_review SET finding = 'breach' WHERE id = %s", [pk])
    assert _row(pk).finding == "in_order"


def test_nobody_reviews_themselves(cast, superuser):
    pk = reviewed(cast.dpo)
    with pytest.raises(Review.DoesNotExist):
        close_review(actor=cast.dpo, review_id=pk, finding="in_order")
    assert _row(pk).is_open
    with pytest.raises(psycopg.errors.CheckViolation):
        superuser.execute("SET session_replication_role = replica")
        superuser.execute(
            "UPDATE audit_review SET closed_at = now(), closed_by_id = subject_id, "
            "finding = 'in_order' WHERE id = %s",
            [pk],
        )
    assert close_review(actor=cast.auditor, review_id=pk, finding="in_order").closed_at


def test_those_who_may_not_close_are_refused_and_nothing_changes(cast):
    pk = reviewed(cast.caseworker, team_ids=[cast.north.pk])
    for person in (cast.second_caseworker, cast.manager, cast.partner):
        with pytest.raises((Review.DoesNotExist, Denied)):
            close_review(actor=person, review_id=pk, finding="in_order")
    for finding, remark in (
        ("nonsense", ""),
        ("not_in_order", ""),
        ("breach", "Mail ana@x.example"),
    ):
        with pytest.raises(DomainError):
            close_review(actor=cast.dpo, review_id=pk, finding=finding, remark=remark)
    assert _row(pk).is_open


def test_a_mark_opens_one_review_however_often_it_comes(cast):
    ids = {reviewed(cast.caseworker, kind="unusual_reading", mark="a:2026-01-05T10") for _ in "ab"}
    other = reviewed(cast.caseworker, kind="unusual_reading", mark="a:2026-01-05T11")
    assert len(ids) == 1
    assert seen_by(cast.dpo) == ids | {other}
    assert AuditEvent.objects.filter(verb="review.opened").count() == 2


def test_the_application_can_neither_open_a_closed_review_nor_remove_one(cast):
    pk = reviewed(cast.caseworker)
    forgeries = (
        "INSERT INTO audit_review (id, created_at, kind, about_type, team_ids, opened_act, facts, "
        "due_at, finding, closed_by_id, closed_at) VALUES (gen_random_uuid(), now(), 'export', '', "
        "'{}', gen_random_uuid(), '{}', now(), 'in_order', gen_random_uuid(), now())",
        f"DELETE FROM audit_review WHERE id = '{pk}'",
        f"UPDATE audit_review SET due_at = now() + interval '1 year' WHERE id = '{pk}'",
        f"UPDATE audit_review SET subject_id = NULL WHERE id = '{pk}'",
    )
    for forgery in forgeries:
        with pytest.raises(Exception, match="permission denied"), acting(cast.dpo) as act:
            act.authorise("audit.close_review")
            with connection.cursor() as cursor:
                cursor.execute(forgery)
    assert _row(pk).is_open


def test_facts_are_codes_and_counts(cast):
    with pytest.raises(ValueError, match="code"):
        reviewed(cast.caseworker, facts={"reason": "Her name is Luz"})
    with pytest.raises(KeyError):
        reviewed(cast.caseworker, kind="nonsense")
    reviewed(cast.caseworker, facts={"reason": "immediate_danger", "minutes": 60})


def test_two_reviewers_at_once_leave_one_finding(cast):
    pk = reviewed(cast.caseworker, team_ids=[cast.north.pk])
    outcomes = []

    def close(person, finding):
        try:
            close_review(actor=person, review_id=pk, finding=finding, remark="Looked at it.")
            outcomes.append(finding)
        except InvalidTransition:
            outcomes.append("late")
        finally:
            connections.close_all()

    people = ((cast.dpo, "in_order"), (cast.supervisor, "not_in_order"))
    threads = [threading.Thread(target=close, args=pair) for pair in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "late" in outcomes
    assert len(outcomes) == 2
    assert _row(pk).finding in outcomes


@pytest.mark.parametrize(
    "text",
    [
        "Call +63 917 555 0101",
        "See https://example.org",
        "Mail to a@b.example",
        "Docket 2026-0000123",
        "d41d8cd98f00b204e9800998ecf8427e",
        "x" * 401,
    ],
)
def test_a_remark_holds_nothing_that_leads_to_somebody(text):
    with pytest.raises(DomainError) as refused:
        check_remark(text)
    assert refused.value.field == "remark"


def test_a_plain_remark_is_kept():
    assert check_remark(" Asked on 5 Jan;\nthe court moved the date. ") == (
        "Asked on 5 Jan; the court moved the date."
    )
    assert Finding.IN_ORDER in Finding.values


def _row(pk):
    return Review.objects.using("owner").get(pk=pk)


def test_the_pages_show_the_queue_and_close_a_review(cast, client_of, django_assert_num_queries):
    case = open_case(cast.caseworker)
    now = timezone.now()
    late = reviewed(
        cast.caseworker, about=case, team_ids=[cast.north.pk], at=now - timedelta(days=9)
    )
    reviewed(cast.caseworker, kind="export", team_ids=[cast.north.pk], facts={"entries": 12})
    supervisor = client_of(cast.supervisor)
    work = supervisor.get("/").content.decode()
    assert "Review: Emergency access" in work
    assert "card-attention" in work
    page = supervisor.get("/audit/reviews/").content.decode()
    assert page.index("Emergency access</a>") < page.index("Copy taken out</a>")
    assert "Ana Ilustre" in page
    assert "2 reviews" in page
    one = supervisor.get(f"/audit/reviews/{late}/").content.decode()
    assert case.reference in one
    assert "This review is overdue" in one
    assert "put something up for review" in one
    assert client_of(cast.caseworker).get("/audit/reviews/").status_code == 403
    assert client_of(cast.supervisor).post(f"/audit/reviews/{late}/", {}).status_code == 422
    answer = supervisor.post(
        f"/audit/reviews/{late}/", {"finding": "in_order_with_advice", "remark": "Ask sooner."}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/audit/reviews/")
    closed = supervisor.get("/audit/reviews/?show=closed").content.decode()
    assert "In order, and we talked about doing it better" in closed
    assert "Ask sooner." in supervisor.get(f"/audit/reviews/{late}/").content.decode()
    # Whoever audits the house reads the code, and sees no case by it.
    dpo = client_of(cast.dpo)
    assert case.reference in dpo.get(f"/audit/reviews/{late}/").content.decode()
    assert dpo.get(f"/cases/{case.pk}/").status_code == 403
