"""Who sees which case, and with it whom and what is written there."""

from cases.querysets.assessment import AssessmentQuerySet
from cases.querysets.care import (
    CustodyQuerySet,
    HarmRecordQuerySet,
    MaterialQuerySet,
    MaterialStepQuerySet,
    PlacementAddressQuerySet,
    PlacementQuerySet,
    PlacementReaderQuerySet,
    SurvivorContextQuerySet,
)
from cases.querysets.case import (
    VIEW,
    CaseQuerySet,
    GrantQuerySet,
    UserGrantQuerySet,
    hidden_case_ids,
    standing_case_ids,
    visible_case_ids,
)
from cases.querysets.closing import ClosureQuerySet, OfCaseQuerySet
from cases.querysets.conference import ConferenceQuerySet
from cases.querysets.consent import ConsentQuerySet, LegalGroundQuerySet
from cases.querysets.duty import DutyQuerySet
from cases.querysets.emergency import BreakGlassQuerySet
from cases.querysets.family import (
    HouseholdMemberQuerySet,
    HouseholdQuerySet,
    RelationshipLinkQuerySet,
)
from cases.querysets.flag import FlagQuerySet
from cases.querysets.note import (
    NoteDraftQuerySet,
    NoteMentionQuerySet,
    NoteQuerySet,
    NoteReaderQuerySet,
    kinds_at_l3,
)
from cases.querysets.paper import (
    PaperContentQuerySet,
    PaperFileQuerySet,
    PaperQuerySet,
    PaperWaitingQuerySet,
)
from cases.querysets.person import (
    IdentityCorrectionQuerySet,
    IdentityQuerySet,
    LegalStatusChangeQuerySet,
    ParticipantQuerySet,
    PersonQuerySet,
    PersonTokenQuerySet,
)
from cases.querysets.plan import PlanQuerySet
from cases.querysets.purpose import StatedPurposeQuerySet
from cases.querysets.rights import ErasureRequestQuerySet, LegalHoldQuerySet
from cases.querysets.safety import (
    ConflictBlockQuerySet,
    ContactAttemptQuerySet,
    ContactReadingQuerySet,
    CrisisFlagQuerySet,
    SafeContactQuerySet,
    SafetyPlanQuerySet,
)
from cases.querysets.sight import CoverQuerySet, RestrictionQuerySet
from cases.querysets.task import TaskQuerySet

__all__ = [
    "VIEW",
    "AssessmentQuerySet",
    "BreakGlassQuerySet",
    "CaseQuerySet",
    "ClosureQuerySet",
    "ConferenceQuerySet",
    "ConflictBlockQuerySet",
    "ConsentQuerySet",
    "ContactAttemptQuerySet",
    "ContactReadingQuerySet",
    "CoverQuerySet",
    "CrisisFlagQuerySet",
    "CustodyQuerySet",
    "DutyQuerySet",
    "ErasureRequestQuerySet",
    "FlagQuerySet",
    "GrantQuerySet",
    "HarmRecordQuerySet",
    "HouseholdMemberQuerySet",
    "HouseholdQuerySet",
    "IdentityCorrectionQuerySet",
    "IdentityQuerySet",
    "LegalGroundQuerySet",
    "LegalHoldQuerySet",
    "LegalStatusChangeQuerySet",
    "MaterialQuerySet",
    "MaterialStepQuerySet",
    "NoteDraftQuerySet",
    "NoteMentionQuerySet",
    "NoteQuerySet",
    "NoteReaderQuerySet",
    "OfCaseQuerySet",
    "PaperContentQuerySet",
    "PaperFileQuerySet",
    "PaperQuerySet",
    "PaperWaitingQuerySet",
    "ParticipantQuerySet",
    "PersonQuerySet",
    "PersonTokenQuerySet",
    "PlacementAddressQuerySet",
    "PlacementQuerySet",
    "PlacementReaderQuerySet",
    "PlanQuerySet",
    "RelationshipLinkQuerySet",
    "RestrictionQuerySet",
    "SafeContactQuerySet",
    "SafetyPlanQuerySet",
    "StatedPurposeQuerySet",
    "SurvivorContextQuerySet",
    "TaskQuerySet",
    "UserGrantQuerySet",
    "hidden_case_ids",
    "kinds_at_l3",
    "standing_case_ids",
    "visible_case_ids",
]
