"""Shapes and validation of what is typed into a case."""

from cases.forms.case import AssessRiskForm, AssignTeamForm, ChangeStageForm, OpenCaseForm
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
from cases.forms.person import AddPersonForm, ShowIdentityForm
from cases.forms.purpose import StatePurposeForm
from cases.forms.rights import PlaceHoldForm, RefuseErasureForm, RequestErasureForm
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
    "AddPersonForm",
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
    "DayInput",
    "DeclareConflictForm",
    "DestroyPaperForm",
    "EndContactForm",
    "EndPlacementForm",
    "FinishTaskForm",
    "GiveRoleForm",
    "HandTaskForm",
    "JoinHouseholdForm",
    "KeepPaperForm",
    "LeaveHouseholdForm",
    "LiftConflictForm",
    "LinkPeopleForm",
    "LowerCrisisForm",
    "MaterialStepForm",
    "MomentInput",
    "MoveOriginalForm",
    "NamePlacementReaderForm",
    "NoteDutyForm",
    "OpenCaseForm",
    "PlaceHoldForm",
    "PlacePersonForm",
    "PlanContactForm",
    "RaiseCrisisForm",
    "RecordCustodyForm",
    "RecordHarmForm",
    "RefuseErasureForm",
    "RegisterPaperForm",
    "ReportDutyForm",
    "ReportMaterialForm",
    "RequestErasureForm",
    "SearchNotesForm",
    "SetSafeContactForm",
    "SetTaskForm",
    "ShowIdentityForm",
    "StatePurposeForm",
    "SurvivorContextForm",
    "VersionedForm",
    "WaiveDutyForm",
    "WriteNoteForm",
    "WriteSafetyPlanForm",
]
