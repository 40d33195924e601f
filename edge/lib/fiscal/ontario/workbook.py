"""Ontario's monthly report of a cannabis store as a workbook of six sheets (ECMA-376), written and read back. Pure.

Quantities are in eaches. A product's inflows and outflows are summed from its movements, so that a month's closing
inventory is the next month's opening one.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from importlib.resources import files
from typing import Literal
from xml.sax.saxutils import escape

import msgspec
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from edge.lib.fiscal.fault import FiscalFault
from edge.lib.fiscal.fixed_zip import write_zip

SHEETS = ("federal", "sales", "adjustments", "destructions", "transfers_in", "transfers_out")
Flow = Literal[
    "received",
    "customer_returns",
    "transferred_in",
    "adjusted_up",
    "sold",
    "returned",
    "transferred_out",
    "destroyed",
    "adjusted_down",
]
CAME: tuple[Flow, ...] = ("received", "customer_returns", "transferred_in", "adjusted_up")
WENT: tuple[Flow, ...] = ("sold", "returned", "transferred_out", "destroyed", "adjusted_down")
_PRODUCT = ("sku", "upc", "name")
_MOVEMENT = (*_PRODUCT, "day", "units", "reason", "document")
FIGURES: Mapping[str, tuple[str, ...]] = {
    "federal": (*_PRODUCT, "opening", *CAME, *WENT, "closing"),
    "sales": (*_PRODUCT, "sold", "customer_returns", "net_units", "net_sales"),
    **dict.fromkeys(SHEETS[2:], _MOVEMENT),
}
"""Figures that each sheet's columns may contain."""
MOST_CHARACTERS = 31
"""Longest name of a sheet."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
Cell = str | int | Decimal


class OntarioSheet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sheet. `columns`: each heading with the figure below it."""

    title: str
    columns: tuple[tuple[str, str], ...]


class OntarioProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A product's month, in thousandths of an each. `flows` are all above 0. `net_sales_minor`: without tax."""

    sku: str
    upc: str
    name: str
    opening: int
    flows: Mapping[Flow, int]
    net_sales_minor: int

    @property
    def closing(self) -> int:
        came, went = (sum(self.flows.get(flow, 0) for flow in flows) for flows in (CAME, WENT))
        return self.opening + came - went


class OntarioMovement(msgspec.Struct, frozen=True, kw_only=True):
    """A movement on a sheet. `units`: thousandths, below 0 for a negative adjustment."""

    day: str
    sku: str
    upc: str
    name: str
    units: int
    reason: str
    document: str


class OntarioMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A month. `movements`: by sheet."""

    products: tuple[OntarioProduct, ...]
    movements: Mapping[str, tuple[OntarioMovement, ...]]


def read_template(text: bytes = b"") -> Mapping[str, OntarioSheet]:
    """Return the sheets with their headings, or our own without a template. Raises `FiscalFault` `template` for a
    missing sheet, or a heading with an unknown figure."""
    text = text or files("edge.lib.fiscal.ontario").joinpath("template.toml").read_bytes()
    try:
        found = msgspec.toml.decode(text, type=dict[str, OntarioSheet])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise FiscalFault("template", "template", f"it isn't a list of sheets: {error}.") from error
    if set(found) != set(SHEETS):
        odd = sorted(set(found) ^ set(SHEETS))[0]
        raise FiscalFault("template", f"sheet {odd}", "the file or the sheet is missing.")
    for name, sheet in found.items():
        if not 0 < len(sheet.title) <= MOST_CHARACTERS or set(sheet.title) & set("[]:*?/\\"):
            raise FiscalFault("template", f"sheet {name}", f"{sheet.title!r} isn't a valid sheet name.")
        for heading, figure in sheet.columns:
            if figure not in FIGURES[name]:
                raise FiscalFault("template", f"sheet {name}, heading {heading!r}", f"unknown figure {figure!r}.")
    return {name: found[name] for name in SHEETS}


def month_workbook(month: OntarioMonth, template: Mapping[str, OntarioSheet]) -> bytes:
    """Write the workbook."""
    titles = [sheet.title for sheet in template.values()]
    parts: dict[str, list[bytes]] = {
        "[Content_Types].xml": [_types(len(titles))],
        "_rels/.rels": [_relations([("officeDocument", "xl/workbook.xml")])],
        "xl/workbook.xml": [_book(titles)],
        "xl/_rels/workbook.xml.rels": [
            _relations([("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(titles) + 1)])
        ],
    }
    for at, (name, sheet) in enumerate(template.items(), 1):
        rows: Iterable[Mapping[str, Cell]] = _rows(name, month)
        parts[f"xl/worksheets/sheet{at}.xml"] = [_sheet(sheet, rows)]
    target = io.BytesIO()
    write_zip(target, parts)
    return target.getvalue()


def read_workbook(data: bytes) -> dict[str, list[dict[str, str]]]:
    """Return the rows of each sheet by title, as values by heading. Raises `FiscalFault` `malformed` if this module
    didn't write the workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            book = fromstring(archive.read("xl/workbook.xml"))
            titles = [sheet.get("name") or "" for sheet in book.iter(f"{{{_MAIN}}}sheet")]
            return {title: _table(archive.read(f"xl/worksheets/sheet{at}.xml")) for at, title in enumerate(titles, 1)}
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException, zlib.error, ValueError) as error:
        raise FiscalFault("malformed", "workbook", f"it can't be read: {error}.") from error


