"""Suppliers' invoices from Odoo, ERPNext, QuickBooks or Xero, with their lines.

Odoo: models `account.move` and `account.move.line`, through its external API; ERPNext: `Purchase Invoice`, whose child
table comes only with the whole document; QuickBooks Online: developer.intuit.com, "Bill", "VendorCredit"; Xero:
developer.xero.com, "Invoices" (ACCPAY), "Credit Notes" (ACCPAYCREDIT) (read November 2026).

Drafts and voided documents are skipped. Sums are without tax, negative for credit notes. A line without an item has no
product, and a user assigns one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from edge.backoffice.feeds.service.accounts_records import CHANGED, iso_moment
from edge.backoffice.feeds.service.accounts_records import part_of as part
from edge.backoffice.feeds.service.erp_orders import DOCUMENTS_MOST, ErpOrders, number_of
from edge.backoffice.feeds.service.erp_records import ErpNext, Listing, id_of
from edge.backoffice.feeds.service.vendor_wire import (
    FORM,
    PAGE,
    Cells,
    RecordsNotHad,
    RecordSource,
    VendorApi,
    VendorRow,
    lines_in,
    slug,
)
from edge.backoffice.feeds.service.vendor_wire import text_of as text

BEGINS = timedelta(days=31)
"""The period that the first request covers, as most older bills are paid."""
IDS_AT_ONCE = 100
"""Item ids per request, as they're part of the URL."""
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("unit", "units", "nos", "pcs", "piece", "pieces", "each"), "C62"),
    **dict.fromkeys(("kg", "kgs", "kilogram"), "KGM"),
    **dict.fromkeys(("g", "gram"), "GRM"),
    **dict.fromkeys(("l", "litre", "liter"), "LTR"),
    **dict.fromkeys(("ml", "millilitre", "milliliter"), "MLT"),
}
"""UN/ECE Recommendation 20 codes of these systems' units. The user is asked about unknown ones (`unit_unclear`)."""
ODOO_BILLS = RecordSource(
    "account.move",
    (["move_type", "in", ["in_invoice", "in_refund"]], ["state", "=", "posted"]),
    (
        *("move_type", "name", "ref", "partner_id", "invoice_date", "invoice_date_due", "currency_id"),
        *("amount_untaxed", "amount_tax", "amount_total"),
    ),
    "write_date",
)
_ODOO_LINE = ("move_id", "product_id", "quantity", "price_subtotal", "display_type", "name", "product_uom_id")
ERPNEXT_BILLS = RecordSource("Purchase Invoice", (["docstatus", "=", 1],), ("name",), "modified")
QUICKBOOKS_BILLS = RecordSource("Bill", (), (), CHANGED)
XERO_BILLS = RecordSource("Invoices", ('Type=="ACCPAY"',), (), CHANGED)
_OTHERS: Mapping[str, RecordSource] = {
    "quickbooks": RecordSource("VendorCredit", (), (), CHANGED),
    "xero": RecordSource("CreditNotes", ('Type=="ACCPAYCREDIT"',), (), CHANGED),
}
"""Sources of credit notes, for systems that store them separately."""
_STANDING = ("AUTHORISED", "PAID")


class _Bill(NamedTuple):
    """A bill's header and lines. `is_credit`: it's a credit note."""

    head: Cells
    lines: Sequence[Cells]
    is_credit: bool


async def bills_of(kind: str, listing: Listing, api: VendorApi, since: str, ours: frozenset[str]) -> ErpOrders:
    """Bills changed since a time, with a row per line. Bills with an id in `ours` were sent from here and are left out.
    Raises `RecordsNotHad`."""
    if isinstance(api, ErpNext):
        changed, bills = await _of_erpnext(listing, api, since)
    elif kind == "odoo":
        changed, bills = await _of_odoo(listing, api, since)
    else:
        changed, bills = await _of_accounts(kind, listing, api, since, ours)
    return ErpOrders(changed, [cells for bill in bills for cells in _rows(bill)])


def first_moment(now_us: int) -> str:
    """The modification time from which the first fetch starts."""
    return (datetime.fromtimestamp(now_us / 1e6, UTC) - BEGINS).strftime(FORM)


def _rows(bill: _Bill) -> Iterable[Cells]:
    """Each line with the bill's header; a bill without lines gives one row."""
    for line in bill.lines or ({},):
        cells = {**bill.head, **line}
        if bill.is_credit:
            negated = {field: _negate_amount(cells[field]) for field in _SIGNED if cells.get(field)}
            cells |= negated
        yield {field: said for field, said in cells.items() if said}


