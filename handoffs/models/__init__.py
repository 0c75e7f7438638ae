"""What leaves us, the keys it is sealed to, and the key it is signed with."""

from handoffs.models.emergency import EmergencyDisclosure
from handoffs.models.handoff import STEPS, Handoff, HandoffPackage, handoff_reference
from handoffs.models.keys import AgencyKey, ArchiveKey, SigningKey, WrappedKey

__all__ = [
    "STEPS",
    "AgencyKey",
    "ArchiveKey",
    "EmergencyDisclosure",
    "Handoff",
    "HandoffPackage",
    "SigningKey",
    "WrappedKey",
    "handoff_reference",
]
