"""Wherever a file is not taken in, the way to report suspected abuse material is one tap away."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from cases.services.papers import register_paper
from tests.factories import open_case, team_of

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 64
REPORT = reverse("cases:report_material")


def picture(name="scan.pdf"):
    return SimpleUploadedFile(name, JPEG, content_type="application/pdf")


def test_where_no_file_is_taken_in(cast, client_of):
    case = open_case(cast.caseworker)
    url = reverse("cases:assess_risk", args=[case.pk])
    answer = client_of(cast.caseworker).post(url, {"file": picture()})
    assert answer.status_code == 415
    assert f'href="{REPORT}"' in answer.content.decode()
    # For whoever could not report it, no dead end.
    other = client_of(cast.manager).post(reverse("rights:report_breach"), {"file": picture()})
    assert other.status_code == 415
    assert REPORT not in other.content.decode()
    assert "do not" in other.content.decode().lower()
    program = client_of(cast.caseworker).post("/api/v1/papers/", JPEG, content_type="image/jpeg")
    assert program.status_code == 415
    assert "/api/v1/material-reports/" in program.json()["detail"]


def test_where_a_paper_or_a_sheet_is_taken_in(cast, client_of):
    client = client_of(cast.caseworker)
    case = open_case(cast.caseworker)
    paper = register_paper(
        actor=cast.caseworker, case_id=case.pk, kind="letter", original_at="Folder 3"
    )
    kept = client.post(reverse("cases:keep_paper", args=[paper.pk]), {"file": picture()})
    assert kept.status_code in (415, 422)
    assert f'href="{REPORT}"' in kept.content.decode()
    sheet = client.post(
        reverse("referrals:import"),
        {"team": str(team_of(cast.caseworker).pk), "file": picture("sheet.csv")},
    )
    assert sheet.status_code in (415, 422)
    assert f'href="{REPORT}"' in sheet.content.decode()
