"""Who can see a case, and why: the page, the API and `visible_to` say the same."""

from __future__ import annotations

import random
import re
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from audit.models import AuditEvent, OutboxMessage
from audit.reading import reading
from cases.models import Case, CaseLead, CaseNote, CaseRestriction, CaseTask, LeaveCover
from cases.selectors.access import assignees_of, colleagues_on, supervisors_on
from cases.selectors.sight import (
    covers_of,
    lead_of,
    not_covered,
    restriction_version,
    sight_of,
)
from cases.services.cases import assign_team
from cases.services.conflicts import declare_conflict, lift_conflict
from cases.services.duties import note_duty
from cases.services.emergency import NoSuchCase, break_glass, end_break_glass
from cases.services.legal_status import give_role
from cases.services.sight import (
    change_lead,
    end_cover,
    lift_restriction,
    restrict_case,
    set_cover,
)
from cases.services.tasks import finish_task, set_task
from core.errors import Conflict, Denied, DomainError
from tests.factories import add_participant, open_case, write_note

WHY = "A colleague lives next door to the family."


@pytest.fixture
def case(cast):
    return open_case(cast.caseworker)


def sees(user, case):
    with reading(user):
        by_scope = Case.objects.visible_to(user).filter(pk=case.pk).exists()
        assert Case.objects.filter(pk=case.pk).exists() == by_scope, "the wall says otherwise"
        return by_scope


def told(actor, case):
    """{user id: [ways]} as the page lists them for `actor`."""
    with reading(actor):
        shown = Case.objects.visible_to(actor).get(pk=case.pk)
        return {
            seer.user.pk: [reason.way for reason in seer.reasons]
            for seer in sight_of(actor, shown).seers
        }


def restrict(cast, case, **over):
    values = {
        "actor": cast.supervisor,
        "case_id": case.pk,
        "why": WHY,
        "user_ids": [cast.supervisor.pk, cast.caseworker.pk],
        "version": restrictions(case),
    }
    return restrict_case(**{**values, **over})


def restrictions(case):
    """The version of the last restriction, as somebody sees it who has just looked."""
    found = CaseRestriction.objects.using("owner").filter(case=case)
    return max(found.values_list("version", flat=True), default=0)


def give(cast, case, to, **over):
    """Another lead, by somebody who has just looked."""
    values = {
        "actor": cast.supervisor,
        "case_id": case.pk,
        "user_id": to.pk,
        "reason": "workload",
        "version": CaseLead.objects.using("owner").filter(case=case).count(),
    }
    return change_lead(**{**values, **over})


def cover(cast, **over):
    today = timezone.localdate()
    values = {
        "actor": cast.caseworker,
        "cover_id": cast.south_caseworker.pk,
        "starts_on": today,
        "ends_on": today + timedelta(days=3),
    }
    return set_cover(**{**values, **over})


