"""From `report.shape` to a schema that libxml2 checks with.

The published schema states no licence, so its text is not part of this product. What a report is
made of are facts of the interface; they stand in a notation of our own and become a schema here.
A test compares the two wherever the published one is at hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from lxml import etree

SHAPE = Path(__file__).with_name("report.shape")
ROOT = "report"
_XS = "http://www.w3.org/2001/XMLSchema"
_PLAIN = frozenset({"string", "boolean", "date", "dateTime", "int", "long", "double"})
_OFTEN = {"?": ("0", "1"), "*": ("0", "unbounded"), "+": ("1", "unbounded")}


@dataclass(frozen=True)
class Kind:
    """One kind of the notation.

    Attributes:
        name: its name.
        form: `sequence`, `all`, `choice`, `text` or `codes`.
        base: what a text is, in the words of XML Schema.
        parts: its lines, as they stand.
    """

    name: str
    form: str
    base: str = ""
    parts: list[str] = field(default_factory=list)


@cache
def schema() -> etree.XMLSchema:
    """The schema of a report."""
    root = etree.Element(f"{{{_XS}}}schema", nsmap={"xs": _XS}, elementFormDefault="qualified")
    _add(root, "element", name=ROOT, type=ROOT)
    for kind in kinds():
        _write(root, kind)
    return etree.XMLSchema(etree=root)


@cache
def element_names() -> frozenset[str]:
    """Every element that the schema knows."""
    parts = (part for kind in kinds() if kind.form != "codes" for part in kind.parts)
    names = (part.split(" ")[0].rstrip("?*+") for part in parts if part[0] not in "@/")
    return frozenset({ROOT, *names})


def kinds() -> Iterator[Kind]:
    """The kinds of the notation, in order."""
    found: Kind | None = None
    for line in SHAPE.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(" "):
            if found is None:
                raise ValueError("the shape begins in the middle")
            found.parts.append(line.strip())
            continue
        if found is not None:
            yield found
        name, form, *base = line.split(" ")
        found = Kind(name, form, "".join(base))
    if found is not None:
        yield found


def _write(root: etree._Element, kind: Kind) -> None:
    if kind.form == "codes":
        _codes(root, kind)
    elif kind.form == "text":
        _text(root, kind)
    else:
        whole = _add(root, "complexType", name=kind.name)
        group = _add(whole, kind.form)
        for part in kind.parts:
            if part.startswith("@"):
                _attribute(whole, part)
            else:
                _element(group, part)


def _codes(root: etree._Element, kind: Kind) -> None:
    simple = _add(root, "simpleType", name=kind.name)
    restriction = _add(simple, "restriction", base="xs:string")
    short = all(len(code) <= 2 for line in kind.parts for code in line.split(" "))
    codes = [code for line in kind.parts for code in line.split(" ")] if short else kind.parts
    for code in codes:
        _add(restriction, "enumeration", value=code.strip("'"))


def _text(root: etree._Element, kind: Kind) -> None:
    base = _type(kind.base)
    patterns = [part[1:] for part in kind.parts if part.startswith("/")]
    if patterns:
        restriction = _add(_add(root, "simpleType", name=kind.name), "restriction", base=base)
        for pattern in patterns:
            _add(restriction, "pattern", value=pattern)
        return
    content = _add(_add(root, "complexType", name=kind.name), "simpleContent")
    extension = _add(content, "extension", base=base)
    for part in kind.parts:
        _attribute(extension, part)


def _element(group: etree._Element, part: str) -> None:
    name, kind = part.split(" ")
    least, most = _OFTEN.get(name[-1], ("1", "1"))
    about = {"name": name.rstrip("?*+"), "minOccurs": least, "maxOccurs": most}
    if kind.startswith("="):
        _add(group, "element", **about, type="xs:boolean", fixed=kind[1:])
    else:
        _add(group, "element", **about, type=_type(kind))


def _attribute(whole: etree._Element, part: str) -> None:
    name, kind = part[1:].split(" ")
    use = "optional" if name.endswith("?") else "required"
    _add(whole, "attribute", name=name.rstrip("?"), type=_type(kind), use=use)


def _type(kind: str) -> str:
    return f"xs:{kind}" if kind in _PLAIN else kind


def _add(parent: etree._Element, tag: str, **about: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_XS}}}{tag}", about)
