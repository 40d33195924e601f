"""XLIFF 1.2 and 2.1 of OASIS, for plain texts only. Entities and document types are refused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring  # nosec B405: written here, read by defusedxml

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from edge.goods.translation.exchange.lines import TextFile, TextLine, unreadable

Version = Literal["1.2", "2.1"]
OLD = "urn:oasis:names:tc:xliff:document:1.2"
NEW = "urn:oasis:names:tc:xliff:document:2.0"
"""The namespace of versions 2.0 and 2.1."""
_GUESSED = frozenset(("fuzzy-match", "needs-review-translation", "needs-translation"))
"""States in version 1.2 of text that no one has reviewed."""


def write(file: TextFile, version: Version) -> bytes:
    old = version == "1.2"
    root = Element("xliff", {"version": version, "xmlns": OLD if old else NEW})
    if old:
        languages = {"source-language": file.source_language, "target-language": file.language}
        inner = SubElement(root, "file", {"original": "shop", "datatype": "plaintext", **languages})
        units = SubElement(inner, "body")
    else:
        root.attrib |= {"srcLang": file.source_language, "trgLang": file.language}
        units = SubElement(root, "file", {"id": "shop"})
    for at, line in enumerate(file.lines, 1):
        if old:
            unit = SubElement(units, "trans-unit", {"id": line.id, "xml:space": "preserve"})
            state = {"state": "needs-review-translation" if line.fuzzy else "translated"}
        else:
            # XLIFF 2.1 ids must be NMTOKENs, but field keys may have any character: they become the unit's name.
            outer = SubElement(units, "unit", {"id": f"t{at}", "name": line.id, "xml:space": "preserve"})
            states = {} if not line.text else {"state": "initial" if line.fuzzy else "translated"}
            unit, state = SubElement(outer, "segment", states), {}
        SubElement(unit, "source").text = line.source
        if line.text:
            SubElement(unit, "target", state).text = line.text
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read(body: bytes) -> TextFile:
    """Read a file of either version. Raises `Refusal` if it isn't one."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise unreadable(str(error)) from error
    space, _, tag = root.tag[1:].partition("}")
    if tag != "xliff" or space not in (OLD, NEW):
        raise unreadable("use XLIFF 1.2 or 2.1")
    if space == NEW:
        return TextFile(root.get("srcLang", ""), root.get("trgLang", ""), tuple(_new(root)))
    first = root.find(f"{{{OLD}}}file")
    if first is None:
        raise unreadable("it contains no <file>")
    return TextFile(first.get("source-language", ""), first.get("target-language", ""), tuple(_old(root)))


def _old(root: Element) -> Iterator[TextLine]:
    for unit in root.iter(f"{{{OLD}}}trans-unit"):
        target = unit.find(f"{{{OLD}}}target")
        guessed = target is not None and target.get("state") in _GUESSED
        yield TextLine(unit.get("id", ""), _text(unit.find(f"{{{OLD}}}source")), _text(target), guessed)


def _new(root: Element) -> Iterator[TextLine]:
    for unit in root.iter(f"{{{NEW}}}unit"):
        segments = unit.findall(f"{{{NEW}}}segment")
        sources, targets = (
            "".join(_text(one.find(f"{{{NEW}}}{side}")) for one in segments) for side in ("source", "target")
        )
        guessed = any(one.get("state") == "initial" and one.find(f"{{{NEW}}}target") is not None for one in segments)
        yield TextLine(unit.get("name") or unit.get("id") or "", sources, targets, guessed)


def _text(element: Element | None) -> str:
    return "" if element is None else "".join(element.itertext())