@pytest.mark.timeout(300)
def test_r_a1_the_page_lists_exactly_those_whom_visible_to_lets_in(cast, case):
    """A property: after any mix of what changes sight, for everybody, by Python and the walls."""
    chance = random.Random(20261125)
    place = add_participant(cast.caseworker, case)
    other = open_case(cast.caseworker)
    elsewhere = give_role(
        actor=cast.caseworker, participant_id=place.pk, role="witness", case_id=other.pk
    )
    people = [
        *User.objects.filter(agency=cast.agency, kind="person"),
        cast.partner,
        cast.stranger_caseworker,
    ]
    standing = {"restriction": None, "block": None, "emergency": None, "covers": []}
    duty = note_duty(
        actor=cast.caseworker,
        case_id=case.pk,
        rule="social_welfare",
        trigger="abuse_disclosed",
        learned_at=timezone.now() - timedelta(hours=1),
    )

    def check_who_is_asked(listed):
        """Who is told of duties, supervises and is given work: of those who see it by work."""
        by_work = {who for who, ways in listed.items() if set(ways) != {"emergency"}}
        keeper = User.objects.get(pk=HOUSEKEEPER_ID)
        with reading(keeper), connection.cursor() as cursor:
            cursor.execute("SELECT liwanag_duty_seers(%s)", [duty.pk])
            assert set(cursor.fetchone()[0]) == by_work
        with reading(cast.supervisor):
            shown = Case.objects.visible_to(cast.supervisor).get(pk=case.pk)
            able = {who for who, _name in assignees_of(cast.supervisor, shown)}
            over = set(supervisors_on(cast.supervisor, shown))
            readers = {who for who, _name in colleagues_on(cast.supervisor, shown)}
        fresh = {who: User.objects.get(pk=who) for who in by_work}
        assert able == {who for who, user in fresh.items() if user.may("cases.set_task")}
        assert over == {who for who, user in fresh.items() if user.may("cases.close_case")}
        assert readers == {
            who
            for who, user in fresh.items()
            if user.may("cases.read_note") and who != cast.supervisor.pk
        }

    def toggle_restriction():
        if standing["restriction"]:
            kept = CaseRestriction.objects.using("owner").get(pk=standing["restriction"].pk)
            lift_restriction(actor=cast.supervisor, restriction_id=kept.pk, version=kept.version)
            standing["restriction"] = None
            return
        with reading(cast.supervisor):
            lead = lead_of(case.pk).user_id
        named = {cast.supervisor.pk, lead}
        seeing = set(told(cast.supervisor, case))
        named |= {who for who in (cast.clinician.pk, cast.legal.pk) if who in seeing}
        teams = [cast.north.pk] if chance.random() < 0.3 else []
        standing["restriction"] = restrict(
            cast, case, user_ids=[who for who in named if who in seeing], team_ids=teams
        )

    def toggle_conflict():
        if standing["block"]:
            lift_conflict(actor=cast.supervisor, block_id=standing["block"].pk, reason=WHY + WHY)
            standing["block"] = None
            return
        # Half of them about somebody of the case, declared in another case that they are in too.
        about = chance.random() < 0.5
        standing["block"] = declare_conflict(
            actor=cast.supervisor,
            case_id=other.pk if about else case.pk,
            relation="neighbour",
            user_id=chance.choice([cast.clinician.pk, cast.intake.pk, cast.legal.pk]),
            participant_id=elsewhere.pk if about else None,
        )

    def toggle_team():
        until = timezone.now() + timedelta(days=1) if chance.random() < 0.5 else None
        assign_team(
            actor=cast.supervisor,
            case_id=case.pk,
            team_id=cast.south.pk,
            reason=chance.choice(["cover", "supervision"]),
            until=until,
        )

    def toggle_lead():
        with reading(cast.supervisor):
            lead = lead_of(case.pk).user_id
        to = chance.choice([cast.caseworker, cast.second_caseworker, cast.south_caseworker])
        if to.pk != lead:
            # Refused where the case is restricted to others, or they are too close to it.
            with suppress(DomainError):
                give(cast, case, to)

    def toggle_cover():
        if standing["covers"]:
            end_cover(actor=cast.supervisor, cover_id=standing["covers"].pop().pk)
            return
        with reading(cast.supervisor):
            away = lead_of(case.pk).user_id
        covers = cast.south_caseworker if away != cast.south_caseworker.pk else cast.caseworker
        standing["covers"].append(
            cover(cast, actor=cast.supervisor, away_id=away, cover_id=covers.pk)
        )

    def toggle_emergency():
        if standing["emergency"]:
            end_break_glass(
                actor=cast.south_caseworker,
                break_glass_id=standing["emergency"].pk,
                at=timezone.now(),
            )
            standing["emergency"] = None
        elif not sees(cast.south_caseworker, case):
            # No emergency opens what a conflict of interest hides.
            with suppress(NoSuchCase):
                standing["emergency"] = break_glass(
                    actor=cast.south_caseworker,
                    reference=case.reference,
                    reason_code="danger_to_life",
                    reason="The uncle is at the door of the shelter.",
                    minutes=30,
                    at=timezone.now(),
                )

    moves = [
        toggle_restriction,
        toggle_conflict,
        toggle_team,
        toggle_lead,
        toggle_cover,
        toggle_emergency,
    ]
    pictures = set()
    for number in range(30):
        (moves[number] if number < len(moves) else chance.choice(moves))()
        listed = told(cast.supervisor, case)
        for person in people:
            fresh = User.objects.get(pk=person.pk)
            assert sees(fresh, case) == (person.pk in listed), (number, person.name, listed)
        if number % 2 == 0:
            check_who_is_asked(listed)
        pictures.add(frozenset(listed))
    assert len(pictures) >= 6, "the walk made a difference"


