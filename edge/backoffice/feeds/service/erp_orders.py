"""Bills of materials, work orders, sales orders and past sales from Odoo and ERPNext.

Odoo: models `mrp.bom`, `mrp.production`, `sale.order`, `account.move` with their lines, through its external API.
ERPNext: `BOM`, `Work Order`, `Sales Order`, `Sales Invoice` through its REST API; child tables come only with the whole
document.

A record with lines gives a row per line. Prices are ignored, as it depends on the installation whether they include
tax. Past sales are in the company's currency. A quantity in another unit than its product's waits for a user.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from edge.backoffice.feeds.reading.order_records import MEASURES
from edge.backoffice.feeds.service.erp_records import (
    ErpNext,
    Listing,
    amount_in_unit,
    id_of,
    odoo_code,
    with_other_unit,
)
from edge.backoffice.feeds.service.vendor_wire import (
    PAGE,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    lines_in,
)
from edge.backoffice.feeds.service.vendor_wire import text_of as text

DOCUMENTS_MOST = 5_000
"""Maximum documents per run, if each needs a separate request. If there are more, this is reported and none are
applied."""
DAYS_AT_ONCE = 100
UTC_OFFSET = "+00:00"
"""UTC offset appended to Odoo's times, which have none. Around midnight the local date differs from the UTC date."""
ODOO_ORDERS: Mapping[str, RecordSource] = {
    "BOM": RecordSource(
        "mrp.bom", (["type", "=", "normal"],), ("product_id", "product_tmpl_id", "product_qty"), "write_date"
    ),
    "WorkOrder": RecordSource(
        "mrp.production",
        (),
        ("name", "product_id", "product_qty", "qty_produced", "state", "date_start"),
        "write_date",
    ),
    "SalesOrder": RecordSource(
        "sale.order", (["state", "in", ["sale", "done", "cancel"]],), ("name", "partner_id", "state"), "write_date"
    ),
    "SalesHistory": RecordSource(
        "account.move",
        (["move_type", "in", ["out_invoice", "out_refund"]], ["state", "=", "posted"]),
        ("move_type", "invoice_date"),
        "write_date",
    ),
}
ERPNEXT_ORDERS: Mapping[str, RecordSource] = {
    "BOM": RecordSource(
        "BOM", (["docstatus", "=", 1], ["is_active", "=", 1], ["is_default", "=", 1]), ("name",), "modified"
    ),
    "WorkOrder": RecordSource(
        "Work Order",
        (),
        ("name", "production_item", "qty", "produced_qty", "process_loss_qty", "status", "planned_start_date"),
        "modified",
    ),
    "SalesOrder": RecordSource("Sales Order", (["docstatus", ">", 0],), ("name",), "modified"),
    "SalesHistory": RecordSource("Sales Invoice", (["docstatus", "=", 1],), ("name", "posting_date"), "modified"),
}
_ODOO_LINES: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "BOM": ("mrp.bom.line", "bom_id", ("product_id", "product_qty")),
    "SalesOrder": ("sale.order.line", "order_id", ("product_id", "product_uom_qty", "qty_delivered")),
    "SalesHistory": ("account.move.line", "move_id", ("product_id", "quantity", "balance", "display_type")),
}
"""The model of a record's lines, the field that refers to it, and the lines' fields."""
WITH_LINES = frozenset(_ODOO_LINES)
ALL_EACH_TIME = frozenset({("odoo", "BOM")})
"""Record types whose lines may change without a new modification time. All records are fetched, and unchanged ones
ignored."""


class ErpOrders(NamedTuple):
    """The changed records, which set the cursor, and their cells."""

    changed: list[VendorRow]
    cells: list[Cells]


async def orders_of(kind: str, entity: str, listing: Listing, api: VendorApi, since: str) -> ErpOrders:
    """Records with lines that changed since `since`. Raises `RecordsNotHad`."""
    if isinstance(api, ErpNext):
        return await _of_erpnext(entity, listing, api, since)
    source = ODOO_ORDERS[entity]
    changed = await listing.all_of(api, source, "" if (kind, entity) in ALL_EACH_TIME else since)
    whole = await _whole_days(changed, source, "invoice_date", listing, api) if entity == "SalesHistory" else changed
    model, back, fields = _ODOO_LINES[entity]
    lines: list[VendorRow] = []
    ids = sorted({id_of(row.get("id")) for row in whole})
    for at in range(0, len(ids), PAGE):
        of_these = RecordSource(model, ([back, "in", ids[at : at + PAGE]],), (back, *fields), "write_date")
        lines += await listing.all_of(api, of_these, "")
    codes = await api.codes([*whole, *lines])
    by_id: dict[int, list[VendorRow]] = {}
    for line in lines:
        by_id.setdefault(id_of(line.get(back)), []).append(with_other_unit(line, api.units))
    whole = [with_other_unit(row, api.units) for row in whole]
    return ErpOrders(changed, _ODOO_CELLS[entity]([(row, by_id.get(id_of(row.get("id")), [])) for row in whole], codes))


