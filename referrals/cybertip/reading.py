"""What is taken of a CyberTipline report, and how much was left out (domain.md 2.4).

Taken: incident type, annotations, incident date, platform, estimated countries, whether it was
escalated. The systems of the police hold the rest. What is left out is counted, never kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from lxml import etree

from referrals.choices import IncidentType, Platform, TipAnnotation
from referrals.cybertip.errors import BadReport
from referrals.cybertip.platforms import platform_of
from referrals.cybertip.shape import ROOT, element_names, schema
from referrals.htcds.countries import COUNTRIES
from referrals.plausible import is_plausible, out_of_range
from referrals.safe_xml import BadXml, parse_xml

MAX_BYTES = 2 << 20
# Their words, which the law they report under still uses → our codes.
INCIDENT_TYPES = {
    "Child Pornography (possession, manufacture, and distribution)": IncidentType.CSAM,
    "Child Sex Trafficking": IncidentType.TRAFFICKING,
    "Child Sex Tourism": IncidentType.TRAVEL_AND_TOURISM,
    "Child Sexual Molestation": IncidentType.CONTACT_ABUSE,
    "Misleading Domain Name": IncidentType.MISLEADING_DOMAIN,
    "Misleading Words or Digital Images on the Internet": IncidentType.MISLEADING_WORDS,
    "Online Enticement of Children for Sexual Acts": IncidentType.GROOMING,
    "Unsolicited Obscene Material Sent to a Child": IncidentType.UNSOLICITED_MATERIAL,
}
ANNOTATIONS = {
    "sextortion": TipAnnotation.SEXUAL_EXTORTION,
    "csamSolicitation": TipAnnotation.SOLICITATION,
    "minorToMinorInteraction": TipAnnotation.BETWEEN_CHILDREN,
    "spam": TipAnnotation.SPAM,
    "sadisticOnlineExploitation": TipAnnotation.SADISTIC,
}
_SUMMARY = "incidentSummary"
_WHOSE = {
    "personOrUserReported": "reported_countries",
    "intendedRecipient": "recipient_countries",
    "victim": "victim_countries",
}


@dataclass(frozen=True, slots=True)
class CyberTipReport:
    """The facts of one report.

    Attributes:
        incident_type: a code of `IncidentType`.
        annotations: codes of `TipAnnotation`.
        incident_at: when it happened, as the platform says.
        platform: a code of `Platform`; empty when the report names none.
        platform_words: what it calls one that we do not know, to be sealed; empty where that could
            be an address, an account or a number.
        reported_countries, recipient_countries, victim_countries: as the platform estimates, of
            the reported account, of whom it wrote to, and of the child; ISO 3166 alpha-2.
        escalated: the platform sees an immediate risk to a child.
        left_out: how many filled fields were not taken.
        canonical: the whole report in canonical form, to make a keyed digest of; not kept.
    """

    incident_type: str
    annotations: tuple[str, ...]
    incident_at: datetime
    platform: str
    platform_words: str
    reported_countries: tuple[str, ...]
    recipient_countries: tuple[str, ...]
    victim_countries: tuple[str, ...]
    escalated: bool
    left_out: int
    canonical: bytes


def read_report(data: bytes) -> CyberTipReport:
    """Check a report against the schema and take what is taken.

    Raises:
        BadReport: with line and element, without what stood there.
    """
    root = _checked(data)
    taken: set[etree._Element] = set()
    summary = root.find(_SUMMARY)
    if summary is None:
        raise BadReport(_("This report has no summary of the incident."), element=_SUMMARY)
    countries = {field: _countries(root, whose, taken) for whose, field in _WHOSE.items()}
    annotations = summary.find("reportAnnotations")
    for found in annotations if annotations is not None else ():
        taken.add(found)
    platform, platform_words = _platform(summary, taken)
    escalated = summary.find("escalateToHighPriority")
    if escalated is not None:
        taken.add(escalated)
    return CyberTipReport(
        incident_type=INCIDENT_TYPES[_text(summary, "incidentType", taken)].value,
        annotations=tuple(
            code.value
            for name, code in ANNOTATIONS.items()
            if annotations is not None and annotations.find(name) is not None
        ),
        incident_at=_moment(summary, taken),
        platform=platform,
        platform_words=platform_words,
        **countries,
        # An empty element escalates nothing: the platform gives its reason there.
        escalated=escalated is not None and bool((escalated.text or "").strip()),
        left_out=_left_out(root, taken),
        canonical=etree.tostring(root, method="c14n"),
    )


def _checked(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise BadReport(_("This report is larger than 2 MB, which no report is. It was not read."))
    try:
        root = parse_xml(data)
    except BadXml as bad:
        if bad.own_document_type:
            raise BadReport(
                _(
                    "This file defines its own document type or entities, which no report does and "
                    "attacks are made of. It was not read."
                ),
                line=bad.line,
            ) from None
        raise BadReport(
            _("This is not well-formed XML. Get the report again from where it came."),
            line=bad.line,
        ) from None
    if root.tag == "fileDetails":
        raise BadReport(
            _("These are details about a file, which are not taken. Choose the report itself."),
            line=root.sourceline or 0,
            element="fileDetails",
        )
    if root.tag != ROOT:
        raise BadReport(
            _("This XML is not a CyberTipline report: it should begin with <report>."), line=1
        )
    checker = schema()
    if not checker.validate(root):
        raise _fault(checker.error_log[0])
    return root


def _fault(error: etree._LogEntry) -> BadReport:
    """The first fault. The message of libxml2 quotes values, so it is not passed on."""
    # A name that no report has may be anything: the nearest known one around it is named.
    path = re.sub(r"\[\d+\]", "", error.path or "").split("/")
    element = next((name for name in reversed(path) if name in element_names()), "")
    if error.type_name == "SCHEMAV_ELEMENT_CONTENT":
        message = _(
            "This element does not belong here by the published schema, or one before it is "
            "missing."
        )
    elif "ATTRIBUTE" in error.type_name or "CVC_COMPLEX_TYPE_4" in error.type_name:
        message = _("An attribute here is missing or does not follow the published schema.")
    else:
        message = _("What stands here does not follow the published schema.")
    return BadReport(message, line=error.line, element=element)


def _text(parent: etree._Element, name: str, taken: set[etree._Element]) -> str:
    found = parent.find(name)
    if found is None:
        return ""
    taken.add(found)
    return (found.text or "").strip()


def _moment(summary: etree._Element, taken: set[etree._Element]) -> datetime:
    told = _text(summary, "incidentDateTime", taken)
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise _bad_moment(summary, _("This moment is none that a calendar has.")) from None
    if not is_plausible(moment.date()):
        raise _bad_moment(summary, out_of_range())
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _bad_moment(summary: etree._Element, message: str) -> BadReport:
    where = summary.find("incidentDateTime")
    line = where.sourceline or 0 if where is not None else 0
    return BadReport(message, line=line, element="incidentDateTime")


def _platform(summary: etree._Element, taken: set[etree._Element]) -> tuple[str, str]:
    found = summary.find("platform")
    if found is None:
        return "", ""
    code, words = platform_of(found.text or "")
    if words or code != Platform.OTHER:
        taken.add(found)
    return code, words


def _countries(root: etree._Element, whose: str, taken: set[etree._Element]) -> tuple[str, ...]:
    """Codes that are countries; the list of the interface also has proxies and regions."""
    found = []
    for code in root.iterfind(f"{whose}/estimatedLocation/countryCode"):
        if code.text in COUNTRIES:
            taken.add(code)
            found.append(str(code.text))
    return tuple(dict.fromkeys(found))


def _left_out(root: etree._Element, taken: set[etree._Element]) -> int:
    """Filled elements and attributes that were not taken."""
    return sum(
        len(element.attrib) + (len(element) == 0 and bool((element.text or "").strip()))
        for element in root.iter()
        if element not in taken
    )
