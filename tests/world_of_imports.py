"""Imports of the tests' world: one with rejects, one whose columns are chosen, a CyberTip."""

from __future__ import annotations

import io
import re
from typing import Any

from referrals.services.drafts import save_draft
from referrals.services.import_jobs import request_import, run_import
from referrals.services.own_sheets import choose_columns
from tests.referrals.sheets import SAMPLES

FAULTY = b"prs_FirstName,prs_Birthdate\nMai,never\n"
BOOK = b"Child,Born on\nLuz,2013-04-05\n"


def add_imports(world: Any) -> None:
    """All brought by the intake officer of the North team."""

    def bring(format: str, name: str, content: bytes) -> Any:
        return request_import(
            actor=world.cast.intake,
            team_id=world.cast.north.pk,
            format=format,
            files=[(name, io.BytesIO(content))],
        )

    sheet = bring("htcds", "sheet.csv", FAULTY)
    world.batch = run_import(actor=world.cast.intake, batch_id=sheet.pk)
    tip = (SAMPLES / "cybertip_sample.xml").read_bytes()
    calm = re.sub(rb"<escalateToHighPriority>.*</escalateToHighPriority>", b"", tip)
    run_import(actor=world.cast.intake, batch_id=bring("cybertip", "204118733.xml", calm).pk)
    save_draft(actor=world.cast.intake, values={"source_name": "Coastal school"})
    waiting = bring("own", "book.csv", BOOK)
    choose_columns(
        actor=world.cast.intake,
        batch_id=waiting.pk,
        targets={"Child": "prs_FirstName", "Born on": "prs_Birthdate"},
        keep_as="Intake book",
    )
