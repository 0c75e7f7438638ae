"""Whoever takes a copy out says why, and somebody else looks at it afterwards."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone

from accounts.services.directory import assign_role
from audit.archiving import archive_log
from audit.exporting import export_log
from audit.models import AuditEvent, Review
from audit.sequencing import sequence_all
from audit.tlog_proof import LogProof
from core.errors import Denied, DomainError
from tests.architecture.test_disclosure import DOWNLOADS
from tests.factories import open_case

ROOT = Path(__file__).resolve().parents[2]
# Ways out after which somebody else looks, by the service that opens the review.
REVIEWED = {
    "desk/views/log_exports.py": "audit/selection.py",
    "cases/views/paper_files.py": "cases/services/paper_files.py",
    "handoffs/exporting/files.py": "handoffs/services/export_files.py",
    "handoffs/views/exports.py": "handoffs/services/export_files.py",
    # By a command, on the server.
    "audit/management/commands/export_audit_log.py": "audit/exporting.py",
    "audit/management/commands/archive_audit_log.py": "audit/archiving.py",
}
# The others, and why nobody has to.
NOT_REVIEWED = {
    "handoffs/views/sealed.py": "sealed for its receiver; an agreement and a consent carry it",
    "reporting/views.py": "figures that a second person has approved",
    "reporting/public_views.py": "figures that a second person has approved, for everybody",
    "cases/views/registers.py": "the officer's own books, for the authority; no case and no name",
    "referrals/views/imports.py": "their own rows, back to whoever brought them",
}


def test_after_every_way_out_somebody_looks_or_it_says_why_not() -> None:
    by_command = {name for name in REVIEWED if "/commands/" in name}
    assert set(DOWNLOADS) == set(REVIEWED) - by_command | set(NOT_REVIEWED)
    for name in REVIEWED.values():
        assert 'kind="export"' in (ROOT / name).read_text().replace("\n", ""), name


def exports() -> list[Review]:
    return list(Review.objects.using("owner").filter(kind="export").order_by("created_at"))


def partners_auditor(cast: Any) -> Any:
    """Somebody who reads their own agency's part of the log."""
    assign_role(
        actor=cast.admin,
        user_id=cast.investigator.pk,
        team_id=cast.investigator.memberships.get().team_id,
        role="auditor",
    )
    return cast.again("investigator")


def test_the_whole_log_is_taken_out_for_a_reason_and_somebody_else_looks(
    cast: Any, tmp_path: Path
) -> None:
    sequence_all(connections["sequencer"])
    file = tmp_path / "log.jsonl"
    call_command(
        "export_audit_log", str(file), "--as", cast.auditor.email, "--because", "incident", "--to=9"
    )
    (review,) = exports()
    assert (review.subject_id, review.facts) == (
        cast.auditor.pk,
        {"entries": 10, "reason": "incident"},
    )
    assert Review.objects.visible_to(cast.dpo).using("owner").filter(pk=review.pk).exists()
    assert not Review.objects.visible_to(cast.auditor).using("owner").exists()
    assert AuditEvent.objects.get(verb="log.exported").purpose == "incident"
    with pytest.raises(DomainError, match="Say why"):
        export_log(actor=cast.auditor, path=file, purpose="curiosity")
    assert len(exports()) == 1


def test_a_partners_auditor_takes_out_nothing_of_the_whole(cast: Any, tmp_path: Path) -> None:
    open_case(cast.caseworker)
    sequence_all(connections["sequencer"])
    theirs, file = partners_auditor(cast), tmp_path / "log.jsonl"
    with pytest.raises(Denied):
        export_log(actor=theirs, path=file)
    with pytest.raises(CommandError, match="may not read the whole"):
        call_command("export_audit_log", str(file), "--as", theirs.email)
    assert not file.exists()
    assert exports() == []
    refused = AuditEvent.objects.filter(verb="act.refused", actor_id=theirs.pk)
    assert [event.facts["permission"] for event in refused] == ["audit.read_log"] * 2

    assign_role(
        actor=cast.admin,
        user_id=cast.prosecutor.pk,
        team_id=cast.prosecutor.memberships.get().team_id,
        role="data_protection_officer",
    )
    with pytest.raises(Denied):
        archive_log(actor=cast.again("prosecutor"), path=file, at=timezone.now())
    with pytest.raises(CommandError, match="may not read the whole"):
        call_command("read_audit_archive", str(file), "--as", theirs.email)


def test_a_proof_is_taken_in_somebodys_name(cast: Any, tmp_path: Path) -> None:
    case = open_case(cast.caseworker)
    sequence_all(connections["sequencer"])
    event = AuditEvent.objects.get(verb="case.opened_new", object_id=case.pk)
    out = io.StringIO()
    call_command(
        *("audit_proof", str(event.pk), "--with-event", "--as", cast.auditor.email), stdout=out
    )
    assert str(case.pk).encode() in (LogProof.parse(out.getvalue()).extra or b"")
    taken = AuditEvent.objects.get(verb="log.proof_taken")
    assert (taken.actor_id, taken.facts) == (cast.auditor.pk, {"entry": event.pk})
    # Not by others, and not of what another agency did.
    for person, words in (
        (cast.caseworker, "may not read"),
        (partners_auditor(cast), "no place"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("audit_proof", str(event.pk), "--as", person.email)
    with pytest.raises(CommandError, match="Nobody"):
        call_command("audit_proof", str(event.pk), "--as", "nobody@example.org")
    assert AuditEvent.objects.filter(verb="log.proof_taken").count() == 1
