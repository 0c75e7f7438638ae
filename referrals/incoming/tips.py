"""CyberTipline reports as incoming files: one report a document."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any, TextIO

from django.utils.translation import gettext as _

from core.choices import YesNoUnknown
from referrals.choices import HarmType, IncidentType, SourceCategory, TipAnnotation
from referrals.cybertip import BadReport, CyberTipReport, read_report
from referrals.cybertip.reading import MAX_BYTES
from referrals.htcds.errors import CellError
from referrals.incoming.base import Document, Incoming, Meaning, pieces
from referrals.incoming.faults import FaultsFile
from referrals.incoming.tip_numbers import number_in

_DIGEST_OF = b"liwanag cybertip 1\x00"
# The least that each type tells of. What else a report may mean, the desk decides.
_HARMS = {
    IncidentType.CSAM: HarmType.CSAM_POSSESSION,
    IncidentType.TRAFFICKING: HarmType.EXPLOITATION_IN_PROSTITUTION,
    IncidentType.TRAVEL_AND_TOURISM: HarmType.TRAVEL_AND_TOURISM,
    IncidentType.CONTACT_ABUSE: HarmType.CONTACT_ABUSE,
    IncidentType.GROOMING: HarmType.GROOMING,
    IncidentType.UNSOLICITED_MATERIAL: HarmType.UNSOLICITED_MATERIAL,
}


@dataclass(slots=True)
class Tip:
    """One document: the facts of the report in it, or what is wrong with it.

    Attributes:
        reference: the number of the report; empty where nothing says it.
        digest: of the whole report, where the report itself is gone.
    """

    number: int
    name: str
    report: CyberTipReport | None
    errors: list[CellError] = field(default_factory=list)
    reference: str = ""
    digest: bytes = b""


class IncomingTips(Incoming):
    """Reports of the CyberTipline, as they were sent."""

    kind = "xml"
    number_kind = SourceCategory.NCMEC_CYBERTIP.value

    def __init__(self, documents: Sequence[Document], *, report_number: str = "") -> None:
        """
        Args:
            documents: a report each.
            report_number: of the only document, where its name does not tell it.
        """
        self._documents = documents
        self._given = report_number.strip() if len(documents) == 1 else ""
        self.filled = len(documents)

    def entries(self) -> Iterator[Tip]:
        for document in self._documents:
            document.file.seek(0)
            yield self._read(document)

    def digest(self, entry: Tip, key: bytes) -> bytes:
        return hmac.digest(key, _DIGEST_OF + _of(entry).canonical, hashlib.sha256)

    def reference(self, entry: Tip) -> str:
        return entry.reference

    def withheld(self, entry: Tip) -> int:
        return _of(entry).left_out

    def meaning(self, entry: Tip, *, today: date) -> Meaning:
        report = _of(entry)
        return Meaning(
            received_on=None,
            source_name="",
            country=report.victim_countries[0] if report.victim_countries else "",
            admin1="",
            harm_types=_harms(report),
            children_estimate=None,
            source_category=SourceCategory.NCMEC_CYBERTIP,
            source_reference=self.reference(entry),
            # The platform says there that it sees an immediate risk to a child.
            immediate_danger=YesNoUnknown.YES if report.escalated else YesNoUnknown.UNKNOWN,
            tip={
                "incident_type": report.incident_type,
                "annotations": list(report.annotations),
                "incident_at": report.incident_at,
                "platform": report.platform,
                "platform_words": report.platform_words,
                "reported_countries": list(report.reported_countries),
                "recipient_countries": list(report.recipient_countries),
                "victim_countries": list(report.victim_countries),
                "escalated": report.escalated,
                "left_out": report.left_out,
            },
        )

    def rejects(self, file: TextIO) -> FaultsFile:
        return FaultsFile(file)

    def content(self) -> Iterator[bytes]:
        for document in self._documents:
            yield from pieces(document.file)

    def until_read(self, key: bytes) -> Iterator[tuple[str, bytes]]:
        """Of each report its facts alone: what must never be stored is not stored for a minute."""
        for entry in self.entries():
            if entry.report is None:
                yield entry.name, _as_json(faults=[asdict(fault) for fault in entry.errors])
                continue
            facts = asdict(replace(entry.report, canonical=b""))
            del facts["canonical"]
            facts["incident_at"] = entry.report.incident_at.isoformat()
            digest = self.digest(entry, key).hex()
            # The name said its number, and is of no more use.
            yield "", _as_json(facts=facts, digest=digest, reference=entry.reference)

    def _read(self, document: Document) -> Tip:
        try:
            report = read_report(document.file.read(MAX_BYTES + 1))
        except BadReport as bad:
            where = _("line %(line)d") % {"line": bad.line} if bad.line else ""
            fault = CellError(document.number, where, bad.element, bad.message)
            return Tip(document.number, document.name, None, [fault])
        reference = self._given or number_in(document.name)
        return Tip(document.number, document.name, report, reference=reference)


class ReducedTips(IncomingTips):
    """The facts of reports that were read when they were brought (`IncomingTips.until_read`)."""

    def digest(self, entry: Tip, key: bytes) -> bytes:
        return entry.digest

    def _read(self, document: Document) -> Tip:
        kept = json.loads(document.file.read())
        if "faults" in kept:
            faults = [CellError(**fault) for fault in kept["faults"]]
            return Tip(document.number, document.name, None, faults)
        facts: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in kept["facts"].items()
        }
        facts["incident_at"] = datetime.fromisoformat(facts["incident_at"])
        return Tip(
            document.number,
            document.name,
            CyberTipReport(**facts, canonical=b""),
            reference=kept["reference"],
            digest=bytes.fromhex(kept["digest"]),
        )


def _as_json(**kept: Any) -> bytes:
    return json.dumps(kept, separators=(",", ":")).encode()


def _of(entry: Tip) -> CyberTipReport:
    if entry.report is None:
        raise ValueError("a report with faults says nothing")
    return entry.report


def _harms(report: CyberTipReport) -> list[str]:
    harms = [_HARMS.get(IncidentType(report.incident_type), HarmType.UNKNOWN)]
    if TipAnnotation.SEXUAL_EXTORTION in report.annotations:
        harms.append(HarmType.SEXUAL_EXTORTION)
    if TipAnnotation.SOLICITATION in report.annotations:
        harms.append(HarmType.GROOMING)
    return [harm.value for harm in dict.fromkeys(harms)]
