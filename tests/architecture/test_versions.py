"""Every record that two people may edit has a version, or a written reason why it needs none."""

from __future__ import annotations

import re
import uuid

from django.apps import apps
from django.db import connections

from core.records import VersionedRecord
from core.walls import all_walls

EDITED = re.compile(r"UPDATE \(([^)]*)\)")
# A table whose columns change, and why the second of two finds out anyway.
NO_VERSION = {
    "accounts_agency": "one switch of an administrator",
    "accounts_datasharingagreement": "its last day is only ever brought forward",
    "accounts_team": "renamed by nobody yet; the right is for its lock",
    "accounts_membership": "an end is set once",
    "accounts_user": "one's own password and sign-in; closed once",
    "accounts_invitation": "accepted or withdrawn once",
    "accounts_signinlock": "lifted once",
    "accounts_partnersystem": "ended once",
    "oauth2_provider_application": "a new secret each time: the last one holds",
    "reporting_publicreport": "withdrawn once, with the release it was copied from",
    "accounts_notice": "seen once and mailed once",
    "accounts_noticechoice": "one's own choice: the last word counts",
    "audit_outbox": "the sender's own note",
    "audit_review": "closed once: a finding stands",
    "cases_caseuserobjectpermission": "sight is given anew; the last word is the one that counts",
    "cases_casegroupobjectpermission": "sight is given anew; the last word is the one that counts",
    "cases_breakglass": "ended once, by whoever opened it",
    "cases_caseparticipant": "a step of the law is checked against where it stands",
    "cases_householdmember": "an end is set once",
    "cases_contactattempt": "an outcome is recorded once",
    "cases_crisisflag": "lowered once",
    "cases_conflictblock": "lifted once",
    "cases_paper": "where the original lies now: a later word is a later place",
    "cases_legalhold": "released once",
    "cases_erasurerequest": "decided once",
    "cases_retentionreview": "decided once: a decision stays",
    "cases_subjectcopy": "decided once: a decision stays",
    "cases_paperfile": "settled once, by the job that looks at it",
    "cases_placement": "ended once",
    "cases_custody": "ended once",
    "cases_caselead": "ended once, with the case locked",
    "cases_leavecover": "ended once",
    "cases_materialfound": "closed by its last step",
    "cases_casenote": "its level alone changes; the text never does",
    "cases_notemention": "one's own answer",
    "cases_notedraft": "one's own draft",
    "handoffs_caseexport": "locked at each step, and decided once",
    "handoffs_agencykey": "retired once",
    "handoffs_signingkey": "retired once",
    "handoffs_archivekey": "retired once",
    "referrals_sourcequestion": "changed with its referral locked, and answered once",
    "referrals_oncallshift": "ended once",
    "referrals_routingrule": "ended once",
    "referrals_indicatorobservation": "taken back once",
    "referrals_payment": "taken back once",
    "referrals_hiddenmatch": "answered once",
    "referrals_keptlist": "one's own",
    "referrals_referraldraft": "one's own draft",
    "referrals_importbatch": "counted by one job",
    "courts_hearingattendance": "changed with its hearing, which has a version",
    "courts_calendarfeed": "taken back once",
    "vault_datakey": "rewrapped under a lock",
    "vault_keyepoch": "each end is set once",
}


def edited_tables():
    return {wall.table for wall in all_walls() if EDITED.search(wall.app or "")}


def test_a_record_that_is_edited_has_a_version_or_a_reason():
    versioned = {
        model._meta.db_table for model in apps.get_models() if issubclass(model, VersionedRecord)
    }
    unversioned = edited_tables() - versioned
    assert not unversioned - set(NO_VERSION), (
        "make these a VersionedRecord, ask `check_seen(version)` in the service, use a "
        "`VersionedForm` on the page and `If-Match` on the API; or say why the second of two "
        f"finds out anyway: {sorted(unversioned - set(NO_VERSION))}"
    )
    assert not set(NO_VERSION) - unversioned, "these reasons are stale"


def test_the_version_itself_may_change_wherever_there_is_one():
    for wall in all_walls():
        model = next((m for m in apps.get_models() if m._meta.db_table == wall.table), None)
        columns = EDITED.search(wall.app or "")
        if model and columns and issubclass(model, VersionedRecord):
            replaces = {"cases_safecontact", "cases_safetyplan"}
            assert "version" in columns[1].split(", ") or wall.table in replaces, wall.table


def test_the_versions_of_one_record_are_found_by_its_id_in_every_history(database):
    histories = [model for model in apps.get_models() if hasattr(model, "pgh_tracked_model")]
    assert len(histories) >= 6
    for model in histories:
        asked = model.objects.using("owner").filter(id=uuid.uuid4()).order_by("-pgh_id")[:20]
        with connections["owner"].cursor() as cursor:
            # In an empty table anything else would be as quick.
            cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off")
        plan = asked.explain()
        assert f"Index Scan using of_{model.pgh_tracked_model._meta.model_name}"[:30] in plan, plan
        assert "Sort" not in plan, plan
