"""Convert a record's cells to a typed row, by record type. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from edge.backoffice.feeds.connector import EntityType
from edge.backoffice.feeds.reading.invoice_records import InvoiceRow, invoice_row
from edge.backoffice.feeds.reading.licence_records import LicenceRow, licence_row
from edge.backoffice.feeds.reading.order_records import ORDER_ROWS, BomRow, HistoryDayRow, SalesOrderRow, WorkOrderRow
from edge.backoffice.feeds.reading.pos_records import OtherSaleRow, pos_sale_row
from edge.backoffice.feeds.reading.recall_records import RecallRow, recall_row
from edge.backoffice.feeds.reading.record_cells import KeyedRow, Reason, RecordCells, Terms
from edge.backoffice.feeds.reading.rival_records import RivalRow, rival_row
from edge.backoffice.feeds.reading.strain_records import EffectRow, StrainRow, effect_row, strain_row
from edge.goods.stock.location import MAIN

RATING_MOST, LEAD_MOST_DAYS = 5, 365


class SupplierRow(KeyedRow, frozen=True, tag="Supplier", omit_defaults=True):
    """A supplier. Fields are None if the record doesn't state them. `retired`: inactive in the other system."""

    supplier: str
    name: str | None
    rating: int | None
    lead_time_days: int | None
    minimum_order_minor: int | None
    fee_minor: int | None
    currency: str | None
    retired: bool = False

    @property
    def key(self) -> str:
        return self.supplier


class PriceRow(KeyedRow, frozen=True, tag="SupplierPrice"):
    """A supplier's unit price. `cost_minor`: in the supplier's currency."""

    supplier: str
    sku: str
    cost_minor: int
    currency: str | None
    code: str
    pack: int
    min_packs: int
    from_date: str
    until_date: str

    @property
    def key(self) -> str:
        return "\x1f".join((self.supplier, self.sku, self.from_date))


class CountRow(KeyedRow, frozen=True, tag="Inventory"):
    """The quantity of a product at a location, in thousandths, at a time."""

    sku: str
    location: str
    quantity: int
    counted_us: int

    @property
    def key(self) -> str:
        return f"{self.sku}\x1f{self.location}"

    @property
    def identity(self) -> str:
        """The record's identity. A location may be counted more than once in a file."""
        return f"{self.key}\x1f{self.counted_us}"


Row = (
    SupplierRow
    | PriceRow
    | CountRow
    | BomRow
    | WorkOrderRow
    | SalesOrderRow
    | HistoryDayRow
    | RivalRow
    | StrainRow
    | EffectRow
    | InvoiceRow
    | OtherSaleRow
    | RecallRow
    | LicenceRow
)


def _supplier(cells: RecordCells) -> SupplierRow:
    currency = _currency(cells)
    said_in = currency or cells.terms.currency
    return SupplierRow(
        cells.key("supplier_id"),
        cells.text("name", 200),
        cells.whole("rating", RATING_MOST),
        cells.whole("lead_time_days", LEAD_MOST_DAYS),
        cells.money("minimum_order", said_in),
        cells.money("delivery_fee", said_in),
        currency,
        cells.yes("retired"),
    )


def _price(cells: RecordCells) -> PriceRow:
    currency = _currency(cells)
    cost = cells.money("cost", currency or cells.terms.currency)
    if cost is None:
        cells.note_missing("cost")
    row = PriceRow(
        cells.key("supplier_id"),
        cells.key("sku"),
        cost or 0,
        currency,
        cells.text("supplier_code") or "",
        cells.whole("pack", 1_000_000) or 1,
        cells.whole("min_packs", 1_000_000) or 1,
        cells.day("from"),
        cells.day("until"),
    )
    if row.from_date and row.until_date and row.until_date < row.from_date:
        cells.note("until", "date_wrong", value=row.until_date)
    return row


def _count(cells: RecordCells) -> CountRow:
    quantity = cells.thousandths("quantity")
    if quantity is None:
        cells.note_missing("quantity")
    return CountRow(cells.key("sku"), cells.text("location") or MAIN, quantity or 0, cells.moment_us("counted_at"))


def _currency(cells: RecordCells) -> str | None:
    text = cells.text("currency", 3)
    if text is not None and not (len(text) == 3 and text.isascii() and text.isalpha() and text.isupper()):
        cells.note("currency", "currency", value=text)
        return None
    return text


_ROWS: Mapping[EntityType, Callable[[RecordCells], Row]] = {
    "Supplier": _supplier,
    "SupplierPrice": _price,
    "Inventory": _count,
    **ORDER_ROWS,
    "RivalPrice": rival_row,
    "Strain": strain_row,
    "EffectWeight": effect_row,
    "Invoice": invoice_row,
    "PosSale": pos_sale_row,
    "Recall": recall_row,
    "Licence": licence_row,
}


def row_of(entity: EntityType, cells: Mapping[str, str], terms: Terms) -> tuple[Row, list[Reason]]:
    """Convert cells to a row, and return it with its errors. A row with errors must not be used."""
    read = RecordCells(cells, terms)
    return _ROWS[entity](read), read.reasons
