"""What leaves us, the keys it is sealed to, and the key it is signed with."""

from handoffs.models.emergency import EmergencyDisclosure
from handoffs.models.exports import ALONE_UP_TO, EXPORT_STEPS, CaseExport, ExportFile
from handoffs.models.handoff import STEPS, Handoff, HandoffPackage, handoff_reference
from handoffs.models.keys import AgencyKey, ArchiveKey, SigningKey, WrappedKey

__all__ = [
    "ALONE_UP_TO",
    "EXPORT_STEPS",
    "STEPS",
    "AgencyKey",
    "ArchiveKey",
    "CaseExport",
    "EmergencyDisclosure",
    "ExportFile",
    "Handoff",
    "HandoffPackage",
    "SigningKey",
    "WrappedKey",
    "handoff_reference",
]
