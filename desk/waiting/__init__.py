"""What can wait for somebody, a module for each part of the work.

A new kind of work stands on My work, in its numbers and in a list of its own by one `Kind` here.
"""

from desk.waiting import casework, court, handoffs, oversight, referrals, rights
from desk.waiting.kind import Kind, Waiting

# In the order of the numbers on the page.
KINDS: tuple[Kind, ...] = (
    *casework.KINDS,
    *referrals.KINDS,
    *handoffs.KINDS,
    *court.KINDS,
    *rights.KINDS,
    *oversight.KINDS,
)

__all__ = ["KINDS", "Kind", "Waiting"]
