"""Administrators manage agencies, teams and people; each change is an act."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Agency, DataSharingAgreement, Membership, Team, User
from accounts.roles import Role
from accounts.services import directory
from accounts.services.founding import found_installation
from accounts.services.invitations import invite_user
from audit.models import AuditEvent
from core.errors import Denied, DomainError
from tests.cast import PASSWORD, join


def _invite(actor, agency, email="new@people.example"):
    return invite_user(actor=actor, agency_id=agency.pk, name="New Person", email=email)


def test_inviting_a_person_is_recorded_without_their_name(cast):
    user = _invite(cast.admin, cast.agency)
    event = AuditEvent.objects.get(object_id=user.pk)
    assert event.verb == "user.invited"
    assert "New" not in str(event.facts)


def test_a_caseworker_invites_nobody(cast):
    with pytest.raises(Denied):
        _invite(cast.caseworker, cast.agency)
    assert not User.objects.filter(email="new@people.example").exists()


def test_a_taken_address_names_the_field(cast):
    before = User.objects.count()
    with pytest.raises(DomainError) as broken:
        _invite(cast.admin, cast.agency, "CASEWORKER@people.example")
    assert broken.value.field == "email"
    assert User.objects.count() == before


def test_an_agency_with_its_own_administrator_is_left_alone(cast):
    chief = _invite(cast.admin, cast.shelter, "chief@people.example")
    team = Team.objects.get(agency=cast.shelter)
    directory.assign_role(
        actor=cast.admin, user_id=chief.pk, team_id=team.pk, role=Role.AGENCY_ADMIN
    )
    chief = join(User.objects.get(pk=chief.pk))
    with pytest.raises(Denied):
        _invite(cast.admin, cast.shelter)
    assert _invite(chief, cast.shelter).agency == cast.shelter


def test_a_person_cannot_take_a_services_role_or_another_agencys_team(cast):
    for user, team, role, field in (
        (cast.caseworker, cast.north, Role.IMPORT_SERVICE, "role"),
        (cast.stranger, cast.north, Role.CASEWORKER, "team"),
        (cast.caseworker, cast.north, Role.CASEWORKER, "role"),
    ):
        with pytest.raises(DomainError) as broken:
            directory.assign_role(actor=cast.admin, user_id=user.pk, team_id=team.pk, role=role)
        assert broken.value.field == field


def test_ending_a_role_ends_it_once(cast):
    membership = Membership.objects.get(user=cast.caseworker)
    directory.end_role(actor=cast.admin, membership_id=membership.pk)
    assert not cast.again("caseworker").roles
    with pytest.raises(DomainError):
        directory.end_role(actor=cast.admin, membership_id=membership.pk)


def test_an_agreement_needs_two_parties_and_an_order_of_days(cast):
    def add(agency, until):
        return directory.add_agreement(
            actor=cast.admin,
            reference="DSA-9",
            to_agency_id=agency.pk,
            scope="Care",
            categories=["people"],
            valid_from=date(2026, 1, 1),
            valid_until=until,
        )

    for agency, until, field in (
        (cast.agency, None, "to_agency"),
        (cast.shelter, date(2025, 1, 1), "valid_until"),
    ):
        with pytest.raises(DomainError) as broken:
            add(agency, until)
        assert broken.value.field == field
    assert add(cast.shelter, None).from_agency == cast.agency
    assert DataSharingAgreement.objects.in_force(date(2026, 6, 1)).count() == 2


def test_an_administrator_cannot_close_their_own_account(cast):
    with pytest.raises(DomainError):
        directory.close_account(actor=cast.admin, user_id=cast.admin.pk)
    closed = directory.close_account(actor=cast.admin, user_id=cast.caseworker.pk)
    assert not closed.is_active


def test_r_a5_partners_do_not_see_each_other(cast):
    seen = set(Agency.objects.visible_to(cast.partner).values_list("short_code", flat=True))
    assert seen == {"NCRU", "TANGLAW"}
    assert set(User.objects.visible_to(cast.partner).values_list("agency", flat=True)) == {
        cast.cyber_unit.pk
    }


def test_an_installation_is_founded_once(cast):
    with pytest.raises(DomainError):
        found_installation(
            agency_name="Second",
            short_code="SECOND",
            agency_type="NGO",
            country="PH",
            admin_name="Second Admin",
            admin_email="second@people.example",
            password=PASSWORD,
        )
    assert not Agency.objects.filter(short_code="SECOND").exists()


def test_the_people_page_shows_those_whom_one_looks_after(cast, client_of):
    """Colleagues, and partners without an administrator; a partner's own sees the partner's."""
    page = client_of(cast.admin).get("/people/").content.decode()
    for name in ("Ana Ilustre", "Noel Pardo", "Quin Aldea"):
        assert name in page
    desk = Team.objects.get(agency=cast.shelter)
    directory.assign_role(
        actor=cast.admin, user_id=cast.stranger.pk, team_id=desk.pk, role=Role.AGENCY_ADMIN
    )
    page = client_of(cast.again("stranger")).get("/people/").content.decode()
    assert "Quin Aldea" in page
    assert "Ana Ilustre" not in page
    assert "Noel Pardo" not in page
    assert "Quin Aldea" not in client_of(cast.admin).get("/people/").content.decode()
    assert client_of(cast.caseworker).get("/people/").status_code == 403
    assert AuditEvent.objects.latest("id").verb == "act.refused"
