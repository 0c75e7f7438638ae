"""Which column holds which field.

The official sheets carry machine names in a hidden first row and labels in the second, and the two
disagree (docs/htcds.md lists the faults). People type under what they see, so where both are known
and differ in the five address columns, **labels win**; anywhere else we ask rather than guess.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from referrals.htcds.errors import UnreadableFile
from referrals.htcds.fields import ADDRESS, FIELDS, Field
from referrals.htcds.text import folded

# Machine names the toolkit itself spells differently. `prs_First_Name`, `prs_Second_Name` and
# `vic_Methods_of_Control` of its survey form fold to the standard's names by themselves.
MISSPELT = "vic_TraffickinStatusDecisionMakingOrg"
NAME_FAULTS = {MISSPELT: "vic_TraffickingStatusDecisionMakingOrg"}
# The survey form labels the person's title "Second Name" too; there the machine name is right.
LABEL_FAULTS = {("prs_Title", folded("Second Name"))}
# The sheets leave this column without a machine name, between these two.
NAMELESS = "cas_ReasonForOutgoingReferral"
NAMELESS_BETWEEN = ("cas_ReferredPrimaryCaseWorker", "cas_OutgoingReferralDate")
# The order of machine names in the sheets, over Street, City, State/Province, Zip, Country.
LABELS_OF_ADDRESS = (
    "prs_MailingStreet",
    "prs_MailingCity",
    "prs_MailingState",
    "prs_MailingPostalCode",
    "prs_MailingCountry",
)
# What survey tools add about the form, and what our own rejects files add about the fault.
NAMELESS_HEADING = re.compile(r"no_heading_[A-Z]+")
# What our own export writes beside the standard: its mark, and codes of case and person.
EXPORT_COLUMNS = ("x_Export", "x_Case", "x_Person")
REJECT_COLUMNS = ("rejected_row", "rejected_columns", "rejected_because")
BOOKKEEPING = frozenset(
    {
        "start",
        "end",
        "today",
        "deviceid",
        "__version__",
        "instanceid",
        "instancename",
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "_submitted_by",
        "_tags",
        "_index",
        *REJECT_COLUMNS,
        *(name.casefold() for name in EXPORT_COLUMNS),
    }
)


class Role(StrEnum):
    """What a column is for."""

    FIELD = "field"
    ROW_NUMBER = "row number"
    NAMELESS = "nameless"
    BOOKKEEPING = "bookkeeping"
    IGNORED = "ignored"


class AddressColumns(StrEnum):
    """How to read the five address columns of an official sheet that lost its row of labels."""

    NAMES = "names"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file.

    Attributes:
        index: its place, from 0.
        letter: its place as a spreadsheet shows it.
        heading: the text above it that a person sees.
        role: what it is for.
        field: the HTCDS field, for `Role.FIELD`.
    """

    index: int
    letter: str
    heading: str
    role: Role
    field: Field | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """The columns, and how many rows they took."""

    columns: tuple[Column, ...]
    rows: int


def letter_of(index: int) -> str:
    """A, B, … Z, AA: column `index` (from 0) as a spreadsheet shows it."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_BY_NAME = {folded(name): name for name in FIELDS} | {
    folded(wrong): right for wrong, right in NAME_FAULTS.items()
}
_BY_LABEL: dict[str, set[str]] = defaultdict(set)
for _field in FIELDS.values():
    _BY_LABEL[folded(_field.label)].add(_field.name)


def by_name(text: str) -> str | None:
    """The field `text` names, in any of the toolkit's spellings; survey groups (`a/b`) are cut."""
    if "_" not in text:
        return None
    return _BY_NAME.get(folded(text.rpartition("/")[2]))


def by_label(text: str) -> frozenset[str]:
    """The fields that carry the label `text`: three for `Type`, `Longitude` and `Latitude`."""
    return frozenset(_BY_LABEL.get(folded(text), ()))


def recognised(cells: Sequence[str]) -> int:
    """How many of `cells` name a field, by name or label."""
    return sum(1 for text in cells if text and (by_name(text) or by_label(text)))


def read_header(
    first: Sequence[str],
    second: Sequence[str],
    *,
    ignore_unknown: bool = False,
    address_columns: AddressColumns | None = None,
) -> Header:
    """The columns that the first one or two rows announce.

    Args:
        first, second: the texts of the first two rows (`second` may be the first data row).
        ignore_unknown: leave out columns that HTCDS does not have, instead of refusing the file.
        address_columns: what to do with a sheet whose labels are gone, see `AddressColumns`.

    Raises:
        UnreadableFile: no field is named, unknown columns, one field twice, or a name and a label
            that mean different fields.
    """
    if not recognised(first):
        raise UnreadableFile(
            _(
                "The first row names no HTCDS field. Start from an official case sheet, or give "
                "the columns names such as prs_FirstName or cas_IncomingReferralDate."
            ),
            code="columns",
        )
    labelled = _is_label_row(second) and any(by_name(text) for text in first)
    width = max(len(first), len(second) if labelled else 0)
    names = _padded(first, width)
    labels = _padded(second, width) if labelled else [""] * width
    found = [_field_of(index, names[index], labels[index]) for index in range(width)]
    _settle_address(names, labels, found, address_columns)
    _settle_nameless(names, labels, found)
    _refuse_twice(found, names, labels)
    columns = tuple(
        _column(index, names[index], labels[index], found[index]) for index in range(width)
    )
    unknown = [column for column in columns if column.role is Role.IGNORED]
    if unknown and not ignore_unknown:
        raise UnreadableFile(
            _(
                "HTCDS 2.0 has no such columns: %(columns)s. Rename them to HTCDS names, remove "
                "them, or import again and choose to leave unknown columns out."
            )
            % {"columns": _listed(unknown)},
            code="unknown_columns",
        )
    return Header(columns, 2 if labelled else 1)


