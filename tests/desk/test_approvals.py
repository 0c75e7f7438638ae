"""One list of what waits for a second pair of eyes, each with the place to decide it."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.service_accounts import STATISTICIAN_ID
from accounts.services.directory import assign_role
from cases.services.closing import request_closure
from cases.services.copies import request_copy
from cases.services.erasure import request_erasure
from cases.services.plans import add_goal, submit_plan
from desk.selectors import approvals
from desk.selectors.approvals import DECIDING
from reporting.services.releases import compute_release, request_release
from tests.desk.test_my_work import NUMBER
from tests.factories import add_participant, open_case
from tests.world import World

URL = reverse("desk:approvals")


def ask_for_everything(cast):
    """A plan, a closing, a copy and an erasure that a caseworker asks for."""
    worker, today = cast.caseworker, timezone.localdate()
    case = open_case(worker)
    place = add_participant(worker, case)
    plan = add_goal(
        actor=worker, participant_id=place.pk, words="To go to school.", whose_words="their_own"
    ).plan
    submit_plan(
        actor=worker,
        plan_id=plan.pk,
        version=plan.version,
        answer="agreed",
        review_on=today + timedelta(days=30),
    )
    copy = request_copy(
        actor=worker, participant_id=place.pk, asked_for_by="self", at=timezone.now()
    )
    erasure = request_erasure(
        actor=worker,
        participant_id=place.pk,
        ground="person_asked",
        whole_case=False,
        at=timezone.now(),
    )
    other = open_case(worker)
    closure = request_closure(
        actor=worker,
        case_id=other.pk,
        reason="survivor_choice",
        summary="She wants to stop here, and knows whom to call.",
        contact_after={},
        version=1,
    )
    return {
        "plan": reverse("cases:approve_plan", args=[plan.pk]),
        "copy": reverse("cases:copy", args=[copy.pk]),
        "closure": reverse("cases:closure", args=[closure.pk]),
        "erasure": reverse("rights:erasure", args=[erasure.pk]),
    }


def test_whoever_decides_finds_each_and_who_asked_finds_none(cast, client_of):
    page = client_of(cast.supervisor).get(URL).content.decode()
    assert "Nothing waits for you" in page
    places = ask_for_everything(cast)
    supervisor = client_of(cast.supervisor)
    page = supervisor.get(URL).content.decode()
    for name in ("plan", "copy", "closure"):
        assert places[name] in page, name
        assert supervisor.get(places[name]).status_code == 200
    assert "Ana Ilustre" in page
    # An erasure is decided by the data protection officer, who sees no case.
    assert places["erasure"] not in page
    officer = client_of(cast.dpo).get(URL).content.decode()
    assert places["erasure"] in officer
    assert places["plan"] not in officer
    for nobody in (cast.caseworker, cast.south_caseworker, cast.clinician):
        shown = client_of(nobody).get(URL).content.decode()
        assert "Nothing waits for you" in shown
    assert URL in supervisor.get("/").content.decode()
    assert URL not in client_of(cast.caseworker).get("/").content.decode()


def test_it_is_what_my_work_counts_of_every_kind_by_which_somebody_decides(cast, client_of):
    """One way to ask what waits: a kind that is missing on one page is missing on both."""
    World(cast)
    kinds = {kind.code for kind in DECIDING}
    assert kinds == {
        "closures",
        "plans-to-approve",
        "legal-bases",
        "copies",
        "erasures",
        "handoffs-to-authorise",
        "exports-to-approve",
        "releases",
        "reviews",
    }
    ask_for_everything(cast)
    seen = set()
    for who in ("supervisor", "dpo"):
        client = client_of(getattr(cast, who))
        page = client.get(URL).content.decode()
        numbers = {url for url, _words in re.findall(NUMBER, client.get("/").content.decode())}
        for kind in DECIDING:
            heading = f">{kind.title}</h2>"
            assert (heading in page) == (kind.url in numbers), (who, kind.code)
            seen |= {kind.code} if heading in page else set()
    assert kinds - {"legal-bases", "releases"} <= seen


def test_a_release_one_asked_for_waits_for_somebody_else_on_my_work_too(cast, client_of):
    """The data protection officer of a small house may be its manager as well."""
    office = cast.dpo.memberships.get().team_id
    assign_role(actor=cast.admin, user_id=cast.dpo.pk, team_id=office, role=Role.MANAGER)
    links = []
    for who, first, last in (
        ("dpo", date(2026, 1, 1), date(2026, 3, 31)),
        ("manager", date(2026, 4, 1), date(2026, 6, 30)),
    ):
        asked_for = request_release(
            actor=cast.again(who),
            title="Referrals of a quarter",
            measures=["S-SRC"],
            period_start=first,
            period_end=last,
        )
        release = compute_release(
            actor=User.objects.get(pk=STATISTICIAN_ID), release_id=asked_for.pk
        )
        assert release.status == "in_review"
        links.append(reverse("reporting:release", args=[asked_for.pk]))
    client = client_of(cast.again("dpo"))
    for page in (URL, "/"):
        shown = client.get(page).content.decode()
        assert [link in shown for link in links] == [False, True]


def test_more_than_a_page_leads_to_the_list_of_all(cast, client_of, monkeypatch):
    monkeypatch.setattr(approvals, "MOST", 1)
    ask_for_everything(cast)
    ask_for_everything(cast)
    page = client_of(cast.supervisor).get(URL).content.decode()
    assert f'href="{reverse("desk:waiting", args=["closures"])}"' in page
    assert "See all 2" in page


def test_what_one_asked_for_oneself_waits_for_somebody_else(cast, client_of):
    case = open_case(cast.supervisor)
    closure = request_closure(
        actor=cast.supervisor,
        case_id=case.pk,
        reason="survivor_choice",
        summary="She wants to stop here, and knows whom to call.",
        contact_after={},
        version=1,
    )
    page = client_of(cast.supervisor).get(URL).content.decode()
    assert reverse("cases:closure", args=[closure.pk]) not in page


def test_the_number_of_queries_is_the_same_for_few_and_many(cast, client_of):
    client = client_of(cast.supervisor)

    def queries():
        with CaptureQueriesContext(connection) as run:
            assert client.get(URL).status_code == 200
        return len(run)

    ask_for_everything(cast)
    queries()
    few = queries()
    for _number in range(3):
        ask_for_everything(cast)
    assert queries() == few
