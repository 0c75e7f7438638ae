"""Submissions of the official survey form, as XML and as the table that survey tools export."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from lxml import etree

from accounts.models import User
from accounts.service_accounts import IMPORTER_ID
from audit.reading import reading
from referrals.htcds import UnreadableFile
from referrals.incoming import Document
from referrals.models import Referral
from referrals.services.import_report import ImportReport
from referrals.services.importing import import_referrals
from tests.cast import Cast
from tests.referrals.sheets import SHARED, csv_file

SUBMISSION = """<?xml version='1.0' ?>
<data xmlns:h="http://www.w3.org/1999/xhtml" id="htcds_xlsform" version="v1">
  <formhub><uuid>0f3c</uuid></formhub>
  <start>2026-10-03T09:12:44.112+08:00</start><end>2026-10-03T09:31:02.440+08:00</end>
  <con_Consent>TRUE</con_Consent>
  <prs_First_Name>Althea</prs_First_Name>
  <prs_Second_Name>Cabrera</prs_Second_Name>
  <prs_Birthdate>2012-05-04</prs_Birthdate>
  <prs_Gender>Feminine</prs_Gender>
  <prs_Citizenship>PH</prs_Citizenship>
  <prs_Title/>
  <prs_MailingCity>San Alonzo</prs_MailingCity>
  <prs_MailingCountry>PH</prs_MailingCountry>
  <prs_MailingState>Linao</prs_MailingState>
  <group><vic_TypeOfExploitation>SexualExploitation ForcedLabour</vic_TypeOfExploitation></group>
  <vic_TypeOfSexExploitation>RemoteInteractiveServices</vic_TypeOfSexExploitation>
  <cas_ReferringOrganisation>Northern Cyber Response Unit</cas_ReferringOrganisation>
  <cas_IncomingReferralDate>2025-03-02</cas_IncomingReferralDate>
  <__version__>v1</__version__>
  <meta><instanceID>uuid:5a4f2a10-0000-4000-8000-00000000c0de</instanceID></meta>
</data>"""
FORM = SHARED / "htcds_toolkit" / "htcds_xlsform.xml"


@pytest.fixture
def importer(database: str) -> User:
    return User.objects.get(pk=IMPORTER_ID)


def take(importer: User, cast: Cast, *texts: str | bytes, **how: Any) -> ImportReport:
    documents = [
        Document(number, f"{number}.xml", io.BytesIO(t.encode() if isinstance(t, str) else t))
        for number, t in enumerate(texts, 1)
    ]
    return import_referrals(
        actor=importer, team_id=cast.north.pk, format="odk", documents=documents, **how
    )


def kept(cast: Cast) -> list[Referral]:
    with reading(cast.intake):
        found = list(Referral.objects.visible_to(cast.intake))
        for referral in found:
            referral.subject  # noqa: B018 opened while the database knows who reads
        return found


def test_a_submission_says_the_same_as_a_row_of_a_sheet(importer: User, cast: Cast) -> None:
    report = take(importer, cast, SUBMISSION)
    assert (report.kept, report.refused, report.kind) == (1, 0, "xml")
    (referral,) = kept(cast)
    assert referral.source_agency == cast.cyber_unit
    assert referral.legal_basis == "consent"
    assert referral.harm_types == ["tip_labour", "live_streaming"]
    assert referral.subject["prs_FirstName"] == "Althea"
    assert referral.subject["prs_SecondName"] == "Cabrera"
    assert referral.subject["prs_MailingCity"] == "San Alonzo"
    assert referral.subject["vic_TypeOfExploitation"] == ["SexualExploitation", "ForcedLabour"]
    assert not [name for name in referral.subject if "nstance" in name or "version" in name]


def test_the_same_submission_again_adds_nothing_nor_does_its_row_in_a_table(
    importer: User, cast: Cast
) -> None:
    take(importer, cast, SUBMISSION)
    again = take(importer, cast, SUBMISSION, SUBMISSION)
    assert (again.kept, again.known, len(again.repeated)) == (0, 1, 1)
    root = etree.fromstring(SUBMISSION.encode())
    told = {e.tag: e.text for e in root.iter() if not len(e) and e.text and e.tag != "uuid"}
    table = csv_file([list(told), list(told.values())]).getvalue()
    report = take(importer, cast, table)
    assert (report.kind, report.kept, report.known) == ("csv", 0, 1)


def test_one_instance_with_other_answers_is_shown_and_not_taken(importer: User, cast: Cast) -> None:
    take(importer, cast, SUBMISSION)
    report = take(importer, cast, SUBMISSION.replace("Althea", "Bea"))
    assert (report.kept, report.changed) == (0, [1])


@pytest.mark.parametrize(
    ("old", "new", "field", "says"),
    [
        ("2012-05-04", "05/04/12 canary", "prs_Birthdate", "date"),
        ("<start>", "<x_shoe>canary</x_shoe><start>", "", "no such question"),
        ("<start>", "<prs_FirstName>canary</prs_FirstName><start>", "prs_FirstName", "twice"),
    ],
)
def test_what_cannot_be_read_is_named_without_what_stood_there(
    importer: User, cast: Cast, old: str, new: str, field: str, says: str
) -> None:
    report = take(importer, cast, SUBMISSION.replace(old, new, 1), SUBMISSION)
    assert (report.kept, report.refused) == (1, 1)
    assert field in [error.field for error in report.errors]
    assert says in " ".join(error.message for error in report.errors)
    assert "canary" not in repr(report.errors)


def test_questions_of_ones_own_are_left_out_by_wish(importer: User, cast: Cast) -> None:
    more = SUBMISSION.replace("<start>", "<x_shoe>4</x_shoe><start>", 1)
    assert take(importer, cast, more, ignore_unknown=True).kept == 1


@pytest.mark.parametrize(
    "text",
    [
        "<data><prs_First_Name>",
        "<!DOCTYPE data [<!ENTITY a 'b'>]><data><prs_First_Name>&a;</prs_First_Name></data>",
        "<data><other>x</other></data>",
        "<data><prs_First_Name/></data>",
    ],
)
def test_what_is_no_submission_is_refused_and_the_others_are_kept(
    importer: User, cast: Cast, text: str
) -> None:
    report = take(importer, cast, SUBMISSION, text)
    assert (report.kept, report.refused) == (1, 1)


def test_a_picture_among_submissions_stops_the_whole_import(importer: User, cast: Cast) -> None:
    with pytest.raises(UnreadableFile):
        take(importer, cast, SUBMISSION, b"\x89PNG\r\n\x1a\n" + b"\0" * 50)
    assert kept(cast) == []


@pytest.mark.skipif(not FORM.exists(), reason="the official form is not at hand")
def test_every_question_of_the_official_form_is_known(importer: User, cast: Cast) -> None:
    instance = re.search(r"<instance>(.*?)</instance>", FORM.read_text(), re.S)
    assert instance is not None
    names = re.findall(r"<((?:prs|vic|cas|con)_\w+)/>", instance[1])
    assert len(names) > 25
    answers = "".join(f"<{name}></{name}>" for name in names)
    phone = "<prs_HomePhone>+63281234567</prs_HomePhone>"
    told = f"<data>{answers}</data>".replace("<prs_HomePhone></prs_HomePhone>", phone)
    report = take(importer, cast, told)
    assert (report.kept, report.refused) == (1, 0)
