"""The handoffs' step of an erasure: our copy of the packages that told of the person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from cases.erasing import ErasureStep, speaks_of, words_of_the_erased
from cases.models import ErasureRequest
from handoffs.models import EmergencyDisclosure, Handoff, HandoffPackage
from vault.errors import CannotOpen
from vault.fields import Sealed


def find_packages(request: ErasureRequest) -> list[UUID]:
    """The handoffs that name the person, by code or name: in their package, in what they are for,
    in what their receiver asked, or in what came of them. Nobody is shown any of them.

    A sealed file opens for nobody here; it goes with everybody who was in the case when it left.
    One that does not open is no use to anybody and goes with them.

    Raises:
        vault.errors.KeyUnavailable: the key-encryption key is missing; nothing is erased then.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, handoff_id, is_whole, content, purpose, question, outcome_words "
            "FROM liwanag_packages_to_erase(%s)",
            [request.pk],
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT liwanag_sealed_files_to_erase(%s)", [request.pk])
        (sealed_files,) = cursor.fetchone()
    words = words_of_the_erased(request) if rows else set()
    found = list(sealed_files)
    for pk, handoff_id, is_whole, content, *said in rows:
        told = _told_in(pk, handoff_id, content, said)
        if told is None or is_whole or speaks_of(told, words):
            found.append(handoff_id)
    return found


def _told_in(
    package_id: UUID | None, handoff_id: UUID, content: Any, said: Sequence[Any]
) -> str | None:
    """All that a handoff says: what was sent, what for, what was asked and what came of it.

    None where a part of it does not open.
    """
    texts = []
    try:
        for name, sealed in zip(("purpose", "question", "outcome_words"), said, strict=True):
            if not sealed:
                # Nothing was said: what is empty is not sealed.
                continue
            handoff = Handoff(pk=handoff_id)
            setattr(handoff, name, Sealed(bytes(sealed)))
            texts.append(getattr(handoff, name))
        if package_id is not None:
            package = HandoffPackage(pk=package_id, handoff_id=handoff_id)
            package.content = Sealed(bytes(content))
            texts.append(json.dumps(package.content, ensure_ascii=False))
    except CannotOpen:
        return None
    return "\n".join(texts)


def find_emergencies(request: ErasureRequest) -> list[UUID]:
    """What was told in emergencies and names the person, by code or name.

    Raises:
        vault.errors.KeyUnavailable: the key-encryption key is missing; nothing is erased then.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, words FROM liwanag_emergencies_to_erase(%s)", [request.pk])
        rows = cursor.fetchall()
    words = words_of_the_erased(request) if rows else set()
    found = []
    for pk, sealed in rows:
        told = EmergencyDisclosure(pk=pk, words=Sealed(bytes(sealed)))
        try:
            text = json.dumps(told.words, ensure_ascii=False)
        except CannotOpen:
            text = None
        if text is None or request.whole_case or speaks_of(text, words):
            found.append(pk)
    return found


STEPS = [
    ErasureStep(
        "emergencies",
        _("What was told in emergencies"),
        ("handoffs.EmergencyDisclosure.words",),
        keys="SELECT 'handoff', d.id FROM handoffs_emergencydisclosure d "
        "WHERE d.id = ANY (a_found) AND d.case_id = ANY (v_cases)",
        find=find_emergencies,
    ),
    # The handoff, its digest and its receipts stay: what left, to whom and on what basis can still
    # be answered for. What a partner has opened is with the partner and can't be called back.
    ErasureStep(
        "packages",
        _("Copies of packages sent"),
        (
            "handoffs.HandoffPackage.content",
            "handoffs.HandoffPackage.sealed",
            "handoffs.Handoff.purpose",
            "handoffs.Handoff.question",
            "handoffs.Handoff.outcome_words",
        ),
        keys="SELECT 'handoff', h.id FROM handoffs_handoff h "
        "WHERE h.id = ANY (a_found) AND h.case_id = ANY (v_cases)",
        find=find_packages,
    ),
    # A file of many cases goes as a whole; what waits to be made is asked for anew, without them.
    ErasureStep(
        "exports",
        _("Files of exports that held them"),
        ("handoffs.ExportFile.content", "handoffs.CaseExport.reason"),
        (
            "DELETE FROM handoffs_exportfile f USING handoffs_caseexport e "
            "WHERE e.id = f.export_id AND e.case_ids && v_cases",
            "UPDATE handoffs_caseexport e SET gone_because = 'uncarried', "
            "state = CASE e.state WHEN 'ready' THEN 'gone' ELSE 'stopped' END "
            "WHERE e.state IN ('asked', 'building', 'ready') AND e.case_ids && v_cases",
        ),
        keys="SELECT 'handoff', e.id FROM handoffs_caseexport e WHERE e.case_ids && v_cases",
    ),
]