_SIGNED = ("net", "tax", "total", "quantity", "line_total")


def _negate_amount(amount: str) -> str:
    return f"{-number_of(amount):f}"


async def _of_odoo(listing: Listing, api: VendorApi, since: str) -> tuple[list[VendorRow], list[_Bill]]:
    moves = await listing.all_of(api, ODOO_BILLS, since)
    lines: dict[int, list[VendorRow]] = {}
    ids = sorted({id_of(row.get("id")) for row in moves})
    for at in range(0, len(ids), PAGE):
        of_these = RecordSource(
            "account.move.line", (["move_id", "in", ids[at : at + PAGE]],), _ODOO_LINE, "write_date"
        )
        for line in await listing.all_of(api, of_these, ""):
            if line.get("display_type") == "product":
                lines.setdefault(id_of(line.get("move_id")), []).append(line)
    codes = await api.codes([line for some in lines.values() for line in some])
    return moves, [_odoo_bill(move, lines.get(id_of(move.get("id")), []), codes) for move in moves]


def _odoo_bill(move: VendorRow, lines: Iterable[VendorRow], codes: Mapping[int, str]) -> _Bill:
    head = {
        "invoice_number": text(move.get("ref")) or text(move.get("name")),
        "supplier_id": f"odoo-{id_of(move.get('partner_id'))}",
        "date": text(move.get("invoice_date"))[:10],
        "due": text(move.get("invoice_date_due"))[:10],
        "currency": text(move.get("currency_id")),
        "net": text(move.get("amount_untaxed")),
        "tax": text(move.get("amount_tax")),
        "total": text(move.get("amount_total")),
    }
    told = [
        {
            "sku": codes.get(id_of(line.get("product_id")), ""),
            "item_name": _plain(line.get("name")),
            "quantity": text(line.get("quantity")),
            "unit": _unit(text(line.get("product_uom_id"))),
            "line_total": text(line.get("price_subtotal")),
        }
        for line in lines
    ]
    return _Bill(head, told, move.get("move_type") == "in_refund")


async def _of_erpnext(listing: Listing, api: ErpNext, since: str) -> tuple[list[VendorRow], list[_Bill]]:
    changed = await listing.all_of(api, ERPNEXT_BILLS, since)
    if len(changed) > DOCUMENTS_MOST:
        raise RecordsNotHad(str(len(changed)), "", "feeds.too_many_records")
    return changed, [_erpnext_bill(await api.document(ERPNEXT_BILLS.model, text(row.get("name")))) for row in changed]


def _erpnext_bill(bill: VendorRow) -> _Bill:
    """A bill from ERPNext, whose returns already have negative sums and quantities."""
    head = {
        "invoice_number": text(bill.get("bill_no")) or text(bill.get("name")),
        "supplier_id": slug(text(bill.get("supplier"))),
        "date": (text(bill.get("bill_date")) or text(bill.get("posting_date")))[:10],
        "due": text(bill.get("due_date"))[:10],
        "currency": text(bill.get("currency")),
        "net": text(bill.get("net_total")),
        "tax": text(bill.get("total_taxes_and_charges")),
        "total": text(bill.get("grand_total")),
    }
    told = [
        {
            "sku": text(line.get("item_code")),
            "item_name": _plain(line.get("item_name")),
            "quantity": text(line.get("stock_qty")),
            "unit": _unit(text(line.get("stock_uom"))),
            "line_total": text(line.get("net_amount")),
        }
        for line in lines_in(bill.get("items"))
    ]
    return _Bill(head, told, False)


async def _of_accounts(
    kind: str, listing: Listing, api: VendorApi, since: str, ours: frozenset[str]
) -> tuple[list[VendorRow], list[_Bill]]:
    changed, bills = list[VendorRow](), list[_Bill]()
    quickbooks = kind == "quickbooks"
    for source in (QUICKBOOKS_BILLS if quickbooks else XERO_BILLS, _OTHERS[kind]):
        rows = await listing.all_of(api, source, since)
        changed += rows
        theirs = [row for row in rows if _id(row) not in ours and (quickbooks or row.get("Status") in _STANDING)]
        is_credit = source is _OTHERS[kind]
        skus = await _skus(listing, api, theirs) if quickbooks else {}
        bills += [
            _quickbooks_bill(row, skus, is_credit) if quickbooks else _xero_bill(row, is_credit) for row in theirs
        ]
    return changed, bills


