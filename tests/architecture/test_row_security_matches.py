"""Row-level security and `visible_to` say the same, for every model and every kind of person.

Each model is read twice as each person: through `visible_to`, and as the database shows it to the
application's own login. Neither may show a row that the other hides. Where the database must show
more, the table's wall says why (`wider_because`).

Your model is named here? The failure says who sees what by which of the two. Bring `see` in your
app's `walls.py` and `visible_to` in its querysets together: `accounts.walls.may("app.verb_noun")`
asks for a permission, `liwanag_my_cases()`, `liwanag_my_teams()`, `liwanag_my_agency()` and
`liwanag_my_clearance()` for the rest (docs/adr/0003-walls-beside-the-tables.md).
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connections
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services.directory import assign_role, close_account, end_role
from accounts.services.invitations import invite_user
from audit.reading import reading
from cases.models import Case, CaseNote
from cases.services.conflicts import declare_conflict
from cases.services.emergency import break_glass
from cases.services.sight import set_cover
from core.querysets import ScopedQuerySet
from core.walls import all_walls
from tests.cast import join
from tests.factories import team_of, write_note


def walls_with_rows():
    return {wall.table: wall for wall in all_walls() if wall.see}


def guarded_models():
    walls = walls_with_rows()
    return [model for model in apps.get_models() if model._meta.db_table in walls]


class Crowd:
    """The cast, the service accounts, and those whose sight is a matter of time.

    `everybody` is (what they are, the person); nobody is signed in as None.
    """

    def __init__(self, cast, world, superuser):
        self.cast, self.world, self.superuser = cast, world, superuser
        self.everybody = [(f"{user.acting_role} {user.email}", user) for user in cast.everybody]
        for name, role, leave in (
            ("closed", "caseworker", self._close),
            ("former", "case_supervisor", self._end),
            ("later", "clinician", self._postpone),
        ):
            user = self._colleague(name, role)
            leave(user)
            self.everybody.append((f"{name} {role}", User.objects.get(pk=user.pk)))
        for name, until in (("guest", timedelta(hours=1)), ("past guest", -timedelta(hours=1))):
            user = self._colleague(name, "caseworker", team=cast.south)
            self._grant(user, timezone.now() + until)
            self.everybody.append((name, user))
        self._add_those_let_in_or_kept_out()
        for service in User.objects.filter(kind="service"):
            self.everybody.append((f"service {service.name}", service))

    def _add_those_let_in_or_kept_out(self):
        """Sight that is neither a role's nor a team's: an emergency, leave cover, a conflict of
        interest; and somebody who works in two roles."""
        case = self.world.case_id
        in_emergency = self._colleague("in emergency", "caseworker", team=self.cast.south)
        with reading(self.cast.caseworker):
            reference = Case.objects.get(pk=case).reference
        break_glass(
            actor=in_emergency,
            reference=reference,
            reason_code="danger_to_life",
            reason="The uncle is at the door of the shelter.",
            minutes=15,
            at=timezone.now(),
        )
        covering = self._colleague("covering", "caseworker", team=self.cast.south)
        set_cover(
            actor=self.cast.supervisor,
            away_id=self.cast.caseworker.pk,
            cover_id=covering.pk,
            starts_on=timezone.localdate(),
            ends_on=timezone.localdate() + timedelta(days=7),
        )
        too_close = self._colleague("too close", "caseworker")
        declare_conflict(actor=too_close, case_id=case, relation="family")
        two_roles = self._colleague("two roles", "clinician")
        assign_role(
            actor=self.cast.admin,
            user_id=two_roles.pk,
            team_id=self.cast.south.pk,
            role="liaison_officer",
        )
        for name, user in (
            ("in an emergency", in_emergency),
            ("covering", covering),
            ("too close", too_close),
            ("in two roles", two_roles),
        ):
            self.everybody.append((name, User.objects.get(pk=user.pk)))

    def _colleague(self, name, role, team=None):
        user = invite_user(
            actor=self.cast.admin,
            agency_id=self.cast.agency.pk,
            name=f"{name} {role}",
            email=f"{name.replace(' ', '.')}@people.example",
            by_mail=False,
        )
        join(user)
        team = team or self.cast.north
        assign_role(actor=self.cast.admin, user_id=user.pk, team_id=team.pk, role=role)
        return User.objects.get(pk=user.pk)

    def _close(self, user):
        close_account(actor=self.cast.admin, user_id=user.pk)

    def _end(self, user):
        end_role(actor=self.cast.admin, membership_id=user.memberships.get().pk)

    def _postpone(self, user):
        self._write(
            "UPDATE accounts_membership SET starts_at = now() + interval '1 day' "
            "WHERE user_id = %s",
            user.pk,
        )

    def _grant(self, user, until):
        self._write(
            "INSERT INTO cases_caseuserobjectpermission "
            "(id, case_id, user_id, permission_id, until, reason, granted_at) "
            "SELECT gen_random_uuid(), %s, %s, id, %s, 'covering', now() FROM auth_permission "
            "WHERE codename = 'view_case'",
            self.world.case_id,
            user.pk,
            until,
        )

    def _write(self, statement, *values):
        with self.superuser.transaction():
            self.superuser.execute("SELECT set_config('liwanag.act', %s, true)", [str(uuid4())])
            self.superuser.execute(statement, values)


@pytest.fixture
def crowd(cast, world, superuser):
    """Notes of every level by authors of every clearance, so that each part of the rule counts."""
    for author, level in (("caseworker", 4), ("legal", 3), ("clinician", 2), ("supervisor", 4)):
        write_note(getattr(cast, author), _case(cast, world), sensitivity=level)
    write_note(cast.supervisor, _case(cast, world), kind="contact", sensitivity=1)
    write_note(cast.supervisor, _case(cast, world), sensitivity=4, reader_ids=[cast.liaison.pk])
    assert team_of(cast.caseworker) == cast.north
    return Crowd(cast, world, superuser)


def _case(cast, world):
    with reading(cast.caseworker):
        return Case.objects.visible_to(cast.caseworker).get(pk=world.case_id)


def _ids(queryset):
    return set(queryset.order_by().values_list("pk", flat=True))


def test_the_database_shows_what_visible_to_shows_no_more_and_no_less(crowd):
    walls = walls_with_rows()
    differences, wider = [], set()
    for who, person in crowd.everybody:
        with reading(person):
            for model in guarded_models():
                wall = walls[model._meta.db_table]
                by_scope = _ids(model._default_manager.visible_to(person))
                by_database = _ids(model._default_manager.all())
                hidden, extra = by_scope - by_database, by_database - by_scope
                if hidden:
                    differences.append(
                        f"{who}: the wall of {wall.table} hides {len(hidden)} rows that "
                        "visible_to shows"
                    )
                if extra and wall.wider_because:
                    wider.add(wall.table)
                elif extra:
                    differences.append(
                        f"{who}: the wall of {wall.table} shows {len(extra)} rows that "
                        "visible_to hides"
                    )
    assert not differences, "\n".join(differences)
    stale = {table for table, wall in walls.items() if wall.wider_because} - wider
    assert not stale, f"these walls are not wider than visible_to: drop wider_because of {stale}"


def test_every_kind_of_person_makes_a_difference_somewhere(crowd):
    """The comparison above is worth something: people see different things, some see nothing."""
    cases, notes = {}, {}
    for who, person in crowd.everybody:
        with reading(person):
            cases[who] = len(_ids(Case.objects.all()))
            notes[who] = len(_ids(CaseNote.objects.all()))
    blind = {who for who, seen in cases.items() if not seen}
    assert {"closed caseworker", "former case_supervisor", "later clinician", "past guest"} <= blind
    assert cases["guest"] == cases["in an emergency"] == 1
    # Let in by cover, kept out of the one case by a conflict.
    assert cases["covering"] > 0
    own = cases[f"caseworker {crowd.cast.caseworker.email}"]
    assert cases["too close"] < own
    assert cases["in two roles"] > 0
    assert {role for _who, person in crowd.everybody for role in person.roles} == set(Role)
    assert len(set(notes.values())) >= 4, notes


def test_nobody_sees_a_row_without_an_actor(world):
    with reading(None):
        for model in guarded_models():
            assert not model._default_manager.all().exists(), model._meta.db_table


def test_the_world_holds_rows_of_every_guarded_model(crowd):
    empty = []
    with connections["owner"].cursor() as cursor:
        for model in guarded_models():
            cursor.execute(f'SELECT count(*) FROM "{model._meta.db_table}"')
            if not cursor.fetchone()[0]:
                empty.append(model._meta.db_table)
    assert not empty, (
        f"nothing to compare in {', '.join(empty)}: make one in tests/world.py through its service"
    )


def test_every_scoped_model_has_row_security_or_a_written_reason():
    walls = {wall.table: wall for wall in all_walls()}
    for model in apps.get_models():
        if isinstance(model._default_manager.all(), ScopedQuerySet):
            wall = walls.get(model._meta.db_table)
            assert wall, f"{model._meta.db_table} has no Wall: write one in its app's walls.py"
            assert wall.see or len(wall.open_because) > 15, model._meta.db_table


def test_r_a5_a_person_of_another_agency_sees_no_row_of_ours(world, cast):
    # Auditors read no case; they see what waits for a review, by id, and may hold half of the key
    # of their agency's archive.
    of_auditors = {"audit_review", "audit_savedsearch", "handoffs_archivekey"}
    for person in (cast.stranger, cast.stranger_caseworker, cast.admin, cast.auditor):
        with reading(person):
            for model in guarded_models():
                if person == cast.auditor and model._meta.db_table in of_auditors:
                    continue
                assert not model._default_manager.all().exists(), (person, model)