def test_a_restriction_takes_sight_from_everybody_else_at_once(cast, case, client_of, superuser):
    note = write_note(cast.caseworker, case, facts_reported="The aunt called.")
    with pytest.raises(Denied):
        restrict(cast, case, actor=cast.caseworker)
    for wrong, field in (
        ({"user_ids": []}, "user_ids"),
        ({"why": "Because."}, "why"),
        ({"user_ids": [cast.caseworker.pk]}, "user_ids"),
        ({"user_ids": [cast.supervisor.pk]}, "user_ids"),
        ({"user_ids": [cast.supervisor.pk, cast.south_caseworker.pk]}, "user_ids"),
        ({"team_ids": [cast.south.pk]}, "team_ids"),
    ):
        with pytest.raises(DomainError) as broken:
            restrict(cast, case, **wrong)
        assert broken.value.field == field
    assert sees(cast.second_caseworker, case)
    first = restrict(cast, case)
    assert (sees(cast.caseworker, case), sees(cast.supervisor, case)) == (True, True)
    for person in (cast.second_caseworker, cast.clinician, cast.intake, cast.legal):
        assert not sees(person, case)
        with reading(person):
            assert not CaseNote.objects.filter(pk=note.pk).exists()
    shut_out = client_of(cast.second_caseworker)
    url = reverse("cases:case", args=[case.pk])
    assert shut_out.get(url).status_code == 404
    assert case.reference not in shut_out.get(reverse("cases:list")).content.decode()
    head = client_of(cast.caseworker).get(url).content.decode()
    assert "Restricted" in head
    assert "Berto Salonga" not in head
    rows = superuser.execute("SELECT r::text FROM cases_caserestriction r").fetchall()
    assert "next door" not in str(rows)
    # The second of two supervisors is told; whoever saw it replaces it.
    with pytest.raises(Conflict):
        restrict(cast, case, version=0)
    lift = client_of(cast.supervisor).get(reverse("cases:lift_restriction", args=[first.pk]))
    again = lift.content.decode().split("These see it again at once:")[1].split("</p>")[0]
    assert "Berto Salonga" in again
    assert "Ana Ilustre" not in again
    second = restrict(cast, case, team_ids=[cast.north.pk], user_ids=[], version=1)
    assert sees(cast.clinician, case)
    with pytest.raises(DomainError):
        lift_restriction(actor=cast.supervisor, restriction_id=first.pk, version=2)
    with pytest.raises(Conflict):
        lift_restriction(actor=cast.supervisor, restriction_id=second.pk, version=1)
    lift_restriction(actor=cast.supervisor, restriction_id=second.pk, version=2)
    assert sees(cast.second_caseworker, case)