async def _whole_days(
    changed: Sequence[VendorRow], source: RecordSource, day: str, listing: Listing, api: VendorApi
) -> list[VendorRow]:
    """All records of days with a change, as a day's total needs all of its records."""
    days = sorted({text(row.get(day))[:10] for row in changed if row.get(day)})
    found: list[VendorRow] = []
    for at in range(0, len(days), DAYS_AT_ONCE):
        only = (*source.only, [day, "in", days[at : at + DAYS_AT_ONCE]])
        found += await listing.all_of(api, RecordSource(source.model, only, source.fields, source.changed), "")
    return found


async def _of_erpnext(entity: str, listing: Listing, api: ErpNext, since: str) -> ErpOrders:
    source = ERPNEXT_ORDERS[entity]
    changed = await listing.all_of(api, source, since)
    whole = await _whole_days(changed, source, "posting_date", listing, api) if entity == "SalesHistory" else changed
    if len(whole) > DOCUMENTS_MOST:
        raise RecordsNotHad(str(len(whole)), "", "feeds.too_many_records")
    documents = [await api.document(source.model, text(row.get("name"))) for row in whole]
    return ErpOrders(changed, _ERPNEXT_CELLS[entity]([(one, lines_in(one.get("items"))) for one in documents]))


DIGITS_MOST = 30
"""Maximum digits before or after the decimal point; longer numbers are rejected as mistakes."""
Whole = Iterable[tuple[VendorRow, Sequence[VendorRow]]]


def number_of(part: Any) -> Decimal:
    """A field as a number; empty is 0. Other text gives NaN, which spreads to calculations, so that only this record is
    held when read.

    >>> number_of("1.5"), number_of(False), number_of("1,5") + 1
    (Decimal('1.5'), Decimal('0'), Decimal('NaN'))
    """
    try:
        found = Decimal(text(part) or "0")
    except InvalidOperation:
        return Decimal("NaN")
    return found if found.is_finite() and abs(found.adjusted()) <= DIGITS_MOST else Decimal("NaN")


def is_above_zero(part: Any) -> bool:
    """Whether a field is a number above 0."""
    found = number_of(part)
    return not found.is_nan() and found > 0


def _odoo_bills(whole: Whole, codes: Mapping[int, str]) -> list[Cells]:
    return [
        {
            "bom_id": f"odoo-{id_of(bill.get('id'))}",
            "sku": odoo_code(bill, codes),
            "makes": amount_in_unit(bill.get("product_qty"), bill),
            "component": odoo_code(line, codes),
            **_measure_cells(line),
        }
        for bill, lines in whole
        for line in lines
    ]


def _measure_cells(line: VendorRow) -> Cells:
    """A component's quantity cells. Units such as grams become our measure."""
    unit = text(line.get("other_unit")).casefold()
    if unit in MEASURES:
        return {"quantity": text(line.get("product_qty")), "measure": unit}
    return {"quantity": amount_in_unit(line.get("product_qty"), line)}


def _odoo_sales(whole: Whole, codes: Mapping[int, str]) -> list[Cells]:
    made = []
    for order, every in whole:
        lines = [line for line in every if id_of(line.get("product_id"))]  # sections and notes have no product
        done = [(number_of(one.get("product_uom_qty")), number_of(one.get("qty_delivered"))) for one in lines]
        said: Cells = {
            "sales_order_id": text(order.get("name")),
            "customer_id": f"odoo-{id_of(order.get('partner_id'))}",
            "status": "cancelled" if order.get("state") == "cancel" else _delivery_status(done),
        }
        made += [
            {**said, "sku": odoo_code(one, codes), "quantity": amount_in_unit(one.get("product_uom_qty"), one)}
            for one in lines
        ]
    return made


def _odoo_history(whole: Whole, codes: Mapping[int, str]) -> list[Cells]:
    return _days(
        (
            text(move.get("invoice_date"))[:10],
            odoo_code(line, codes),
            number_of(amount_in_unit(line.get("quantity"), line)),
            number_of(line.get("balance")) * (1 if move.get("move_type") == "out_refund" else -1),
            move.get("move_type") == "out_refund",
        )
        for move, lines in whole
        for line in lines
        if line.get("display_type") == "product" and id_of(line.get("product_id"))
    )


def _erpnext_bills(whole: Whole) -> list[Cells]:
    return [
        {
            "bom_id": text(bill.get("name")),
            "sku": text(bill.get("item")),
            "makes": text(bill.get("quantity")),
            "yield_percent": str(100 - number_of(bill.get("process_loss_percentage"))),
            "component": text(line.get("item_code")),
            "quantity": text(line.get("stock_qty")),
        }
        for bill, lines in whole
        for line in lines
    ]