def _padded(cells: Sequence[str], width: int) -> list[str]:
    return [cells[index].strip() if index < len(cells) else "" for index in range(width)]


def _is_label_row(cells: Sequence[str]) -> bool:
    filled = [text for text in cells if text.strip()]
    return bool(filled) and 2 * sum(1 for text in filled if by_label(text)) > len(filled)


def _field_of(index: int, name: str, label: str) -> str | None:
    named = by_name(name) if name else None
    labels = by_label(label) if label else frozenset()
    if named is None and name and not labels:
        labels = by_label(name)  # a sheet with labels alone
    if named is None:
        if len(labels) > 1:
            raise UnreadableFile(
                _("Column %(column)s, “%(label)s”, can mean %(fields)s. Name it with one of these.")
                % {
                    "column": letter_of(index),
                    "label": label or name,
                    "fields": ", ".join(sorted(labels)),
                },
                code="columns",
            )
        return next(iter(labels), None)
    if not labels or named in labels or (named, folded(label)) in LABEL_FAULTS:
        return named
    if named in ADDRESS and len(labels) == 1 and next(iter(labels)) in ADDRESS:
        return next(iter(labels))  # labels win: people typed under what they saw
    raise UnreadableFile(
        _(
            "Column %(column)s is named %(name)s and labelled “%(label)s”, which is another field. "
            "Correct one of the two."
        )
        % {"column": letter_of(index), "name": named, "label": label},
        code="columns",
    )


def _settle_address(
    names: list[str],
    labels: list[str],
    found: list[str | None],
    chosen: AddressColumns | None,
) -> None:
    """Where the sheets' misplaced names stand without all their labels, ask."""
    named = [by_name(name) if name else None for name in names]
    for start in range(len(named) - len(ADDRESS) + 1):
        span = slice(start, start + len(ADDRESS))
        if tuple(named[span]) != ADDRESS:
            continue
        if all(labels[span]) and all(by_label(label) for label in labels[span]):
            return
        # The standard lists its fields in this order too: only a sheet's other marks tell.
        from_sheet = MISSPELT in names or any(not name for name in names[: start + len(ADDRESS)])
        if not from_sheet and not any(labels):
            return
        if chosen is AddressColumns.LABELS:
            found[span] = LABELS_OF_ADDRESS
        elif chosen is None:
            raise UnreadableFile(
                _(
                    "This looks like an official case sheet whose second row, the labels, is "
                    "missing or changed. The hidden names of columns %(first)s to %(last)s are "
                    "known to be wrong, so streets would land in the city. Put the labels back, or "
                    "say whether people typed by the names or by the labels."
                )
                % {"first": letter_of(start), "last": letter_of(start + len(ADDRESS) - 1)},
                code="address_columns",
            )
        return


def _settle_nameless(names: list[str], labels: list[str], found: list[str | None]) -> None:
    for index in range(1, len(found) - 1):
        if names[index] or labels[index] or found[index] or NAMELESS in found:
            continue
        if (found[index - 1], found[index + 1]) == NAMELESS_BETWEEN:
            found[index] = NAMELESS


def _refuse_twice(found: list[str | None], names: list[str], labels: list[str]) -> None:
    seen: dict[str, int] = {}
    for index, name in enumerate(found):
        if name is None:
            continue
        if name in seen:
            raise UnreadableFile(
                _("Columns %(first)s and %(second)s are both %(field)s. Keep one of them.")
                % {"first": letter_of(seen[name]), "second": letter_of(index), "field": name},
                code="columns",
            )
        seen[name] = index


def _column(index: int, name: str, label: str, field: str | None) -> Column:
    letter = letter_of(index)
    if field is not None:
        return Column(
            index, letter, label or name or FIELDS[field].label, Role.FIELD, FIELDS[field]
        )
    if (not name and not label) or NAMELESS_HEADING.fullmatch(name):
        return Column(index, letter, "", Role.ROW_NUMBER if index == 0 else Role.NAMELESS)
    if name.rpartition("/")[2].casefold() in BOOKKEEPING:
        return Column(index, letter, name, Role.BOOKKEEPING)
    return Column(index, letter, label or name, Role.IGNORED)


def _listed(columns: Sequence[Column]) -> str:
    shown = [f"{column.heading[:60]} ({column.letter})" for column in columns[:20]]
    if len(columns) > 20:
        shown.append("…")
    return ", ".join(shown)
