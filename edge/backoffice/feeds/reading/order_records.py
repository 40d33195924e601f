"""Records of production, account orders and past sales, as typed rows. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from edge.backoffice.feeds.connector import EntityType
from edge.backoffice.feeds.reading.layout import LINE_FIELDS
from edge.backoffice.feeds.reading.line_numbers import field_at, line_numbers
from edge.backoffice.feeds.reading.record_cells import KeyedRow, RecordCells
from edge.goods.stock.location import MAIN
from edge.lib.units.quantity import LIMIT, THOUSANDTHS

WHOLE_PERMILLE = 1_000
ID_CHARS = 64
MEASURES = ("g", "ml", "m")
WorkStatus = Literal["planned", "in_progress", "completed", "cancelled"]
SalesStatus = Literal["open", "partial", "complete", "cancelled"]
_WORK: Mapping[str, WorkStatus] = {
    **dict.fromkeys(("planned", "open", "draft", "confirmed", "released", "not started"), "planned"),
    **dict.fromkeys(("in_progress", "in progress", "in process", "progress", "started"), "in_progress"),
    **dict.fromkeys(("completed", "complete", "done", "finished", "closed"), "completed"),
    **dict.fromkeys(("cancelled", "canceled", "cancel"), "cancelled"),
}
_SALES: Mapping[str, SalesStatus] = {
    **dict.fromkeys(("open", "draft", "confirmed", "sale", "to deliver"), "open"),
    **dict.fromkeys(("partial", "partially delivered"), "partial"),
    **dict.fromkeys(("complete", "completed", "done", "closed", "delivered"), "complete"),
    **dict.fromkeys(("cancelled", "canceled", "cancel"), "cancelled"),
}


class BomRowLine(msgspec.Struct, frozen=True):
    """A component's quantity, in thousandths of its unit, or of `measure` if given."""

    component: str
    quantity: int
    measure: str


class BomRow(KeyedRow, frozen=True, tag="BOM"):
    """A complete bill of materials. `id`: our id, derived from the other system's."""

    id: str
    sku: str
    makes: int
    yield_permille: int
    extra_cost_minor: int
    from_date: str
    active: bool
    lines: tuple[BomRowLine, ...]

    @property
    def key(self) -> str:
        return self.id


class WorkOrderRow(KeyedRow, frozen=True, tag="WorkOrder"):
    """A work order, with the other system's number. `good` None: everything except `scrap`."""

    work_order: str
    sku: str
    quantity: int
    status: WorkStatus
    start_on: str
    due_on: str
    source: str
    target: str
    good: int | None
    scrap: int

    @property
    def key(self) -> str:
        return self.work_order


class SalesRowLine(msgspec.Struct, frozen=True):
    """An ordered product and quantity. `price_minor` None: the customer's price here."""

    sku: str
    quantity: int
    price_minor: int | None


class SalesOrderRow(KeyedRow, frozen=True, tag="SalesOrder"):
    """A complete order of an account customer, with the other system's number."""

    sales_order: str
    customer: str
    status: SalesStatus
    location: str
    due_on: str
    lines: tuple[SalesRowLine, ...]

    @property
    def key(self) -> str:
        return self.sales_order


class HistoryDayRow(KeyedRow, frozen=True, tag="SalesHistory"):
    """Past sales of a product at a location on a day: thousandths, and revenue."""

    day: str
    sku: str
    location: str
    sold: int
    returned: int
    wasted: int
    minor: int

    @property
    def key(self) -> str:
        return "\x1f".join((self.day, self.sku, self.location))


OrderRow = BomRow | WorkOrderRow | SalesOrderRow | HistoryDayRow


def bill_id(text: str) -> str:
    """Our id of a bill of materials, derived from the other system's.

    >>> bill_id("BOM/Bread 001")
    'bom-bread-001'
    """
    return re.sub(r"[^a-z0-9_]+", "-", text.casefold()).strip("-_")[:ID_CHARS].strip("-_")