def _erpnext_sales(whole: Whole) -> list[Cells]:
    made = []
    for order, lines in whole:
        state = text(order.get("status"))
        # delivered quantities are in the line's unit, such as boxes, not in the stock unit
        done = [(number_of(one.get("qty", one.get("stock_qty"))), number_of(one.get("delivered_qty"))) for one in lines]
        ended = {"Cancelled": "cancelled", "Completed": "complete", "Closed": "complete"}
        said: Cells = {
            "sales_order_id": text(order.get("name")),
            "customer_id": _customer(text(order.get("customer"))),
            "status": ended.get(state) or _delivery_status(done),
            "due": text(order.get("delivery_date"))[:10],
        }
        made += [{**said, "sku": text(one.get("item_code")), "quantity": text(one.get("stock_qty"))} for one in lines]
    return made


def _customer(name: str) -> str:
    """An id for a customer whom ERPNext knows by name only, so that stored records contain no names.

    >>> _customer("Bistro Nord")
    'erpnext-5bc84dd49a28'
    """
    return f"erpnext-{hashlib.sha256(name.encode()).hexdigest()[:12]}" if name else ""


def _erpnext_history(whole: Whole) -> list[Cells]:
    return _days(
        (
            text(bill.get("posting_date"))[:10],
            text(line.get("item_code")),
            abs(number_of(line.get("stock_qty"))),  # returns are negative in ERPNext
            abs(number_of(line.get("base_net_amount"))),
            bool(bill.get("is_return")),
        )
        for bill, lines in whole
        for line in lines
    )


def _delivery_status(lines: Iterable[tuple[Decimal, Decimal]]) -> str:
    """The delivery status of an order, from its delivered lines."""
    some = [(ordered, out) for ordered, out in lines if not (ordered + out).is_nan() and ordered > 0]
    if some and all(out >= ordered for ordered, out in some):
        return "complete"
    return "partial" if any(out > 0 for _, out in some) else "open"


def _above(amount: Decimal) -> Decimal:
    """The amount, at least 0."""
    return amount if amount.is_nan() else max(amount, Decimal())


def _days(sold: Iterable[tuple[str, str, Decimal, Decimal, bool]]) -> list[Cells]:
    """A record per day and product: sold, returned, and net revenue without tax."""
    sums: dict[tuple[str, str], tuple[Decimal, Decimal, Decimal]] = {}
    for day, sku, quantity, amount, is_return in sold:
        out, back, taken = sums.get((day, sku), (Decimal(), Decimal(), Decimal()))
        more = (out, back + quantity, taken - amount) if is_return else (out + quantity, back, taken + amount)
        sums[day, sku] = more
    return [
        {"day": day, "sku": sku, "sold": f"{out:f}", "returned": f"{back:f}", "revenue": f"{_above(taken):.2f}"}
        for (day, sku), (out, back, taken) in sums.items()
    ]


_ODOO_CELLS: Mapping[str, Callable[[Whole, Mapping[int, str]], list[Cells]]] = {
    "BOM": _odoo_bills,
    "SalesOrder": _odoo_sales,
    "SalesHistory": _odoo_history,
}
_ERPNEXT_CELLS: Mapping[str, Callable[[Whole], list[Cells]]] = {
    "BOM": _erpnext_bills,
    "SalesOrder": _erpnext_sales,
    "SalesHistory": _erpnext_history,
}


def odoo_work(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    state = {"to_close": "in_progress"}.get(text(row.get("state")), text(row.get("state")))
    good = amount_in_unit(row.get("qty_produced"), row) if is_above_zero(row.get("qty_produced")) else ""
    begins = text(row.get("date_start"))
    order = {
        "work_order_id": text(row.get("name")),
        "sku": odoo_code(row, codes),
        "quantity": amount_in_unit(row.get("product_qty"), row),
    }
    return {**order, "status": state, "start": f"{begins}{UTC_OFFSET}" if begins[10:] else begins, "good": good}


def erpnext_work(row: VendorRow, codes: Mapping[int, str]) -> Cells:
    is_made, state = is_above_zero(row.get("produced_qty")), text(row.get("status"))
    if state in ("Stopped", "Closed"):  # ERPNext won't resume it
        state = "completed" if is_made else "cancelled"
    order = {
        "work_order_id": text(row.get("name")),
        "sku": text(row.get("production_item")),
        "quantity": text(row.get("qty")),
    }
    good, scrap = (text(row.get(field)) for field in ("produced_qty", "process_loss_qty"))
    start = text(row.get("planned_start_date"))[:10]
    return {**order, "status": state, "start": start, "good": good if is_made else "", "scrap": scrap}


ORDER_CELLS: Mapping[tuple[str, str], Callable[[VendorRow, Mapping[int, str]], Cells]] = {
    ("odoo", "WorkOrder"): odoo_work,
    ("erpnext", "WorkOrder"): erpnext_work,
}
