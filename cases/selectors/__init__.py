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
from cases.selectors.drafts import WaitingDraft, drafts_of, notes_to_read
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
from cases.selectors.note_search import Found, Hit, search_notes
from cases.selectors.person import (
    CIRCLES,
    IDENTITY_LABELS,
    Circle,
    identity_facts,
    people_of,
    people_to_name,
    person_facts,
)

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
    "Found",
    "Hit",
    "LiveEmergency",
    "NextStep",
    "NotePart",
    "Seer",
    "ShownNote",
    "WaitingDraft",
    "case_head",
    "colleagues_on",
    "counts_of",
    "drafts_of",
    "everybody_of",
    "family_of",
    "homes_of",
    "identity_facts",
    "law_of",
    "live_emergencies",
    "next_steps",
    "notes_of",
    "notes_to_read",
    "people_of",
    "people_to_name",
    "person_facts",
    "search_notes",
    "show_notes",
    "ties_of",
    "unreadable_in",
    "who_sees",
]
