"""CyberTips onto the desk: what is kept, that nothing else is anywhere, and once each."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from audit.models import AuditEvent
from audit.reading import reading
from referrals.incoming import Document
from referrals.models import CyberTip, DangerAlert, Referral
from referrals.services.desk import open_summary
from referrals.services.import_report import ImportReport
from referrals.services.importing import import_referrals
from tests.cast import Cast
from tests.factories import log_referral
from tests.referrals.in_the_clear import tables_with
from tests.referrals.sheets import SAMPLES, SHARED

SAMPLE = (SAMPLES / "cybertip_sample.xml").read_bytes()
PUBLISHED = SHARED / "cybertipline" / "samples"


@pytest.fixture
def importer(database: str) -> User:
    return User.objects.get(pk=IMPORTER_ID)


def tips(importer: User, cast: Cast, **files: bytes) -> ImportReport:
    """Import reports by file name."""
    documents = [
        Document(number, f"{name}.xml", io.BytesIO(data))
        for number, (name, data) in enumerate(files.items(), 1)
    ]
    return import_referrals(
        actor=importer, team_id=cast.north.pk, format="cybertip", documents=documents
    )


def kept(cast: Cast) -> list[Referral]:
    with reading(cast.intake):
        found = list(Referral.objects.visible_to(cast.intake).select_related("tip"))
        for referral in found:
            referral.source_reference  # noqa: B018 opened while the database knows who reads
    return found


def test_a_tip_becomes_a_referral_with_codes_alone(importer: User, cast: Cast) -> None:
    report = tips(importer, cast, CyberTip_204118733=SAMPLE)
    assert (report.kept, report.withheld, report.refused) == (1, 19, 0)
    (referral,) = kept(cast)
    assert referral.source_category == "ncmec_cybertip"
    assert referral.source_reference == "204118733"
    assert referral.harm_types == ["grooming", "sexual_extortion"]
    assert referral.country == "PH"
    assert referral.content_origin == "unknown"
    assert referral.immediate_danger == "yes"
    assert referral.tip.incident_type == "grooming"
    assert referral.tip.victim_countries == ["PH"]
    assert referral.tip.reported_countries == ["GB"]
    assert referral.tip.left_out == 19


def test_an_escalated_tip_calls_people_at_once(importer: User, cast: Cast) -> None:
    tips(importer, cast, a=SAMPLE)
    with reading(cast.intake):
        assert DangerAlert.objects.visible_to(cast.intake).exists()
    calm = re.sub(rb"<escalateToHighPriority>.*</escalateToHighPriority>", b"", SAMPLE)
    before = DangerAlert.objects.using("owner").count()
    tips(importer, cast, b=calm)
    assert DangerAlert.objects.using("owner").count() == before


def test_no_value_that_must_not_be_stored_is_anywhere_in_the_database(
    importer: User, cast: Cast, superuser: Any
) -> None:
    files = {"204118733": SAMPLE}
    if PUBLISHED.exists():
        files |= {path.stem: path.read_bytes() for path in sorted(PUBLISHED.glob("*.xml"))}
    report = tips(importer, cast, **files)
    assert report.kept == len(files)
    assert report.withheld > 15 * len(files)
    for canary in ("canary", "203.0.113."):
        assert tables_with(superuser, canary) == []
    addresses = ("accounts_user", "account_emailaddress")
    assert tables_with(superuser, "example.invalid", but=addresses) == []
    # Nor sealed: everything sealed of a tip opens, and is its number alone.
    for referral in kept(cast):
        with reading(cast.intake):
            whole = Referral.objects.visible_to(cast.intake).get(pk=referral.pk)
            assert (whole.summary, whole.subject, whole.decision_note) == ("", {}, "")
            assert whole.source_reference.isdigit() or whole.source_reference == ""


def test_a_tip_is_taken_once_whatever_its_file_is_called(importer: User, cast: Cast) -> None:
    tips(importer, cast, a=SAMPLE)
    respaced = re.sub(rb">\s+<", b">\n<", SAMPLE)
    assert respaced != SAMPLE
    again = tips(importer, cast, b=respaced, c=SAMPLE)
    assert (again.kept, again.known, len(again.repeated)) == (0, 1, 1)
    assert len(kept(cast)) == 1


def of_day(day: int) -> bytes:
    """The sample with another day of the incident: another report."""
    return SAMPLE.replace(b"2026-09-14", b"2026-09-%02d" % day)


@pytest.mark.parametrize(
    "name",
    [
        "20260914",
        "CyberTip_20260914",
        "14092026",
        "ct-202609142140",
        "export_204118733_1",
        "report 1000001",
        "0000001",
        "badge 4471923",
    ],
)
def test_two_tips_under_a_name_that_says_no_number_are_both_taken(
    importer: User, cast: Cast, name: str
) -> None:
    first = tips(importer, cast, **{name: of_day(15)})
    second = tips(importer, cast, **{name: of_day(16)})
    assert (first.kept, second.kept, second.changed) == (1, 1, [])
    assert [one.source_reference for one in kept(cast)] == ["", ""]


def test_two_tips_with_one_number_in_one_import_are_both_taken_and_listed(
    importer: User, cast: Cast
) -> None:
    report = tips(importer, cast, **{"CT_204118733": of_day(15), "CT 204118733": of_day(16)})
    assert (report.kept, report.changed) == (2, [])
    assert [(one.row, one.first) for one in report.same_number] == [(2, 1)]
    assert len(kept(cast)) == 2


def test_a_platform_that_is_none_of_ours_is_sealed_and_opened_with_the_summary(
    importer: User, cast: Cast, superuser: Any
) -> None:
    named = SAMPLE.replace(b"<platform>Example Chat", b"<platform>Luz Marasigan")
    tips(importer, cast, a=named)
    (row,) = superuser.execute("SELECT t::text, platform_words FROM referrals_cybertip t")
    assert "Luz" not in row[0]
    assert row[1]
    assert b"Luz" not in row[1]
    (referral,) = kept(cast)
    assert referral.tip.platform == "other"
    opened = open_summary(actor=cast.intake, referral_id=referral.pk)
    assert opened.platform == "Luz Marasigan"


def test_a_known_number_with_another_content_is_shown_and_not_taken(
    importer: User, cast: Cast
) -> None:
    tips(importer, cast, CT_204118733=SAMPLE)
    changed, other = of_day(15), of_day(16)
    report = tips(importer, cast, cybertip_204118733=changed, ct_204118999=other)
    assert (report.kept, report.known, report.changed) == (1, 0, [1])
    assert len(kept(cast)) == 2


def test_a_number_that_somebody_typed_is_known_too(importer: User, cast: Cast) -> None:
    log_referral(
        cast.intake, source_category="ncmec_cybertip", source_reference="CyberTip #204 118 733"
    )
    report = tips(importer, cast, CT_204118733=SAMPLE)
    assert (report.kept, report.changed) == (0, [1])


def test_a_faulty_report_is_handed_back_by_name_and_the_others_are_kept(
    importer: User, cast: Cast
) -> None:
    bad = SAMPLE.replace(b"<age>13", b"<age>canary")
    out = io.StringIO(newline="")
    report = import_referrals(
        actor=importer,
        team_id=cast.north.pk,
        format="cybertip",
        documents=[
            Document(1, "=bad.xml", io.BytesIO(bad)),
            Document(2, "good.xml", io.BytesIO(SAMPLE)),
        ],
        rejects=lambda: out,
    )
    assert (report.kept, report.refused) == (1, 1)
    (fault,) = report.errors
    assert (fault.row, fault.column, fault.field) == (1, "line 29", "age")
    lines = out.getvalue().splitlines()
    assert lines[0] == "file,number,where,element,because"
    assert lines[1].startswith("'=bad.xml,1,line 29,age,")
    assert "canary" not in out.getvalue()


def test_the_log_says_how_many_fields_were_left_out(importer: User, cast: Cast) -> None:
    tips(importer, cast, a=SAMPLE)
    (event,) = AuditEvent.objects.using("auditor").filter(verb="referral.import_finished")
    assert event.facts == {"kept": 1, "known": 0, "refused": 0, "left_out": 19}


def test_the_command_says_what_it_did_not_take_again_and_what_has_one_number(
    cast: Cast, tmp_path: Path
) -> None:
    folder = tmp_path / "tips"
    folder.mkdir()
    (folder / "204118733.xml").write_bytes(of_day(15))
    run("--format", "cybertip", folder)
    (folder / "204118733.xml").write_bytes(of_day(16))
    (folder / "204118999.xml").write_bytes(of_day(17))
    (folder / "CT204118999.xml").write_bytes(of_day(18))
    _code, said = run("--format", "cybertip", folder)
    assert "1 changed and not taken again" in said
    assert "report 1: the desk has a referral with this number" in said
    assert "report 3: has the same number as report 2" in said


def run(*arguments: Any) -> tuple[int, str]:
    said = io.StringIO()
    try:
        call_command("import_referrals", *map(str, arguments), stdout=said, stderr=io.StringIO())
    except SystemExit as end:
        return int(end.code or 0), said.getvalue()
    return 0, said.getvalue()


def test_the_command_takes_files_and_folders_as_one_import(cast: Cast, tmp_path: Path) -> None:
    folder = tmp_path / "tips"
    folder.mkdir()
    for number in range(3):
        other = SAMPLE.replace(b"2026-09-14", b"2026-09-%d" % (20 + number))
        (folder / f"20411870{number}.xml").write_bytes(other)
    single = tmp_path / "204118733.xml"
    single.write_bytes(SAMPLE)
    code, said = run("--format", "cybertip", "--dry-run", folder, single)
    assert (code, CyberTip.objects.using("owner").count()) == (0, 0)
    assert "4 reports: 4 would be kept" in said
    code, said = run("--format", "cybertip", folder, single)
    assert code == 0
    assert "4 reports: 4 kept" in said
    assert "76 fields left out on purpose" in said
    code, said = run("--format", "cybertip", folder, single)
    assert "0 kept, 4 known" in said
    assert CyberTip.objects.using("owner").count() == 4


def test_a_folder_without_reports_says_so(cast: Cast, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no \.xml file"):
        run("--format", "cybertip", tmp_path)