def _id(row: VendorRow) -> str:
    return next((found for key in ("Id", "InvoiceID", "CreditNoteID") if (found := text(row.get(key)))), "")


_ITEM = "ItemBasedExpenseLineDetail"
_ACCOUNT = "AccountBasedExpenseLineDetail"


async def _skus(listing: Listing, api: VendorApi, bills: Iterable[VendorRow]) -> dict[str, str]:
    """Our product number of each item referenced by bill lines."""
    ids = sorted(
        {id for bill in bills for line in _lines(bill, "Line") if (id := part(line, _ITEM, "ItemRef", "value"))}
    )
    found: dict[str, str] = {}
    for at in range(0, len(ids), IDS_AT_ONCE):
        some = ", ".join(f"'{id}'" for id in ids[at : at + IDS_AT_ONCE] if id.isalnum())
        items = RecordSource("Item", (f"Id IN ({some})",), (), CHANGED)
        found |= {part(row, "Id"): part(row, "Sku") for row in await listing.all_of(api, items, "")}
    return found


def _quickbooks_bill(bill: VendorRow, skus: Mapping[str, str], is_credit: bool) -> _Bill:
    """A bill from QuickBooks, whose line amounts are without tax; the rest of the total is tax."""
    total = number_of(bill.get("TotalAmt"))
    tax = number_of(part(bill, "TxnTaxDetail", "TotalTax"))
    head = {
        "invoice_number": part(bill, "DocNumber") or f"quickbooks-{part(bill, 'Id')}",
        "supplier_id": f"quickbooks-{part(bill, 'VendorRef', 'value')}",
        "date": part(bill, "TxnDate")[:10],
        "due": part(bill, "DueDate")[:10],
        "currency": part(bill, "CurrencyRef", "value"),
        "net": f"{total - tax:f}",
        "tax": f"{tax:f}",
        "total": f"{total:f}",
    }
    told = []
    for line in _lines(bill, "Line"):
        if line.get("DetailType") not in (_ITEM, _ACCOUNT):
            continue  # a subtotal, or text only
        told.append(
            {
                "sku": skus.get(part(line, _ITEM, "ItemRef", "value"), ""),
                "item_name": _plain(line.get("Description")) or part(line, _ITEM, "ItemRef", "name"),
                "quantity": part(line, _ITEM, "Qty") or "1",
                "line_total": part(line, "Amount"),
            }
        )
    return _Bill(head, told, is_credit)


def _xero_bill(bill: VendorRow, is_credit: bool) -> _Bill:
    """A bill from Xero. If line amounts include tax, it's subtracted."""
    inclusive = bill.get("LineAmountTypes") == "Inclusive"
    number = part(bill, "CreditNoteNumber" if is_credit else "InvoiceNumber")
    head = {
        "invoice_number": number or f"xero-{_id(bill)[:8].lower()}",
        "supplier_id": f"xero-{part(bill, 'Contact', 'ContactID')[:8].lower()}",
        "date": _day(bill, "Date"),
        "due": _day(bill, "DueDate"),
        "currency": part(bill, "CurrencyCode"),
        "net": part(bill, "SubTotal"),
        "tax": part(bill, "TotalTax"),
        "total": part(bill, "Total"),
    }
    told = [
        {
            "sku": part(line, "ItemCode"),
            "item_name": _plain(line.get("Description")),
            "quantity": part(line, "Quantity") or "1",
            "line_total": f"{number_of(line.get('LineAmount')) - _tax(line, inclusive):f}",
        }
        for line in _lines(bill, "LineItems")
    ]
    return _Bill(head, told, is_credit)


def _tax(line: VendorRow, inclusive: bool) -> Decimal:
    return number_of(line.get("TaxAmount")) if inclusive else Decimal()


def _day(bill: VendorRow, name: str) -> str:
    """A date from Xero, which sends text and a millisecond time, or only the latter."""
    return (part(bill, f"{name}String") or iso_moment(part(bill, name)))[:10]


def _lines(bill: VendorRow, name: str) -> list[VendorRow]:
    return lines_in(bill.get(name))


def _unit(name: str) -> str:
    return UNITS.get(name.casefold(), name[:20])


def _plain(said: Any) -> str:
    """A line's description, on one line."""
    return " ".join(text(said).split())[:200]
