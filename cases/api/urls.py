"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from cases.api.consent_viewsets import ConsentViewSet, LegalGroundViewSet
from cases.api.family import HouseholdMemberViewSet, RelationshipViewSet
from cases.api.viewsets import CaseViewSet, NoteViewSet, ParticipantViewSet


def register(router: Any) -> None:
    router.register("cases", CaseViewSet, basename="case")
    router.register("participants", ParticipantViewSet, basename="participant")
    router.register("notes", NoteViewSet, basename="note")
    router.register("relationships", RelationshipViewSet, basename="relationship")
    router.register("household-members", HouseholdMemberViewSet, basename="household-member")
    router.register("consents", ConsentViewSet, basename="consent")
    router.register("legal-grounds", LegalGroundViewSet, basename="legalground")
