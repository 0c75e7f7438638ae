"""XML from outside: no document type, no entities, no network, a limit on size and depth."""

from __future__ import annotations

from typing import NoReturn
from xml.parsers import expat

from lxml import etree

MOST_DEPTH = 64
MOST_ELEMENTS = 100_000


class BadXml(Exception):
    """Not XML that is read here.

    Attributes:
        line: where, from 1; 0 where there is no telling.
        own_document_type: it declares one, the door to entity attacks, and was not read further.
    """

    def __init__(self, line: int, *, own_document_type: bool = False) -> None:
        super().__init__("bad XML")
        self.line = line
        self.own_document_type = own_document_type


def parse_xml(data: bytes) -> etree._Element:
    """The root of a document without a document type.

    It is walked first by a parser that stops at the first sign of a document type, at too many
    elements and at too deep ones, so that nothing is built of a bomb; then built with entities,
    DTDs and the network off all the same.

    Raises:
        BadXml: with the line.
    """
    _walk(data)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadXml(error.lineno or 0) from None


def _walk(data: bytes) -> None:
    parser = expat.ParserCreate()
    depth = elements = 0

    def refuse(*_ignored: object) -> NoReturn:
        raise BadXml(parser.CurrentLineNumber, own_document_type=True)

    def start(_name: str, _attributes: object) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if depth > MOST_DEPTH or elements > MOST_ELEMENTS:
            raise BadXml(parser.CurrentLineNumber)

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise BadXml(error.lineno) from None
    except (LookupError, ValueError):  # an encoding nobody here knows
        raise BadXml(1) from None
