"""Export → import of our own HTCDS file loses nothing that HTCDS carries (issue 4, 7)."""

from __future__ import annotations

import io
import random
from datetime import date, timedelta

import pytest
from django.utils import timezone

from cases.models import CaseParticipant
from core.languages import LANGUAGES
from handoffs.choices import Section
from handoffs.services.export_files import build_export, take_export
from handoffs.services.exports import request_export
from referrals.htcds import open_case_sheet
from referrals.htcds.countries import COUNTRIES
from referrals.htcds.fields import FIELDS, Kind
from referrals.models import Referral
from referrals.services.import_jobs import request_import, run_import
from tests.factories import give_consent
from tests.referrals.sheets import csv_file

PEOPLE = 25
# Ours by then: a case of ours has a status of ours, and who agreed here agreed.
OURS = {"cas_Status", "con_Consent"}
WORDS = ("Ñora", "de la Cruz", "O'Hara", "=2+3", "@home", "-dash", "a, b; c", 'says "no"', "+plus")


def value_for(field, dice):
    """Something that a sheet may hold in a field, as its cell."""
    kind = field.kind
    if kind in (Kind.TEXT, Kind.LONG_TEXT):
        text = f"{dice.choice(WORDS)} {field.name[4:]} {dice.randrange(1000)}"
        return text + "\nand on" if kind is Kind.LONG_TEXT else text[: field.limit]
    if kind is Kind.DATE:
        return (date(2024, 5, 1) - timedelta(days=dice.randrange(2000))).isoformat()
    if kind is Kind.CHECKBOX:
        return dice.choice(("TRUE", "FALSE"))
    if kind is Kind.NUMBER:
        return str(dice.randint(field.low, min(field.high, 40)))
    if kind is Kind.COORDINATE:
        return f"{dice.uniform(field.low, field.high):.4f}"
    if kind is Kind.CHOICE:
        return dice.choice(list(field.codes))
    if kind is Kind.CHOICES:
        return ";".join(dice.sample(list(field.codes), min(len(field.codes), 3)))
    if kind is Kind.COUNTRY:
        return dice.choice(list(COUNTRIES))
    if kind is Kind.COUNTRIES:
        return ";".join(dice.sample(list(COUNTRIES), 2))
    if kind is Kind.LANGUAGE:
        return dice.choice(list(LANGUAGES))
    if kind is Kind.PHONE:
        return f"+639{dice.randrange(10**9):09d}"
    assert kind is Kind.EMAIL
    return f"child{dice.randrange(10**6)}@agency.example"


def population(dice):
    """Rows with every field of the standard, each filled in about three of four."""
    head = list(FIELDS)
    rows = [head]
    for _ in range(PEOPLE):
        cells = {name: value_for(FIELDS[name], dice) for name in head if dice.random() < 0.75}
        cells["prs_FirstName"] = f"Child{dice.randrange(10**6)}"
        if "prs_Birthdate" in cells:
            cells["prs_Birthdate"] = f"20{dice.randint(10, 16)}-0{dice.randint(1, 9)}-11"
        cells["cas_IncomingReferralDate"] = f"2024-0{dice.randint(1, 9)}-11"
        cells["con_Consent"] = "TRUE"
        rows.append([cells.get(name, "") for name in head])
    return rows


def said(content):
    """Rows as the importer reads them: typed values by HTCDS name."""
    sheet = open_case_sheet(io.BytesIO(content), today=timezone.localdate())
    rows = list(sheet.rows())
    assert [row.errors for row in rows] == [[]] * len(rows)
    return sorted((plain(row.values) for row in rows), key=lambda row: row["prs_FirstName"])


def plain(values):
    return {
        name: sorted(value) if isinstance(value, list | tuple) else str(value)
        for name, value in values.items()
    }


def exported(worker):
    export = request_export(
        actor=worker,
        format="htcds_csv",
        purpose="own_use",
        sections=Section.values,
        reason="To look whether anything is lost.",
        at=timezone.now(),
    )
    assert build_export(actor=worker, export_id=export.pk).state == "ready"
    return take_export(actor=worker, export_id=export.pk, at=timezone.now())[1]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_population_goes_in_comes_out_and_goes_in_again(cast, seed):
    worker = cast.caseworker
    brought = csv_file(population(random.Random(seed)))
    before = said(brought.getvalue())
    batch = request_import(
        actor=worker,
        team_id=cast.north.pk,
        format="htcds",
        files=[("sheet.csv", brought)],
        into_cases=True,
    )
    assert run_import(actor=worker, batch_id=batch.pk).rows_kept == PEOPLE
    for place in CaseParticipant.objects.using("owner").filter(role="survivor"):
        give_consent(worker, place)

    content = exported(worker)
    after = said(content)
    assert len(after) == PEOPLE
    for one, other in zip(before, after, strict=True):
        lost = {
            name: (value, other.get(name))
            for name, value in one.items()
            if name not in OURS and other.get(name) != value
        }
        assert lost == {}

    again = request_import(
        actor=cast.south_caseworker,
        team_id=cast.south.pk,
        format="htcds",
        files=[("export.csv", io.BytesIO(content))],
    )
    assert run_import(actor=cast.south_caseworker, batch_id=again.pk).rows_kept == PEOPLE
    kept = sorted(
        (
            plain(referral.subject)
            for referral in Referral.objects.using("owner").filter(import_batch_id=again.pk)
        ),
        key=lambda row: row["prs_FirstName"],
    )
    columns = {
        "cas_IncomingReferralDate",
        "cas_ReferringOrganisation",
        "cas_IncomingReferralDetails",
    }
    for one, other in zip(after, kept, strict=True):
        assert {name: value for name, value in one.items() if name not in columns} == other
