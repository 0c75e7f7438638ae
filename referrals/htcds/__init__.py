"""Reading case sheets of the Human Trafficking Case Data Standard 2.0 (IOM, CC BY 4.0).

`open_case_sheet` takes a binary file and gives typed, checked rows; `row_digest` tells the same row
again; `RejectsWriter` hands back what could not be taken. Nothing here knows a table of ours.
"""

from referrals.htcds.errors import CellError, UnreadableFile
from referrals.htcds.header import AddressColumns, Column
from referrals.htcds.reader import MAX_BYTES, MAX_ROWS, CaseSheet, open_case_sheet
from referrals.htcds.rejects import RejectsWriter
from referrals.htcds.rows import HtcdsRow, row_digest

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "AddressColumns",
    "CaseSheet",
    "CellError",
    "Column",
    "HtcdsRow",
    "RejectsWriter",
    "UnreadableFile",
    "open_case_sheet",
    "row_digest",
]
