"""What several tests of the case file begin with."""

from __future__ import annotations

import os
import shutil

import pytest
from django.core.management import call_command
from psycopg import sql

from audit.reading import reading
from cases.models import (
    Case,
    CaseParticipant,
)
from cases.services.family import link_people
from config.database_shell import connection_variables, find_program
from referrals.services.desk import accept_referral, start_triage
from tests.cases.siblings import ONE, OTHER
from tests.conftest import admin_connection
from tests.factories import (
    add_participant,
    log_referral,
    write_note,
)
from vault.age import identities, make_identity
from vault.backup_files import read_manifest, restore_from
from vault.key_provider import key_provider
from vault.keys import forget_keys


@pytest.fixture
def own_keys(database, tmp_path, settings):
    """A copy of the run's keys, so that a rotation here is nobody else's."""
    folder = tmp_path / "keys"
    shutil.copytree(settings.LIWANAG_KEYS_DIR, folder)
    settings.LIWANAG_KEYS_DIR = folder
    key_provider.cache_clear()
    forget_keys()
    yield folder
    key_provider.cache_clear()
    forget_keys()


@pytest.fixture
def siblings(cast):
    """Two children of one case: one told of by a referral, both named in a package sent."""
    worker = cast.caseworker
    referral = log_referral(
        worker,
        subject={"prs_FirstName": ONE, "prs_SecondName": "Amihan"},
        summary=f"{ONE} was seen.",
    )
    start_triage(actor=worker, referral_id=referral.pk)
    case_id = accept_referral(actor=worker, referral_id=referral.pk).case_id
    with reading(worker):
        case = Case.objects.visible_to(worker).get(pk=case_id)
        places = CaseParticipant.objects.visible_to(worker).select_related("person")
        one = places.get(case=case, role="survivor")
    other = add_participant(worker, case, identity={"first_name": OTHER, "family_name": "Amihan"})
    link_people(
        actor=worker,
        participant_id=one.pk,
        of_participant_id=other.pk,
        detail="sibling",
        source="survivor_statement",
    )
    write_note(worker, case, facts_reported="Both go to school again.")
    return case, one, other


@pytest.fixture
def copy_of(database, tmp_path):
    """`copy_of()`: the name of a new database into which a real backup of now was restored."""
    made = []
    identity = tmp_path / "holder.txt"
    recipient = make_identity(identity)

    def copy():
        folder = tmp_path / f"backup-{len(made)}"
        call_command("backup", "--to", str(folder), "--recipient", recipient, verbosity=0)
        (file,) = folder.glob("*.manifest.json")
        manifest = read_manifest(file)
        name = f"restored_{os.urandom(4).hex()}"
        with admin_connection("postgres") as admin:
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
        made.append(name)
        restore_from(
            file.with_name(manifest.dump),
            manifest,
            program=find_program("pg_restore"),
            database=name,
            variables=connection_variables(),
            opened_by=identities(identity),
        )
        return name

    yield copy
    with admin_connection("postgres") as admin:
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
