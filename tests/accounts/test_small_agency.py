"""A small agency: one person decides where two would, and somebody else looks at it afterwards."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection
from django.urls import reverse

from accounts.models import Agency
from accounts.second_person import NEVER_ALONE, Matter, second_person
from accounts.services.profile import set_profile
from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from audit.reviewing import close_review
from core.errors import Denied, DomainError
from referrals.policies import SecondPersonNeeded
from referrals.services.deciding import decline_referral
from referrals.services.desk import start_triage
from tests.factories import log_referral
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
    assert {Matter.ERASE, Matter.PUBLISH, Matter.BULK_EXPORT} == NEVER_ALONE


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


def test_the_database_lets_nobody_decide_alone_where_the_agency_is_not_small(cast, superuser):
    """Below Python: the row may say so only from somebody of a small agency."""
    world = World(cast)
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