def check_month(data: bytes, template: Mapping[str, OntarioSheet], before: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the closing inventory of each SKU, if the month's sums are correct and continue the previous month's
    (`before`; {} for none). Raises `FiscalFault` naming the wrong SKU."""
    heading = {figure: heading for heading, figure in template["federal"].columns}
    lacking = {"sku", "opening", "closing", *CAME, *WENT} - set(heading)
    if lacking:
        raise FiscalFault("template", "sheet federal", f"it has no column of {sorted(lacking)[0]}.")
    found: dict[str, Decimal] = {}
    for row in read_workbook(data)[template["federal"].title]:
        figures = {name: Decimal(row[heading[name]] or 0) for name in ("opening", "closing", *CAME, *WENT)}
        sku = row[heading["sku"]]
        came, went = (sum(figures[flow] for flow in flows) for flows in (CAME, WENT))
        if figures["opening"] + came - went != figures["closing"]:
            raise FiscalFault("sum", f"SKU {sku}", "its opening, in and out don't add up to its closing.")
        if sku in before and before[sku] != figures["opening"]:
            raise FiscalFault(
                "opening", f"SKU {sku}", f"it opens at {figures['opening']}, but closed at {before[sku]}."
            )
        if sku in found:
            raise FiscalFault("doubled", f"SKU {sku}", "it is on the sheet twice.")
        found[sku] = figures["closing"]
    return found


def _rows(name: str, month: OntarioMonth) -> Iterator[Mapping[str, Cell]]:
    if name in ("federal", "sales"):
        for product in month.products:
            flows: dict[str, Cell] = {flow: _eaches(product.flows.get(flow, 0)) for flow in (*CAME, *WENT)}
            net = product.flows.get("sold", 0) - product.flows.get("customer_returns", 0)
            yield {
                **flows,
                "sku": product.sku,
                "upc": product.upc,
                "name": product.name,
                "opening": _eaches(product.opening),
                "closing": _eaches(product.closing),
                "net_units": _eaches(net),
                "net_sales": Decimal(product.net_sales_minor).scaleb(-2),
            }
        return
    for one in month.movements.get(name, ()):
        yield {**msgspec.structs.asdict(one), "units": _eaches(one.units)}


def _eaches(thousandths: int) -> Decimal | int:
    return thousandths // 1000 if thousandths % 1000 == 0 else Decimal(thousandths).scaleb(-3)


def _sheet(sheet: OntarioSheet, rows: Iterable[Mapping[str, Cell]]) -> bytes:
    lines: list[list[Cell]] = [[heading for heading, _ in sheet.columns]]
    lines += [[row[figure] for _, figure in sheet.columns] for row in rows]
    cells = "".join(f"<row>{''.join(map(_cell, line))}</row>" for line in lines)
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def _cell(value: Cell) -> str:
    if isinstance(value, str):
        text = escape(_CONTROL.sub(" ", value))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{value}</v></c>"


def _table(data: bytes) -> list[dict[str, str]]:
    rows = [
        ["".join(cell.itertext()) for cell in row.iter(f"{{{_MAIN}}}c")]
        for row in fromstring(data).iter(f"{{{_MAIN}}}row")
    ]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]] if rows else []


def _types(sheets: int) -> bytes:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = "".join(
        f'<Override PartName="/xl/worksheets/sheet{at}.xml" ContentType="{kind}.worksheet+xml"/>'
        for at in range(1, sheets + 1)
    )
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml"'
        f' ContentType="{kind}.sheet.main+xml"/>{parts}</Types>'
    ).encode()


def _relations(parts: Iterable[tuple[str, str]]) -> bytes:
    rows = "".join(
        f'<Relationship Id="rId{at}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(parts, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'.encode()


def _book(titles: Iterable[str]) -> bytes:
    sheets = "".join(
        f'<sheet name="{escape(title, {chr(34): "&quot;"})}" sheetId="{at}" r:id="rId{at}"/>'
        for at, title in enumerate(titles, 1)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{sheets}</sheets></workbook>'.encode()
