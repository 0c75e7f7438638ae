"""Shapes and validation of what is typed into a case."""

from cases.forms.assessment import AssessForm
from cases.forms.case import (
    AssessRiskForm,
    AssignTeamForm,
    ChangeStageForm,
    MoveJusticeTrackForm,
    OpenCaseForm,
)
from cases.forms.conference import HoldConferenceForm
from cases.forms.duty import ConfirmReceiptForm, NoteDutyForm, ReportDutyForm, WaiveDutyForm
from cases.forms.emergency import BreakGlassForm
from cases.forms.family import (
    ChangeLegalStatusForm,
    ChangeLinkForm,
    GiveRoleForm,
    JoinHouseholdForm,
    LeaveHouseholdForm,
    LinkPeopleForm,
)
from cases.forms.flag import LowerFlagForm, RaiseFlagForm, ReviewFlagForm
from cases.forms.harm import (
    ChangeHarmForm,
    EndPlacementForm,
    MaterialStepForm,
    NamePlacementReaderForm,
    PlacePersonForm,
    RecordCustodyForm,
    RecordHarmForm,
    ReportMaterialForm,
    SurvivorContextForm,
)
from cases.forms.inputs import (
    CHOOSE_ONE,
    LOCAL_MOMENT,
    Choices,
    DayInput,
    MomentInput,
)
from cases.forms.note import ChangeLevelForm, SearchNotesForm, WriteNoteForm
from cases.forms.paper import (
    CopyOutForm,
    DestroyPaperForm,
    KeepPaperForm,
    MoveOriginalForm,
    RegisterPaperForm,
)
from cases.forms.person import (
    AddPersonForm,
    CorrectIdentityForm,
    RecordNeedsForm,
    ShowIdentityForm,
)
from cases.forms.plan import (
    AddActionForm,
    AddGoalForm,
    AskServiceForm,
    EndGoalForm,
    MoveServiceForm,
    ReturnPlanForm,
    ReviewPlanForm,
    SubmitPlanForm,
)
from cases.forms.purpose import OpenManyForm, StatePurposeForm
from cases.forms.rights import (
    AskForErasureForm,
    PlaceHoldForm,
    RefuseErasureForm,
    RequestErasureForm,
)
from cases.forms.safety import (
    DeclareConflictForm,
    EndContactForm,
    LiftConflictForm,
    LowerCrisisForm,
    PlanContactForm,
    RaiseCrisisForm,
    SetSafeContactForm,
    WriteSafetyPlanForm,
)
from cases.forms.task import CancelTaskForm, FinishTaskForm, HandTaskForm, SetTaskForm

__all__ = [
    "CHOOSE_ONE",
    "LOCAL_MOMENT",
    "AddActionForm",
    "AddGoalForm",
    "AddPersonForm",
    "AskForErasureForm",
    "AskServiceForm",
    "AssessForm",
    "AssessRiskForm",
    "AssignTeamForm",
    "BreakGlassForm",
    "CancelTaskForm",
    "ChangeHarmForm",
    "ChangeLegalStatusForm",
    "ChangeLevelForm",
    "ChangeLinkForm",
    "ChangeStageForm",
    "Choices",
    "ConfirmReceiptForm",
    "CopyOutForm",
    "CorrectIdentityForm",
    "DayInput",
    "DeclareConflictForm",
    "DestroyPaperForm",
    "EndContactForm",
    "EndGoalForm",
    "EndPlacementForm",
    "FinishTaskForm",
    "GiveRoleForm",
    "HandTaskForm",
    "HoldConferenceForm",
    "JoinHouseholdForm",
    "KeepPaperForm",
    "LeaveHouseholdForm",
    "LiftConflictForm",
    "LinkPeopleForm",
    "LowerCrisisForm",
    "LowerFlagForm",
    "MaterialStepForm",
    "MomentInput",
    "MoveJusticeTrackForm",
    "MoveOriginalForm",
    "MoveServiceForm",
    "NamePlacementReaderForm",
    "NoteDutyForm",
    "OpenCaseForm",
    "OpenManyForm",
    "PlaceHoldForm",
    "PlacePersonForm",
    "PlanContactForm",
    "RaiseCrisisForm",
    "RaiseFlagForm",
    "RecordCustodyForm",
    "RecordHarmForm",
    "RecordNeedsForm",
    "RefuseErasureForm",
    "RegisterPaperForm",
    "ReportDutyForm",
    "ReportMaterialForm",
    "RequestErasureForm",
    "ReturnPlanForm",
    "ReviewFlagForm",
    "ReviewPlanForm",
    "SearchNotesForm",
    "SetSafeContactForm",
    "SetTaskForm",
    "ShowIdentityForm",
    "StatePurposeForm",
    "SubmitPlanForm",
    "SurvivorContextForm",
    "VersionedForm",
    "WaiveDutyForm",
    "WriteNoteForm",
    "WriteSafetyPlanForm",
]
