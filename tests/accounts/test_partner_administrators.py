"""A partner's administrator manages the partner, whatever they try (R-A5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Agency, Membership, Team, User
from accounts.roles import Role
from accounts.services import directory
from accounts.services.invitations import invite_user
from audit.acting import acting
from audit.models import AuditEvent
from core.errors import Denied
from tests.cast import join
from tests.factories import log_referral


def _invite(actor, agency, email):
    return join(
        invite_user(actor=actor, agency_id=agency.pk, name="New Person", email=email, by_mail=False)
    )


@pytest.fixture
def chief(cast):
    """The shelter's own administrator."""
    user = _invite(cast.admin, cast.shelter, "chief@people.example")
    team = Team.objects.get(agency=cast.shelter)
    directory.assign_role(
        actor=cast.admin, user_id=user.pk, team_id=team.pk, role=Role.AGENCY_ADMIN
    )
    return User.objects.get(pk=user.pk)


def test_they_take_over_no_other_partner(cast, chief):
    assert not Membership.objects.filter(
        team__agency=cast.cyber_unit, role=Role.AGENCY_ADMIN
    ).exists()
    people = User.objects.count()
    with pytest.raises(Denied):
        _invite(chief, cast.cyber_unit, "spy@people.example")
    with pytest.raises(Denied):
        directory.add_team(actor=chief, agency_id=cast.cyber_unit.pk, name="Second desk")
    desk = Team.objects.get(agency=cast.cyber_unit)
    with pytest.raises(Denied):
        directory.assign_role(
            actor=chief, user_id=cast.partner.pk, team_id=desk.pk, role=Role.AGENCY_ADMIN
        )
    assert User.objects.count() == people


def test_a_partner_whose_administrator_cannot_sign_in_is_looked_after_by_the_house(cast, chief):
    desk = Team.objects.get(agency=cast.shelter)

    def is_managed():
        return Agency.objects.managed_by(cast.admin).filter(pk=cast.shelter.pk).exists()

    assert not is_managed()
    # Their own account is closed, by whoever could: the partner must not stay without anybody.
    with acting(chief) as act:
        act.authorise("accounts.close_account")
        User.objects.filter(pk=chief.pk).update(is_active=False)
        act.record("user.closed", chief)
    assert is_managed()
    directory.reopen_account(actor=cast.admin, user_id=chief.pk, ends_on=None)
    assert not is_managed()
    with acting(chief) as act:
        act.authorise("accounts.close_account")
        yesterday = timezone.localdate() - timedelta(days=1)
        User.objects.filter(pk=chief.pk).update(ends_on=yesterday)
        act.record("account.end_set", chief)
    assert is_managed(), "past the last day"
    # A new one who was invited and has not come yet leaves the house in charge.
    new = invite_user(
        actor=cast.admin,
        agency_id=cast.shelter.pk,
        name="New Chief",
        email="chief2@people.example",
        team_id=desk.pk,
        role=Role.AGENCY_ADMIN,
        by_mail=False,
    )
    assert is_managed()
    join(new)
    assert not is_managed()


def test_they_do_not_take_over_the_house_when_its_administrator_has_gone(cast, chief):
    held = Membership.objects.get(user=cast.admin, role=Role.AGENCY_ADMIN)
    directory.end_role(actor=cast.admin, membership_id=held.pk)
    with pytest.raises(Denied):
        _invite(chief, cast.agency, "spy@people.example")
    assert not User.objects.filter(email="spy@people.example").exists()


def test_an_auditor_of_theirs_reads_their_agencys_part_of_the_log(cast, chief, client_of):
    auditor = _invite(chief, cast.shelter, "auditor2@people.example")
    directory.assign_role(
        actor=chief,
        user_id=auditor.pk,
        team_id=Team.objects.get(agency=cast.shelter).pk,
        role=Role.AUDITOR,
    )
    log_referral(cast.intake)
    log_referral(cast.stranger_caseworker)
    auditor = User.objects.get(pk=auditor.pk)
    seen = AuditEvent.objects.visible_to(auditor)
    assert set(seen.values_list("agency_id", flat=True)) == {cast.shelter.pk}
    assert seen.filter(verb="referral.logged", actor_id=cast.stranger_caseworker.pk).exists()
    whole = AuditEvent.objects.visible_to(cast.auditor)
    assert whole.filter(verb="referral.logged").count() == 2