def test_a_case_has_one_lead_who_sees_it_and_both_are_told_of_a_change(cast, case):
    (lead,) = CaseLead.objects.using("owner").filter(until=None)
    assert lead.user_id == cast.caseworker.pk
    with pytest.raises(Denied):
        give(cast, case, cast.second_caseworker, actor=cast.caseworker)
    for user, reason, field in (
        (cast.clinician, "leave", "user_id"),
        (cast.stranger_caseworker, "leave", "user_id"),
        (cast.caseworker, "leave", "user_id"),
        (cast.second_caseworker, "bored", "reason"),
    ):
        with pytest.raises(DomainError) as broken:
            give(cast, case, user, reason=reason)
        assert broken.value.field == field
    assert CaseLead.objects.using("owner").count() == 1
    south = cast.south_caseworker
    give(cast, case, south)
    assert sees(south, case)
    mails = {tuple(m.ids) for m in OutboxMessage.objects.filter(task="cases.tell")}
    assert mails == {(str(cast.caseworker.pk),), (str(south.pk),)}
    # What they saw by leading alone ends with it.
    give(cast, case, cast.caseworker)
    assert not sees(south, case)
    assert sees(cast.caseworker, case)
    kept = CaseLead.objects.using("owner").filter(case=case)
    assert (kept.count(), kept.filter(until=None).get().user_id) == (3, cast.caseworker.pk)


def test_two_who_give_the_lead_away_do_not_overwrite_each_other(cast, case, client_of):
    page, second = client_of(cast.supervisor), client_of(cast.supervisor)
    url = reverse("cases:change_lead", args=[case.pk])
    assert 'name="version" value="1"' in page.get(url).content.decode()
    answer = {"user_id": str(cast.south_caseworker.pk), "reason": "workload", "version": "1"}
    assert page.post(url, answer).status_code == 302
    late = second.post(url, {**answer, "user_id": str(cast.second_caseworker.pk)})
    assert late.status_code == 422
    shown = late.content.decode()
    assert "changed this while you had it open" in shown
    assert "Corazon Vera" in shown
    assert "Hana Dizon" in shown
    # Nothing typed is lost.
    assert f'value="{cast.second_caseworker.pk}" selected' in shown
    with reading(cast.supervisor):
        assert lead_of(case.pk).user_id == cast.south_caseworker.pk
    with pytest.raises(Conflict):
        give(cast, case, cast.second_caseworker, version=1)
    api = client_of(cast.supervisor)
    lead = api.get(f"/api/v1/cases/{case.pk}/lead/")
    assert (lead.json()["user"], lead["ETag"]) == (str(cast.south_caseworker.pk), '"2"')
    body = {"user": str(cast.second_caseworker.pk), "reason": "workload"}
    send = {"content_type": "application/json"}
    to = f"/api/v1/cases/{case.pk}/change-lead/"
    assert api.post(to, body, **send, headers={"If-Match": '"1"'}).status_code == 412
    done = api.post(to, body, **send, headers={"If-Match": '"2"'})
    assert (done.status_code, done["ETag"]) == (200, '"3"')


def test_open_tasks_go_with_the_lead_each_by_an_event(cast, case):
    values = {"case_id": case.pk, "due_on": timezone.localdate(), "actor": cast.caseworker}
    mine = set_task(**values, what="Call the school.")
    others = set_task(**values, what="Ask the clinic.", assignee_id=cast.clinician.pk)
    done = set_task(**values, what="Write to the aunt.")
    finish_task(actor=cast.caseworker, task_id=done.pk, version=1)
    give(cast, case, cast.second_caseworker)
    assignees = dict(CaseTask.objects.using("owner").values_list("pk", "assignee_id"))
    assert assignees == {
        mine.pk: cast.second_caseworker.pk,
        others.pk: cast.clinician.pk,
        done.pk: cast.caseworker.pk,
    }
    assert CaseTask.objects.using("owner").get(pk=mine.pk).version == 2
    (event,) = AuditEvent.objects.filter(verb="task.handed")
    assert (event.object_id, event.facts) == (mine.pk, {"for": str(cast.second_caseworker.pk)})


