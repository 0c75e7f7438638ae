"""The case file: a case, the people in it, and what was written down."""

from cases.models.assessment import Assessment
from cases.models.care import (
    Custody,
    Placement,
    PlacementAddress,
    PlacementReader,
)
from cases.models.case import (
    OPEN_STAGES,
    STAGE_STEPS,
    Case,
    CaseGroupObjectPermission,
    CaseUserObjectPermission,
    Grant,
    case_reference,
)
from cases.models.closing import CaseClosure, CaseReopening, ClosureAnswer
from cases.models.conference import CaseConference, ConferenceDecision, ConferenceSeat
from cases.models.conflict import ConflictBlock
from cases.models.consent import Consent, LegalGround, ground_reference
from cases.models.copies import SubjectCopy
from cases.models.duty import ReportDuty
from cases.models.emergency import BreakGlass
from cases.models.family import (
    Household,
    HouseholdMember,
    RelationshipLink,
)
from cases.models.flag import CaseFlag
from cases.models.harm import (
    HarmRecord,
    SurvivorContext,
)
from cases.models.material import (
    MaterialFound,
    MaterialStepTaken,
)
from cases.models.note import CaseNote, NoteDraft, NoteMention, NoteReader, key_owner
from cases.models.paper import Paper
from cases.models.paper_file import PaperContent, PaperFile, PaperWaiting
from cases.models.person import (
    CaseParticipant,
    IdentityCorrection,
    LegalStatusChange,
    Person,
    PersonIdentity,
    survivor_code,
)
from cases.models.person_token import PersonToken
from cases.models.plan import CasePlan, PlanGoal, PlanReview, SupportService
from cases.models.purpose import StatedPurpose
from cases.models.register import RegisterEntry, RegisterVersion
from cases.models.retention import RetentionReview
from cases.models.rights import ErasureRequest, LegalHold
from cases.models.safety import (
    ContactAttempt,
    ContactReading,
    CrisisFlag,
    SafeContact,
    SafetyPlan,
)
from cases.models.sight import CaseLead, CaseRestriction, LeaveCover, RestrictionMember
from cases.models.task import CaseTask

__all__ = [
    "OPEN_STAGES",
    "STAGE_STEPS",
    "Assessment",
    "BreakGlass",
    "Case",
    "CaseClosure",
    "CaseConference",
    "CaseFlag",
    "CaseGroupObjectPermission",
    "CaseLead",
    "CaseNote",
    "CaseParticipant",
    "CasePlan",
    "CaseReopening",
    "CaseRestriction",
    "CaseTask",
    "CaseUserObjectPermission",
    "ClosureAnswer",
    "ConferenceDecision",
    "ConferenceSeat",
    "ConflictBlock",
    "Consent",
    "ContactAttempt",
    "ContactReading",
    "CrisisFlag",
    "Custody",
    "ErasureRequest",
    "Grant",
    "HarmRecord",
    "Household",
    "HouseholdMember",
    "IdentityCorrection",
    "LeaveCover",
    "LegalGround",
    "LegalHold",
    "LegalStatusChange",
    "MaterialFound",
    "MaterialStepTaken",
    "NoteDraft",
    "NoteMention",
    "NoteReader",
    "Paper",
    "PaperContent",
    "PaperFile",
    "PaperWaiting",
    "Person",
    "PersonIdentity",
    "PersonToken",
    "Placement",
    "PlacementAddress",
    "PlacementReader",
    "PlanGoal",
    "PlanReview",
    "RegisterEntry",
    "RegisterVersion",
    "RelationshipLink",
    "ReportDuty",
    "RestrictionMember",
    "RetentionReview",
    "SafeContact",
    "SafetyPlan",
    "StatedPurpose",
    "SubjectCopy",
    "SupportService",
    "SurvivorContext",
    "case_reference",
    "ground_reference",
    "key_owner",
    "survivor_code",
]
