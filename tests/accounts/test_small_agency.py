"""A small agency: one person decides where two would, and somebody else looks at it afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from accounts.second_person import NEVER_ALONE, Matter, second_person
from accounts.services.directory import close_account
from accounts.services.profile import set_profile
from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from audit.reviewing import close_review
from cases.services.closing import close_case, request_closure
from cases.services.grounds import decide_legal_ground, record_legal_ground
from core.errors import Denied, DomainError
from referrals.policies import SecondPersonNeeded
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral, open_case
from tests.tampering import lower_walls
from tests.world import World


@pytest.fixture
def approver(cast):
    """Somebody of a partner who looks at it from outside."""
    return cast.approver


def _small(cast, approver=None):
    set_profile(actor=cast.admin, small=True, approver_id=approver.pk if approver else None)


def _in_danger(cast):
    referral = log_referral(cast.intake, immediate_danger="yes")
    start_triage(actor=cast.intake, referral_id=referral.pk)
    return referral


def _decline(cast, referral):
    return decline_referral(
        actor=cast.again("intake"),
        referral_id=referral.pk,
        reason="handled_elsewhere",
        note="The police of the town have it, and told us so by telephone.",
    )


def test_two_people_decide_until_the_agency_says_that_it_is_small(cast, approver):
    referral = _in_danger(cast)
    with pytest.raises(SecondPersonNeeded):
        _decline(cast, referral)
    _small(cast, approver)
    assert _decline(cast, referral).status == "declined"
    with reading(approver):
        review = Review.objects.visible_to(approver).get()
    assert (review.kind, review.facts) == ("acted_alone", {"matter": "decide_in_danger"})
    assert review.subject_id == cast.intake.pk
    with reading(cast.intake):
        assert not Review.objects.visible_to(cast.intake).exists()
    with reading(cast.supervisor):
        assert Review.objects.visible_to(cast.supervisor).filter(pk=review.pk).exists()
    close_review(actor=approver, review_id=review.pk, finding="in_order")
    assert AuditEvent.objects.filter(verb="review.closed", actor_id=approver.pk).exists()


def test_some_things_always_take_two(cast):
    _small(cast)
    me = cast.again("dpo")
    for matter in Matter:
        mine = second_person(me, first_id=me.pk, matter=matter)
        assert (mine.may, mine.alone) == ((False, False) if matter in NEVER_ALONE else (True, True))
        assert second_person(me, first_id=cast.intake.pk, matter=matter).may
    assert {
        Matter.ERASE,
        Matter.PUBLISH,
        Matter.BULK_EXPORT,
        Matter.RELEASE_COPY,
    } == NEVER_ALONE


def test_an_approver_is_of_another_agency_sees_nothing_else_and_ends_with_the_role(
    cast, approver, client_of
):
    with pytest.raises(DomainError):
        set_profile(actor=cast.admin, small=True, approver_id=cast.supervisor.pk)
    with pytest.raises(DomainError):
        set_profile(actor=cast.admin, small=True, approver_id=cast.investigator.pk)
    with pytest.raises(Denied):
        set_profile(actor=cast.supervisor, small=True, approver_id=None)
    admin, page = client_of(cast.admin), reverse("directory:profile")
    assert approver.name in admin.get(page).content.decode()
    answer = admin.post(page, {"small": "on", "approver": str(approver.pk)})
    assert answer.status_code == 302
    agency = Agency.objects.get(pk=cast.agency.pk)
    assert (agency.small_profile, agency.approver_id) == (True, approver.pk)
    assert client_of(cast.supervisor).get(page).status_code == 403
    _decline(cast, _in_danger(cast))
    shown = client_of(approver).get(reverse("audit_trail:reviews")).content.decode()
    assert "Decided without a second person" in shown
    with reading(cast.investigator):
        assert not Review.objects.visible_to(cast.investigator).exists()


def test_the_database_lets_nobody_decide_alone_where_the_agency_is_not_small(
    cast, world, superuser
):
    """Below Python: the row may say so only from somebody of a small agency."""
    step = "UPDATE cases_caseclosure SET decided_alone = true WHERE id = %s"

    def say_so():
        with acting(cast.caseworker) as act, connection.cursor() as cursor:
            act.authorise("cases.read_case")
            cursor.execute(step, [world.closure.pk])
            act.record("closure.returned", world.closure)
            return cursor.rowcount

    with pytest.raises(ProgrammingError, match="only small agencies decide alone"):
        say_so()
    _small(cast)
    assert say_so() == 1


def test_below_python_an_agency_becomes_small_by_its_own_administrator_alone(cast, approver):
    def set_it(actor, permission, agency, column, value):
        with acting(actor) as act, connection.cursor() as cursor:
            act.authorise(permission)
            cursor.execute(
                f"UPDATE accounts_agency SET {column} = %s WHERE id = %s", [value, agency.pk]
            )
            act.record("agency.profile_set", agency)

    for actor, permission, agency in (
        (cast.caseworker, "cases.read_case", cast.agency),
        (cast.supervisor, "cases.close_case", cast.agency),
        (cast.partner, "handoffs.read_desk", cast.cyber_unit),
        (cast.admin, "accounts.set_profile", cast.cyber_unit),
    ):
        somebody = approver if agency == cast.agency else cast.supervisor
        for column, value in (("small_profile", True), ("approver_id", somebody.pk)):
            with pytest.raises(ProgrammingError, match="says how it decides"):
                set_it(actor, permission, agency, column, value)
    with pytest.raises(ProgrammingError, match="of another agency"):
        set_it(cast.admin, "accounts.set_profile", cast.agency, "approver_id", cast.supervisor.pk)
    set_it(cast.admin, "accounts.set_profile", cast.agency, "small_profile", True)


def test_who_cannot_sign_in_any_more_looks_at_nothing(cast, approver):
    """A last day that has passed, before the clock closes the account."""
    yesterday = timezone.localdate() - timedelta(days=1)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        cursor.execute(
            "UPDATE accounts_user SET ends_on = %s WHERE id = ANY(%s)",
            [yesterday, [cast.supervisor.pk, approver.pk, cast.dpo.pk]],
        )
    for named in (None, approver.pk):
        with pytest.raises(DomainError) as broken:
            set_profile(actor=cast.admin, small=True, approver_id=named)
        assert broken.value.field == "approver"


def test_somebody_must_be_left_who_looks(cast):
    for who in ("supervisor", "dpo"):
        close_account(actor=cast.admin, user_id=getattr(cast, who).pk)
    with pytest.raises(DomainError) as broken:
        _small(cast)
    assert broken.value.field == "approver"
    assert not Agency.objects.get(pk=cast.agency.pk).small_profile
    _small(cast, cast.approver)
    assert Agency.objects.get(pk=cast.agency.pk).small_profile


def test_a_small_agency_decides_about_what_it_asked_for_itself_and_each_time_it_is_looked_at(
    cast, approver, client_of
):
    _small(cast, approver)
    world = World(cast)
    me = cast.again("supervisor")
    ground = record_legal_ground(
        actor=me,
        case_id=world.case_id,
        basis="legal_obligation",
        reason="A court ordered it.",
        purposes=["share_with_law_enforcement"],
        recipient_id=cast.cyber_unit.pk,
        categories=["people"],
    )
    page = client_of(me).get(reverse("cases:ground", args=[ground.pk])).content.decode()
    assert "You decide this alone" in page
    decided = decide_legal_ground(actor=me, ground_id=ground.pk, version=1, approve=True)
    assert (decided.status, decided.decided_alone) == ("approved", True)
    ours = open_case(me)
    closure = request_closure(
        actor=me,
        case_id=ours.pk,
        reason="opened_in_error",
        summary="It was opened twice for the same child.",
        contact_after={},
        version=ours.version,
    )
    page = client_of(me).get(reverse("cases:closure", args=[closure.pk])).content.decode()
    assert "You decide this alone" in page
    assert "Take it back" in page
    assert close_case(actor=me, closure_id=closure.pk, version=closure.version).decided_alone
    # Where somebody else decides, nothing is different.
    other = record_legal_ground(
        actor=cast.caseworker,
        case_id=world.case_id,
        basis="public_task",
        reason="By law.",
        purposes=["research"],
    )
    assert not decide_legal_ground(
        actor=me, ground_id=other.pk, version=1, approve=True
    ).decided_alone
    with reading(approver):
        matters = [review.facts["matter"] for review in Review.objects.visible_to(approver)]
    assert sorted(matters) == ["approve_ground", "close_case"]


ALWAYS_TWO = {
    "cases_erasurerequest": "requested_by_id",
    "cases_subjectcopy": "asked_by_id",
    "reporting_statisticsrelease": "requested_by_id",
}


@pytest.mark.parametrize("table", sorted(ALWAYS_TWO))
def test_what_cannot_be_taken_back_takes_two_below_python_however_small_the_agency(
    cast, world, table
):
    """Even the owner of the tables, to whom row security does not apply."""
    _small(cast)
    first = ALWAYS_TWO[table]
    second = "approved_by_id" if table.startswith("reporting") else "decided_by_id"
    with (
        pytest.raises(IntegrityError, match="violates check constraint"),
        transaction.atomic("owner"),
        connections["owner"].cursor() as cursor,
    ):
        cursor.execute("SELECT set_config('liwanag.act', gen_random_uuid()::text, true)")
        lower_walls(cursor, table)
        cursor.execute(f"SELECT count(*) FROM {table} WHERE {second} IS NULL")
        assert cursor.fetchone()[0] > 0
        cursor.execute(f"UPDATE {table} SET {second} = {first} WHERE {second} IS NULL")


@pytest.mark.parametrize(
    "table", ["cases_caseclosure", "cases_legalground", "cases_reportduty", "cases_caseplan"]
)
def test_no_new_row_says_that_it_was_decided_alone_where_the_agency_is_not_small(
    cast, world, table
):
    copied = (
        f"INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table}, to_jsonb(t) || "
        "jsonb_build_object('id', gen_random_uuid(), 'decided_alone', true))).* "
        f"FROM {table} t LIMIT 1"
    )
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        acting(cast.caseworker) as act,
        connection.cursor() as cursor,
    ):
        act.authorise("cases.read_case")
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] > 0
        cursor.execute(copied)