def test_a_restriction_seen_before_a_lift_never_stands_for_a_later_one(cast, case):
    first = restrict(cast, case)
    lift_restriction(actor=cast.supervisor, restriction_id=first.pk, version=first.version)
    # Whoever still has the page from before there was any, or of the lifted one in force.
    for seen in (0, first.version):
        with pytest.raises(Conflict):
            restrict(cast, case, version=seen)
    with reading(cast.supervisor):
        now = restriction_version(cast.supervisor, case.pk)
    second = restrict(cast, case, version=now)
    with pytest.raises(Conflict):
        lift_restriction(actor=cast.supervisor, restriction_id=second.pk, version=first.version)
    assert second.version > now > first.version


def test_leave_cover_begins_and_ends_by_itself_and_both_are_told(cast, case, superuser):
    south, today = cast.south_caseworker, timezone.localdate()
    for wrong, field in (
        ({"cover_id": cast.caseworker.pk}, "cover_id"),
        ({"cover_id": cast.clinician.pk}, "cover_id"),
        ({"cover_id": cast.stranger_caseworker.pk}, "cover_id"),
        ({"starts_on": today - timedelta(days=1)}, "starts_on"),
        ({"ends_on": today - timedelta(days=1)}, "ends_on"),
        ({"ends_on": today + timedelta(days=400)}, "ends_on"),
    ):
        with pytest.raises(DomainError) as broken:
            cover(cast, **wrong)
        assert broken.value.field == field
    with pytest.raises(Denied):
        cover(cast, actor=cast.second_caseworker, away_id=cast.caseworker.pk)
    assert not LeaveCover.objects.using("owner").exists()
    later = cover(cast, starts_on=today + timedelta(days=1))
    assert not sees(south, case)
    end_cover(actor=cast.caseworker, cover_id=later.pk)
    leave = cover(cast)
    assert sees(south, case)
    assert told(cast.caseworker, case)[south.pk] == ["cover"]
    # What is led from now on is covered too; what somebody else leads is not.
    assert sees(south, open_case(cast.caseworker))
    assert not sees(south, open_case(cast.second_caseworker))
    mails = [m.ids for m in OutboxMessage.objects.filter(task="cases.tell")]
    assert [str(south.pk)] in mails
    with pytest.raises(DomainError):
        cover(cast, ends_on=today + timedelta(days=1))
    superuser.execute("SELECT set_config('liwanag.act', 'test', false)")
    superuser.execute(
        "UPDATE cases_leavecover SET starts_at = now() - interval '9 days', "
        "ends_at = now() - interval '1 second' WHERE id = %s",
        [leave.pk],
    )
    assert not sees(south, case)
    with pytest.raises(DomainError):
        end_cover(actor=cast.caseworker, cover_id=leave.pk)


def test_what_a_cover_will_not_see_is_said_when_it_is_arranged(cast, case, client_of):
    restrict(cast, case)
    client = client_of(cast.caseworker)
    today = timezone.localdate()
    sent = client.post(
        reverse("cases:set_cover"),
        {
            "cover_id": str(cast.second_caseworker.pk),
            "starts_on": today.isoformat(),
            "ends_on": (today + timedelta(days=2)).isoformat(),
        },
    )
    assert (sent.status_code, sent["Location"]) == (302, reverse("cases:covers"))
    page = client.get(reverse("cases:covers")).content.decode()
    assert "Ana Ilustre is away" in page
    assert "Not covered" in page
    assert case.reference in page
    # The cover learns that they cover, and nothing of the case they do not see.
    theirs = client_of(cast.second_caseworker)
    assert "You cover for a colleague" in theirs.get(reverse("desk:my_work")).content.decode()
    assert case.reference not in theirs.get(reverse("cases:covers")).content.decode()
    leave = LeaveCover.objects.using("owner").get()
    assert theirs.post(reverse("cases:end_cover", args=[leave.pk])).status_code == 302
    assert "Nobody is away" in client.get(reverse("cases:covers")).content.decode()


