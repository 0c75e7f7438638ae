"""What the courts did, and the law they did it by."""

from courts.models.appeal import Appeal, AppealRuling
from courts.models.charge import Charge, Verdict
from courts.models.hearing import CalendarFeed, Hearing, HearingAttendance
from courts.models.law import GENERIC, ProcedureStep, Statute, StepEdge
from courts.models.operation import (
    Operation,
    OperationOutcome,
    PlannedOperation,
    PlannedOperationMember,
    operation_reference,
)
from courts.models.proceeding import Proceeding, StageChange, proceeding_reference
from courts.models.sentence import CompensationAward, ReleaseWish, Sentence

__all__ = [
    "GENERIC",
    "Appeal",
    "AppealRuling",
    "CalendarFeed",
    "Charge",
    "CompensationAward",
    "Hearing",
    "HearingAttendance",
    "Operation",
    "OperationOutcome",
    "PlannedOperation",
    "PlannedOperationMember",
    "ProcedureStep",
    "Proceeding",
    "ReleaseWish",
    "Sentence",
    "StageChange",
    "Statute",
    "StepEdge",
    "Verdict",
    "operation_reference",
    "proceeding_reference",
]
