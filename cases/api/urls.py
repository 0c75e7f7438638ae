"""Registered by config.api under /api/v1/."""

from __future__ import annotations

from typing import Any

from cases.api.assessments import AssessmentViewSet
from cases.api.care import (
    CustodyViewSet,
    HarmViewSet,
    PlacementViewSet,
    SurvivorContextViewSet,
)
from cases.api.closing import ClosureViewSet
from cases.api.conferences import ConferenceViewSet
from cases.api.consent_viewsets import ConsentViewSet, LegalGroundViewSet
from cases.api.duties import DutyViewSet
from cases.api.family import HouseholdMemberViewSet, RelationshipViewSet
from cases.api.flags import FlagViewSet
from cases.api.material import MaterialViewSet
from cases.api.papers import PaperViewSet
from cases.api.plans import GoalViewSet, PlanViewSet, SupportServiceViewSet
from cases.api.registers import RegisterEntryViewSet
from cases.api.rights import CopyViewSet, ErasureViewSet, HoldViewSet
from cases.api.safety import (
    ContactAttemptViewSet,
    CrisisViewSet,
    SafeContactViewSet,
    SafetyPlanViewSet,
)
from cases.api.sight import CoverViewSet
from cases.api.tasks import TaskViewSet
from cases.api.viewsets import CaseViewSet, NoteViewSet, ParticipantViewSet


def register(router: Any) -> None:
    router.register("cases", CaseViewSet, basename="case")
    router.register("participants", ParticipantViewSet, basename="participant")
    router.register("closures", ClosureViewSet, basename="closure")
    router.register("leave-covers", CoverViewSet, basename="leave-cover")
    router.register("notes", NoteViewSet, basename="note")
    router.register("relationships", RelationshipViewSet, basename="relationship")
    router.register("household-members", HouseholdMemberViewSet, basename="household-member")
    router.register("safe-contacts", SafeContactViewSet, basename="safe-contact")
    router.register("contact-attempts", ContactAttemptViewSet, basename="contact-attempt")
    router.register("safety-plans", SafetyPlanViewSet, basename="safety-plan")
    router.register("crises", CrisisViewSet, basename="crisis")
    router.register("contexts", SurvivorContextViewSet, basename="survivor-context")
    router.register("harms", HarmViewSet, basename="harm")
    router.register("placements", PlacementViewSet, basename="placement")
    router.register("custodies", CustodyViewSet, basename="custody")
    router.register("papers", PaperViewSet, basename="paper")
    router.register("plans", PlanViewSet, basename="plan")
    router.register("goals", GoalViewSet, basename="goal")
    router.register("services", SupportServiceViewSet, basename="support-service")
    router.register("assessments", AssessmentViewSet, basename="assessment")
    router.register("conferences", ConferenceViewSet, basename="conference")
    router.register("duties", DutyViewSet, basename="duty")
    router.register("flags", FlagViewSet, basename="flag")
    router.register("tasks", TaskViewSet, basename="task")
    router.register("material-reports", MaterialViewSet, basename="material")
    router.register("consents", ConsentViewSet, basename="consent")
    router.register("erasures", ErasureViewSet, basename="erasure")
    router.register("legal-holds", HoldViewSet, basename="hold")
    router.register("copies", CopyViewSet, basename="copy")
    router.register("register-entries", RegisterEntryViewSet, basename="register-entry")
    router.register("legal-grounds", LegalGroundViewSet, basename="legalground")