def test_what_is_not_covered_is_told_in_full_with_the_same_number_of_queries(cast, client_of):
    restrict(cast, open_case(cast.caseworker))
    close = open_case(cast.caseworker)
    declare_conflict(
        actor=cast.supervisor,
        case_id=close.pk,
        relation="friend",
        user_id=cast.second_caseworker.pk,
    )
    for covers in (cast.second_caseworker, cast.south_caseworker):
        cover(cast, cover_id=covers.pk)
    client = client_of(cast.caseworker)

    def queries():
        with CaptureQueriesContext(connection) as run:
            page = client.get(reverse("cases:covers")).content.decode()
        return len(run), page

    queries()
    few, page = queries()
    assert page.count(close.reference) == 1, "the other cover is not too close to it"
    for _case in range(4):
        restrict(cast, open_case(cast.caseworker))
    many, page = queries()
    assert many == few
    with reading(cast.caseworker):
        (first, second) = covers_of(cast.caseworker, timezone.now())
        left = not_covered(cast.caseworker, [first, second])
    assert {len(left[first.pk]), len(left[second.pk])} == {6, 5}


def test_the_page_and_the_api_say_who_and_why(cast, case, client_of):
    break_glass(
        actor=cast.south_caseworker,
        reference=case.reference,
        reason_code="danger_to_life",
        reason="The uncle is at the door of the shelter.",
        minutes=30,
        at=timezone.now(),
    )
    declare_conflict(
        actor=cast.supervisor, case_id=case.pk, relation="friend", user_id=cast.legal.pk
    )
    client = client_of(cast.supervisor)
    overview = client.get(reverse("cases:case", args=[case.pk])).content.decode()
    seers = overview.split("Who can see this case")[1].split("Everybody, one by one")[0]
    assert "Leads the case: Ana Ilustre" in seers
    assert re.search(r"Emergency access, for minutes \(until [^)]+\): Hana Dizon", seers)
    assert "In North team, which opened the case: Berto Salonga, Corazon Vera, " in seers
    assert "Fe Alonzo" not in re.search(r"In North team[^<]*", seers)[0]
    page = client.get(reverse("cases:who_sees", args=[case.pk])).content.decode()
    for words in (
        "Leads the case",
        "In North team, which opened the case",
        "Emergency access, for minutes",
        "Fe Alonzo: A conflict of interest hides it from them",
        "Lea Bautista, Data protection officer",
    ):
        assert words in page, words
    answer = client.get(f"/api/v1/cases/{case.pk}/who-sees/").json()
    by_name = {row["name"]: [reason["way"] for reason in row["reasons"]] for row in answer}
    assert by_name["Ana Ilustre"] == ["lead", "team"]
    assert by_name["Hana Dizon"] == ["emergency"]
    assert "Fe Alonzo" not in by_name
    events = AuditEvent.objects.all().of_case(case.pk).filter(verb="case.seers_listed")
    assert events.count() == 2
    # By API: restricted on what was seen, and lifted.
    address = f"/api/v1/cases/{case.pk}/"
    body = {"people": [str(cast.supervisor.pk), str(cast.caseworker.pk)], "why": WHY}
    assert client.get(f"{address}restriction/").status_code == 404
    done = client.post(f"{address}restrict/", body, content_type="application/json")
    assert (done.status_code, done["ETag"]) == (200, '"1"')
    again = client.post(f"{address}restrict/", body, content_type="application/json")
    assert again.status_code == 412
    form = client.get(reverse("cases:restrict_case", args=[case.pk])).content.decode()
    assert WHY in form
    lifted = client.post(
        f"{address}lift-restriction/", content_type="application/json", headers={"If-Match": "1"}
    )
    assert (lifted.status_code, lifted["ETag"]) == (200, '"2"')
    assert client.get(f"{address}restriction/")["ETag"] == '"2"'
    assert sees(cast.second_caseworker, case)
    lead = {"user": str(cast.second_caseworker.pk), "reason": "workload"}
    given = client.post(
        f"{address}change-lead/", lead, content_type="application/json", headers={"If-Match": '"1"'}
    )
    assert given.status_code == 200
    mine = client_of(cast.second_caseworker).get(reverse("cases:list") + "?show=mine")
    assert case.reference in mine.content.decode()
