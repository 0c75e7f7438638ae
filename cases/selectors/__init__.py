"""Page-shaped reads of the case file."""

from cases.selectors.access import Seer, colleagues_on, who_sees
from cases.selectors.case import (
    AT_RISK,
    CLOSED,
    FILTERS,
    MOST_INITIALS,
    CaseHead,
    Counts,
    NextStep,
    case_head,
    counts_of,
    next_steps,
)
from cases.selectors.emergency import LiveEmergency, live_emergencies
from cases.selectors.family import (
    Family,
    everybody_of,
    family_of,
    homes_of,
    law_of,
    ties_of,
)
from cases.selectors.note import (
    PART_LABELS,
    NotePart,
    ShownNote,
    notes_of,
    show_notes,
    unreadable_in,
)
from cases.selectors.person import (
    CIRCLES,
    IDENTITY_LABELS,
    Circle,
    identity_facts,
    people_of,
    person_facts,
)
from cases.selectors.rights import erasure_facts, is_held, receipt_facts

__all__ = [
    "AT_RISK",
    "CIRCLES",
    "CLOSED",
    "FILTERS",
    "IDENTITY_LABELS",
    "MOST_INITIALS",
    "PART_LABELS",
    "CaseHead",
    "Circle",
    "Counts",
    "Family",
    "LiveEmergency",
    "NextStep",
    "NotePart",
    "Seer",
    "ShownNote",
    "case_head",
    "colleagues_on",
    "counts_of",
    "erasure_facts",
    "everybody_of",
    "family_of",
    "homes_of",
    "identity_facts",
    "is_held",
    "law_of",
    "live_emergencies",
    "next_steps",
    "notes_of",
    "people_of",
    "person_facts",
    "receipt_facts",
    "show_notes",
    "ties_of",
    "unreadable_in",
    "who_sees",
]
