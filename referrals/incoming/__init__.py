"""What reaches us in files, whatever their form: opened as entries that become referrals.

`open_incoming` takes a format and documents and gives an `Incoming`. Nothing here writes.
"""

from referrals.incoming.base import Document, Entry, Incoming, Meaning, RejectsFile
from referrals.incoming.opening import Options, open_incoming, open_waiting

__all__ = [
    "Document",
    "Entry",
    "Incoming",
    "Meaning",
    "Options",
    "RejectsFile",
    "open_incoming",
    "open_waiting",
]