def _amount(cells: RecordCells, field: str) -> int:
    """A positive quantity in thousandths."""
    value = cells.thousandths(field)
    if value is None:
        cells.note_missing(field)
    elif not 0 < value <= LIMIT:
        cells.note(field, "out_of_range", value=cells.text(field) or "")
    return value or 0


def _bom(cells: RecordCells) -> BomRow:
    lines = []
    for n in line_numbers(cells, "BOM"):
        component, quantity, measure = (field_at(cells, field, n) for field in LINE_FIELDS["BOM"])
        unit = (cells.text(measure) or "").casefold()
        if unit not in ("", *MEASURES):
            cells.note(measure, "measure_unknown", value=unit)
        lines.append(BomRowLine(cells.key(component), _amount(cells, quantity), unit))
    said = cells.key("bom_id")
    id = bill_id(said)
    if said and not id:
        cells.note("bom_id", "id_wrong", value=said[:40])
    makes, percent = cells.thousandths("makes"), cells.thousandths("yield_percent")
    if percent is not None and not 0 < percent <= 100 * THOUSANDTHS:
        cells.note("yield_percent", "out_of_range", value=cells.text("yield_percent") or "")
    is_active = cells.yes("is_active", unsaid=True)
    return BomRow(
        id,
        cells.key("sku"),
        THOUSANDTHS if makes is None else makes,
        WHOLE_PERMILLE if percent is None else percent // 100,
        cells.money("extra_cost", cells.terms.currency) or 0,
        cells.day("from"),
        is_active,
        tuple(lines),
    )


def _work(cells: RecordCells) -> WorkOrderRow:
    status = _WORK.get((cells.text("status") or "planned").casefold())
    if status is None:
        cells.note("status", "status_unknown", value=cells.text("status") or "")
    row = WorkOrderRow(
        cells.key("work_order_id"),
        cells.key("sku"),
        _amount(cells, "quantity"),
        status or "planned",
        cells.day("start"),
        cells.day("due"),
        cells.text("from_location") or MAIN,
        cells.text("to_location") or MAIN,
        cells.thousandths("good"),
        cells.thousandths("scrap") or 0,
    )
    if row.start_on and row.due_on and row.due_on < row.start_on:
        cells.note("due", "date_wrong", value=row.due_on)
    return row


def _sales(cells: RecordCells) -> SalesOrderRow:
    status = _SALES.get((cells.text("status") or "open").casefold())
    if status is None:
        cells.note("status", "status_unknown", value=cells.text("status") or "")
    lines = []
    for n in line_numbers(cells, "SalesOrder"):
        sku, quantity, price = (field_at(cells, field, n) for field in LINE_FIELDS["SalesOrder"])
        lines.append(SalesRowLine(cells.key(sku), _amount(cells, quantity), cells.money(price, cells.terms.currency)))
    return SalesOrderRow(
        cells.key("sales_order_id"),
        cells.key("customer_id"),
        status or "open",
        cells.text("location") or MAIN,
        cells.day("due"),
        tuple(lines),
    )


def _history(cells: RecordCells) -> HistoryDayRow:
    day = cells.day("day")
    if not day:
        cells.note_missing("day")
    elif cells.is_ahead(day):
        cells.note("day", "date_ahead", value=day)
    sold = cells.thousandths("sold")
    if sold is None:
        cells.note_missing("sold")
    return HistoryDayRow(
        day,
        cells.key("sku"),
        cells.text("location") or MAIN,
        sold or 0,
        cells.thousandths("returned") or 0,
        cells.thousandths("wasted") or 0,
        cells.money("revenue", cells.terms.currency) or 0,
    )


ORDER_ROWS: Mapping[EntityType, Callable[[RecordCells], OrderRow]] = {
    "BOM": _bom,
    "WorkOrder": _work,
    "SalesOrder": _sales,
    "SalesHistory": _history,
}
