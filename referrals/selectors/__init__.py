"""Page-shaped reads of the referral desk."""

from referrals.selectors.history import history_of
from referrals.selectors.page import (
    Can,
    ReferralPage,
    referral_page,
    subject_facts,
    unreadable_of,
    what_can_be_done,
)
from referrals.selectors.queue import (
    CHIPS,
    SEALED,
    QueueRow,
    assignable,
    deciders,
    queue,
    queue_rows,
    source_words,
    with_names,
    with_seen_case,
)

__all__ = [
    "CHIPS",
    "SEALED",
    "Can",
    "QueueRow",
    "ReferralPage",
    "assignable",
    "deciders",
    "history_of",
    "queue",
    "queue_rows",
    "referral_page",
    "source_words",
    "subject_facts",
    "unreadable_of",
    "what_can_be_done",
    "with_names",
    "with_seen_case",
]
