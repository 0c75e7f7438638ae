"""Shapes and validation of what is typed into a case."""

from cases.forms.case import AssessRiskForm, AssignTeamForm, ChangeStageForm, OpenCaseForm
from cases.forms.emergency import BreakGlassForm
from cases.forms.family import (
    ChangeLegalStatusForm,
    GiveRoleForm,
    JoinHouseholdForm,
    LeaveHouseholdForm,
    LinkPeopleForm,
)
from cases.forms.inputs import (
    CHOOSE_ONE,
    LOCAL_MOMENT,
    Choices,
    DayInput,
    MomentInput,
    VersionedForm,
)
from cases.forms.note import WriteNoteForm
from cases.forms.person import AddPersonForm, ShowIdentityForm
from cases.forms.rights import PlaceHoldForm, RefuseErasureForm, RequestErasureForm

__all__ = [
    "CHOOSE_ONE",
    "LOCAL_MOMENT",
    "AddPersonForm",
    "AssessRiskForm",
    "AssignTeamForm",
    "BreakGlassForm",
    "ChangeLegalStatusForm",
    "ChangeStageForm",
    "Choices",
    "DayInput",
    "GiveRoleForm",
    "JoinHouseholdForm",
    "LeaveHouseholdForm",
    "LinkPeopleForm",
    "MomentInput",
    "OpenCaseForm",
    "PlaceHoldForm",
    "RefuseErasureForm",
    "RequestErasureForm",
    "ShowIdentityForm",
    "VersionedForm",
    "WriteNoteForm",
]
