"""Issue 4, 7: one file of many cases, of those who agreed; a second person; gone by its day."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.service_accounts import HOUSEKEEPER_ID
from accounts.services.directory import add_agency, add_agreement
from accounts.services.profile import set_profile
from audit.acting import acting
from audit.models import AuditEvent, Review
from audit.reading import reading
from cases.services.consent import withdraw_consent
from cases.services.erasure import approve_erasure, request_erasure
from cases.services.harm import record_harm
from core.errors import Denied, DomainError
from handoffs.exporting.files import _safe
from handoffs.models import ALONE_UP_TO, CaseExport, ExportFile
from handoffs.services.export_files import (
    KEPT_FOR,
    NoFile,
    build_export,
    drop_export,
    drop_old_exports,
    take_export,
)
from handoffs.services.exports import approve_export, refuse_export, request_export
from tests.client import confirm
from tests.factories import add_participant, give_consent, open_case
from tests.handoffs.conftest import events
from tests.jobs import Jobs


@pytest.fixture
def run_jobs(database):
    return Jobs()


ROOT = Path(__file__).resolve().parents[2]
KINDS = ["case_summary", "content_origin", "people"]
NAMES = [*KINDS, "identities"]


def child(cast, name="Luz", *, agreed=True, case=None, **consent):
    case = case or open_case(cast.caseworker)
    place = add_participant(
        cast.caseworker,
        case,
        birth_year=2014,
        citizenships=["PH"],
        identity={"first_name": name, "family_name": "Halimbawa", "phones": ["+639170001122"]},
    )
    if agreed:
        place.consent = give_consent(cast.caseworker, place, **consent)
    return place


def ask(cast, actor=None, **over):
    values = {
        "format": "htcds_csv",
        "purpose": "own_use",
        "sections": NAMES,
        "reason": "The books move to the new house system.",
        "at": timezone.now(),
    }
    return request_export(actor=actor or cast.caseworker, **{**values, **over})


def built(cast, **over):
    export = ask(cast, **over)
    return build_export(actor=export.asked_by, export_id=export.pk)


def take(cast, export, at=None):
    return take_export(actor=cast.caseworker, export_id=export.pk, at=at or timezone.now())[1]


def table(content):
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def file_of(export):
    return ExportFile.objects.using("owner").filter(export_id=export.pk)


def stored(export):
    return CaseExport.objects.using("owner").get(pk=export.pk)


def test_only_those_who_agreed_are_in_it_under_htcds_names_with_the_mark_in_every_row(cast):
    place = child(cast)
    child(cast, "Never", agreed=False)
    export = built(cast)
    assert (export.state, export.records, export.rows, export.left_out) == ("ready", 2, 1, 1)
    (row,) = table(take(cast, export))
    assert row["prs_FirstName"] == "Luz"
    assert row["prs_Citizenship"] == "PH"
    assert row["con_Consent"] == "TRUE"
    assert row["x_Export"] == export.reference
    assert row["x_Person"] == place.person.code
    # The mark leads to who took it, and whose record went out says so.
    taken = events("export.taken", export)[0]
    assert taken.facts["export"] == export.reference
    assert events("export.held", place)[0].facts["export"] == export.reference
    review = Review.objects.using("owner").get(kind="export")
    assert (review.subject_id, review.about_id) == (cast.caseworker.pk, export.pk)
    take(cast, export)
    assert Review.objects.using("owner").filter(kind="export").count() == 1


def test_what_was_not_asked_for_is_no_column(cast):
    child(cast)
    head = table(take(cast, built(cast, sections=["people"])))[0]
    assert "prs_Gender" in head
    assert not {"prs_FirstName", "vic_TypeOfExploitation", "cas_Status", "cco_CaseComment"} & set(
        head
    )


@pytest.fixture
def research(cast):
    agency = add_agency(
        actor=cast.admin,
        name="Institute of Numbers",
        short_code="ION",
        agency_type="x_Research",
        country="PH",
        side="source",
    )
    add_agreement(
        actor=cast.admin,
        reference="DSA-ION-1",
        to_agency_id=agency.pk,
        scope="Research",
        categories=NAMES,
        valid_from=timezone.localdate() - timedelta(days=10),
        valid_until=None,
    )
    return agency


def to_police(cast, **over):
    values = {
        "scopes": ["case_management", "share_with_law_enforcement"],
        "recipients": [cast.cyber_unit.pk],
        "categories": KINDS,
    }
    return {**values, **over}


def approved(cast, export):
    approve_export(actor=cast.supervisor, export_id=export.pk, at=timezone.now())
    return build_export(actor=cast.caseworker, export_id=export.pk)


def test_r_k1_one_no_takes_a_kind_out_for_everybody_or_the_person_as_asked(cast):
    child(cast, **to_police(cast, categories=NAMES))
    child(cast, "Ada", **to_police(cast))
    for_police = {"purpose": "another_agency", "recipient_id": cast.cyber_unit.pk}
    export = approved(cast, ask(cast, **for_police))
    rows = table(take(cast, export))
    assert len(rows) == 2
    assert "prs_FirstName" not in rows[0]
    export = approved(cast, ask(cast, who_said_no="people", **for_police))
    rows = table(take(cast, export))
    assert [row["prs_FirstName"] for row in rows] == ["Luz"]
    # A number and a street never leave in a file of many (R-C1, R-P8).
    assert not {"prs_MobilePhone", "prs_MailingStreet", "cco_CaseComment"} & set(rows[0])


def test_restricted_data_for_another_agency_takes_a_second_person_however_few(cast):
    child(cast, **to_police(cast))
    export = ask(cast, purpose="another_agency", recipient_id=cast.cyber_unit.pk, sections=KINDS)
    assert export.state == "asked"
    with pytest.raises(DomainError, match="never holds"):
        ask(
            cast,
            purpose="another_agency",
            recipient_id=cast.cyber_unit.pk,
            sections=[*KINDS, "notes"],
        )
    # No agreement, no export.
    with pytest.raises(DomainError, match="no sharing agreement"):
        ask(cast, purpose="another_agency", recipient_id=cast.shelter.pk, sections=["people"])


def many(cast, number):
    case = open_case(cast.caseworker)
    for at in range(number):
        add_participant(cast.caseworker, case, identity={"first_name": f"Child {at}"})
    return case


def test_more_than_fifty_wait_for_somebody_else_in_a_small_agency_too(cast, client_of):
    many(cast, ALONE_UP_TO)
    child(cast)
    set_profile(actor=cast.admin, small=True, approver_id=None)
    supervisor = cast.again("supervisor")
    export = ask(cast, actor=supervisor)
    assert (export.state, export.records) == ("asked", ALONE_UP_TO + 1)
    with pytest.raises(Denied):
        approve_export(actor=supervisor, export_id=export.pk, at=timezone.now())
    with pytest.raises(CaseExport.DoesNotExist):
        approve_export(actor=cast.caseworker, export_id=export.pk, at=timezone.now())
    assert build_export(actor=supervisor, export_id=export.pk).state == "asked"
    assert not file_of(export).exists()
    approvals = client_of(cast.dpo).get(reverse("desk:approvals")).content.decode()
    assert export.reference in approvals
    assert approve_export(actor=cast.dpo, export_id=export.pk, at=timezone.now()).state == (
        "building"
    )
    # Whoever approves it never has the file.
    made = build_export(actor=supervisor, export_id=export.pk)
    assert made.rows == 1
    with pytest.raises(Denied):
        take_export(actor=cast.dpo, export_id=export.pk, at=timezone.now())
    with reading(cast.dpo):
        assert not ExportFile.objects.visible_to(cast.dpo).exists()
    with pytest.raises(DomainError):
        refuse_export(actor=cast.dpo, export_id=export.pk, at=timezone.now())


def test_several_small_ones_of_a_day_count_as_one(cast):
    many(cast, 30)
    assert ask(cast).state == "building"
    assert ask(cast).state == "asked"


def test_below_python_many_take_a_second_person(cast):
    many(cast, ALONE_UP_TO + 1)
    export = ask(cast)
    for change in ("state = 'building'", f"state = 'building', decided_by_id = '{cast.dpo.pk}'"):
        with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
            act.authorise("handoffs.export_cases")
            with connection.cursor() as cursor:
                cursor.execute(
                    f"UPDATE handoffs_caseexport SET {change} WHERE id = %s", [export.pk]
                )
            act.record("export.opened", export)
    with pytest.raises(DatabaseError), acting(cast.caseworker) as act:
        act.authorise("handoffs.export_cases")
        ExportFile(export=export, content=b"x", digest=b"x").save(force_insert=True)
        act.record("export.opened", export)


def test_after_its_day_the_file_is_gone(cast):
    child(cast)
    export = built(cast)
    later = timezone.now() + KEPT_FOR + timedelta(minutes=1)
    with pytest.raises(NoFile):
        take(cast, export, at=later)
    keeper = User.objects.get(pk=HOUSEKEEPER_ID)
    assert drop_old_exports(actor=keeper, at=timezone.now()) == 0
    assert drop_old_exports(actor=keeper, at=later) == 1
    assert not file_of(export).exists()
    assert (stored(export).state, stored(export).gone_because) == ("gone", "expired")
    assert drop_old_exports(actor=keeper, at=later) == 0


def test_it_is_dropped_before_its_day(cast):
    child(cast)
    export = built(cast)
    drop_export(actor=cast.caseworker, export_id=export.pk)
    assert not file_of(export).exists()
    with pytest.raises(NoFile):
        take(cast, export)


def withdraw(cast, place):
    withdraw_consent(actor=cast.caseworker, consent_id=place.consent.pk)


def test_r_k2_whoever_takes_it_back_between_asking_and_making_is_left_out(cast):
    child(cast)
    other = child(cast, "Ada")
    export = ask(cast)
    withdraw(cast, other)
    export = build_export(actor=cast.caseworker, export_id=export.pk)
    assert (export.rows, export.left_out) == (1, 1)
    assert b"Ada" not in take(cast, export)


def test_r_k2_whoever_takes_it_back_after_takes_the_file_with_them(cast):
    child(cast)
    other = child(cast, "Ada")
    export = built(cast)
    withdraw(cast, other)
    with pytest.raises(NoFile, match="has changed"):
        take(cast, export)
    assert not file_of(export).exists()
    assert stored(export).gone_because == "uncarried"
    assert events("export.withdrawn", export)
    assert not events("export.taken", export)


def test_nobody_agreed_and_nothing_is_made(cast):
    child(cast, agreed=False)
    export = built(cast)
    assert (export.state, export.gone_because) == ("stopped", "nobody")
    assert not file_of(export).exists()


def erase(cast, place):
    asked = request_erasure(
        actor=cast.caseworker,
        participant_id=place.pk,
        ground="person_asked",
        whole_case=False,
        at=timezone.now(),
    )
    approve_erasure(actor=cast.dpo, request_id=asked.pk, at=timezone.now())


def test_r_d5_an_erased_person_is_in_no_file(cast):
    child(cast)
    gone = child(cast, "Ada")
    ready, waiting = built(cast), ask(cast)
    erase(cast, gone)
    assert not file_of(ready).exists()
    assert stored(ready).state == "gone"
    assert stored(waiting).state == "stopped"
    with pytest.raises(NoFile):
        take(cast, ready)
    content = take(cast, built(cast))
    assert b"Luz" in content
    assert b"Ada" not in content


def test_a_cell_is_no_formula_and_a_number_below_zero_stays_one(cast):
    child(cast, "=HYPERLINK(1)")
    (row,) = table(take(cast, built(cast)))
    assert row["prs_FirstName"] == "'=HYPERLINK(1)"
    assert row["prs_MobilePhone"] == "'+639170001122"
    assert [_safe(text) for text in ("-99", "-1+1", "@SUM(1)", "\tx", "x")] == [
        "-99",
        "'-1+1",
        "'@SUM(1)",
        "'\tx",
        "x",
    ]


def test_the_json_is_nested_by_case_and_person(cast):
    place = child(cast)
    told = json.loads(take(cast, built(cast, format="htcds_json")))
    schema = json.loads((ROOT / "docs" / "schemas" / "htcds-export.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(told)
    (case,) = told["cases"]
    assert case["reference"] == place.case.reference
    (person,) = case["people"]
    assert person["person"]["prs_FirstName"] == "Luz"
    assert person["export"] == told["export"]


def test_a_table_without_names_for_research_as_ctdc_has_it(cast, research):
    place = child(cast, scopes=["case_management", "research"])
    child(cast, "Ada")
    record_harm(
        actor=cast.caseworker,
        participant_id=place.pk,
        harm_type="live_streaming",
        content_origin="livestreamed_trafficking",
    )
    asking = {"format": "ctdc_csv", "purpose": "research", "recipient_id": research.pk}
    with pytest.raises(DomainError, match="never holds"):
        ask(cast, **asking)
    export = approved(cast, ask(cast, sections=KINDS, **asking))
    (row,) = table(take(cast, export))
    assert (row["isSexualExploit"], row["typeOfSexRemoteInteractiveServices"]) == ("1", "1")
    assert (row["majorityStatus"], row["citizenship"]) == ("Minor", "PH")
    assert row["meansOfControlDebtBondage"] == "-99"
    assert "Luz" not in str(row)
    assert place.person.code not in str(row)
    with pytest.raises(DomainError, match="for research"):
        ask(cast, format="ctdc_csv")


def test_names_take_the_right_to_open_them_and_sight_is_the_askers(cast):
    mine = child(cast)
    south = open_case(cast.south_caseworker)
    add_participant(cast.south_caseworker, south, identity={"first_name": "Elsewhere"})
    assert stored(ask(cast)).place_ids == [mine.pk]
    for nobody in (cast.intake, cast.partner, cast.dpo, cast.manager):
        with pytest.raises(Denied):
            ask(cast, actor=nobody)


def test_the_job_may_run_twice_and_a_key_opens_no_other_file(cast, superuser):
    child(cast)
    first = built(cast)
    again = build_export(actor=cast.caseworker, export_id=first.pk)
    assert again.state == "ready"
    assert file_of(first).count() == 1
    # Sealed at rest: nothing of it stands in the table.
    content = superuser.execute("SELECT content FROM handoffs_exportfile").fetchone()[0]
    assert b"Luz" not in bytes(content)
    assert AuditEvent.objects.filter(verb="export.made").count() == 1


def test_pages_ask_wait_take_and_step_up(cast, client_of, run_jobs):
    child(cast)
    client = client_of(cast.caseworker)
    url = reverse("handoffs:request_export")
    answers = {
        "purpose": "own_use",
        "recipient": "",
        "format": "htcds_csv",
        "which": "all",
        "sections": NAMES,
        "who_said_no": "columns",
        "reason": "The books move.",
    }
    confirm(client, cast.caseworker, minutes_ago=45)
    assert "handoffs/request_export.html" not in [one.name for one in client.get(url).templates]
    confirm(client, cast.caseworker)
    assert client.post(url, {**answers, "reason": ""}).status_code == 422
    page = client.post(url, answers)["Location"]
    shown = client.get(page).content.decode()
    assert "Being made" in shown
    assert client.get(page + "progress/").status_code == 200
    run_jobs()
    assert "Ready" in client.get(page).content.decode()
    answer = client.post(page + "take/")
    assert b"Luz" in answer.content
    assert answer["Cache-Control"].startswith("no-store") or "no-store" in answer["Cache-Control"]
    assert client_of(cast.intake).get(page).status_code in (403, 404)
    assert client_of(cast.south_caseworker).get(page).status_code == 404
    assert client.post(page + "drop/").status_code == 302
    assert "The file is gone" in client.get(page).content.decode()


def test_programs_ask_and_take_too(cast, client_of, run_jobs):
    child(cast)
    client = client_of(cast.caseworker)
    answer = client.post(
        "/api/v1/exports/",
        {"format": "htcds_json", "purpose": "own_use", "sections": NAMES, "reason": "Books."},
        content_type="application/json",
    )
    assert answer.status_code == 201, answer.content
    pk = answer.json()["id"]
    run_jobs()
    assert client.get(f"/api/v1/exports/{pk}/").json()["state"] == "ready"
    taken = client.post(f"/api/v1/exports/{pk}/file/", {}, content_type="application/json")
    assert b"Luz" in taken.content
    refused = client.post(f"/api/v1/exports/{pk}/approve/", {}, content_type="application/json")
    assert refused.status_code in (400, 403)
