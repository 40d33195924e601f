"""How the hub turns the tills' events into rows of Postgres: sales and refunds, and their lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from edge.shop.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.shop.till.rules.basket import ScannedData
from sync import limits
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, in_turns, moment, together
from sync.wire import Row

SALE: tuple[str, ...] = (
    *("tenant", "store", "device", "register", "number", "seq", "business_date", "at", "currency"),
    *("net_minor", "total_minor", "rounding_minor", "price_list", "customer"),
)
LINES: tuple[str, ...] = ("lines", "lots", "serials")
REFUND: tuple[str, ...] = (*SALE, "sale_register", "sale", "reason")
REFUND_LINE: tuple[str, ...] = (
    *("tenant", "store", "device", "register", "number", "line", "sku", "quantity", "amount_minor", "tax_class"),
    *("damaged", "lot", "expiry", "serial"),
)
PAPER: tuple[str, ...] = ("tenant", "store", "device", "register", "number", "place")
TENDER: tuple[str, ...] = (*PAPER, "kind", "amount_minor", "change_minor")
TAX: tuple[str, ...] = (*PAPER, "name", "rate", "net_minor", "tax_minor")

_VOID = """
    UPDATE sale SET voided_by = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $6
"""

_VOID_REFUND = """
    UPDATE refund SET voided_by = $5
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $6
"""
_UNPAID = "DELETE FROM sale_tender WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5"
_ROUNDED = """
    UPDATE sale SET rounding_minor = $6
    WHERE tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5
"""
_DAY = (
    Field("store", "text", "The store."),
    Field("business_date", "date", "The business day, as the store counts it."),
    Field("currency", "text", "ISO 4217."),
)
_DAYS = (
    Filter("store", "store"),
    Filter("from", "business_date", ">="),
    Filter("to", "business_date", "<="),
    Filter("currency", "currency"),
)
READS = (
    Read(
        name="sales",
        source="sales_by_day",
        summary="What each store took on each day.",
        fields=(
            *_DAY,
            Field("sales", "integer", "Receipts that were not voided."),
            Field("refunds", "integer", "Refunds."),
            Field("net_minor", "integer", "Without taxes, less refunds, in minor units."),
            Field("paid_minor", "integer", "What was paid, less what was paid back, in minor units."),
        ),
        key=("store", "business_date", "currency"),
        filters=_DAYS,
    ),
    Read(
        name="sales/products",
        source="product_sales_by_day",
        summary="What each store sold of each product on each day.",
        fields=(
            *_DAY,
            Field("sku", "text", "The product's number in the shop."),
            Field("sold", "integer", "Thousandths of its unit."),
            Field("returned", "integer", "Thousandths of its unit that came back."),
            Field("amount_minor", "integer", "What its lines came to, less what came back, in minor units."),
        ),
        key=("store", "business_date", "currency", "sku"),
        filters=(*_DAYS, Filter("sku", "sku")),
    ),
    Read(
        name="sales/tenders",
        source="tenders_by_day",
        summary="What each store was paid with on each day.",
        fields=(
            *_DAY,
            Field("kind", "text", "The kind of money: cash, card, ..."),
            Field("amount_minor", "integer", "Taken, less change and what was paid back, in minor units."),
        ),
        key=("store", "business_date", "currency", "kind"),
        filters=(*_DAYS, Filter("kind", "kind")),
    ),
    Read(
        name="sales/taxes",
        source="taxes_by_day",
        summary="The taxes of each store on each day, by rate.",
        fields=(
            *_DAY,
            Field("name", "text", "The tax's name on the receipt."),
            Field("rate", "integer", "In thousandths of a percent."),
            Field("net_minor", "integer", "What was taxed, less what came back, without the tax, in minor units."),
            Field("tax_minor", "integer", "The tax, less what was given back, in minor units."),
        ),
        key=("store", "business_date", "currency", "name", "rate"),
        filters=_DAYS,
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class SaleTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "sales"
    version = 9
    rows_at_once = limits.PROJECT_ROWS
    tables = ("refund_tax", "refund_tender", "refund_line", "refund", "sale_tax", "sale_tender", "sale")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        happened = await self.read_in_turns(rows)
        sold = [(row, event) for row, event in happened if isinstance(event, SaleCompleted)]
        sales: list[tuple[Any, ...]] = []
        async for piece in in_turns(sold):
            sales += [(*_sale_row(key, row, event), *_lines(event)) for row, event in piece]
        await connection.copy_records_to_table("sale", records=sales, columns=(*SALE, *LINES))
        await _copy_money(connection, "sale", key, sold)
        if back := [(row, event) for row, event in happened if isinstance(event, SaleRefunded)]:
            await self._copy_refunds(connection, key, back)
        for row, event in happened:  # what undoes a paper comes behind it, also where both come at once
            if isinstance(event, TenderCorrected):
                await self._correct(connection, (key.tenant, key.store, key.device, row.register), event)
            if isinstance(event, SaleVoided):
                place = (key.tenant, key.store, key.device, row.register)
                await connection.execute(
                    _VOID_REFUND if event.undoes == "refund" else _VOID, *place, event.number, event.sale
                )

    async def _correct(self, connection: Any, place: tuple[str, ...], event: TenderCorrected) -> None:
        """What a sale was really paid with."""
        await connection.execute(_UNPAID, *place, event.sale)
        tenders = [
            (*place, event.sale, at, tender.kind, tender.amount_minor, 0) for at, tender in enumerate(event.tenders, 1)
        ]
        await connection.copy_records_to_table("sale_tender", records=tenders, columns=TENDER)
        await connection.execute(_ROUNDED, *place, event.sale, event.rounding_minor)

    async def _copy_refunds(self, connection: Any, key: Key, back: Sequence[tuple[Row, SaleRefunded]]) -> None:
        refunds = [(*_sale_row(key, row, event), event.sale_register, event.sale, event.reason) for row, event in back]
        lines = [line for row, event in back for line in _refund_line_rows(key, row, event)]
        await connection.copy_records_to_table("refund", records=refunds, columns=REFUND)
        await connection.copy_records_to_table("refund_line", records=lines, columns=REFUND_LINE)
        await _copy_money(connection, "refund", key, back)


async def _copy_money(
    connection: Any, paper: str, key: Key, happened: Sequence[tuple[Row, SaleCompleted | SaleRefunded]]
) -> None:
    """What was paid with, and the taxes in it, of sales or of refunds."""
    tenders, taxes = [], []
    for row, event in happened:
        where = (key.tenant, key.store, key.device, row.register, event.number)
        change_minor, at = _change(event)
        for place, tender in enumerate(event.tenders, 1):
            tenders.append((*where, place, tender.kind, tender.amount_minor, change_minor if place == at else 0))
        for place, back in enumerate(event.back if isinstance(event, SaleCompleted) else (), len(event.tenders) + 1):
            tenders.append((*where, place, back.kind, 0, back.amount_minor))
        for place, tax in enumerate(event.taxes, 1):
            taxes.append((*where, place, tax.name, tax.rate, tax.net_minor, tax.tax_minor))
    await connection.copy_records_to_table(f"{paper}_tender", records=tenders, columns=TENDER)
    await connection.copy_records_to_table(f"{paper}_tax", records=taxes, columns=TAX)


def _change(event: SaleCompleted | SaleRefunded) -> tuple[int, int]:
    """What was given back at once, and the place of the tender of which: change is cash, of the last cash."""
    if not isinstance(event, SaleCompleted) or not event.change_minor:
        return 0, 0
    cash = [place for place, tender in enumerate(event.tenders, 1) if tender.kind == "cash"]
    return event.change_minor, (cash or [len(event.tenders)])[-1]


def _sale_row(key: Key, row: Row, sale: SaleCompleted | SaleRefunded) -> tuple[Any, ...]:
    return (
        *(key.tenant, key.store, key.device, row.register, sale.number, row.seq),
        date.fromisoformat(row.business_date),
        moment(row.at_us),
        *(sale.currency, sale.net_minor, sale.total_minor, sale.rounding_minor, sale.price_list, sale.customer),
    )


class SoldLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line as head office has it, in `sale.lines`."""

    line: int
    sku: str
    quantity: int
    price_minor: int
    listed_minor: int | None
    amount_minor: int
    tax_class: str
    discount_minor: int = 0
    lot: str | None = None
    expiry: date | None = None
    serial: str | None = None


def _lines(sale: SaleCompleted) -> tuple[str, list[str] | None, list[str] | None]:
    """The lines that were not voided, as JSON; their lots and their serial numbers."""
    lines = [
        SoldLine(
            *(line.id, line.sku, line.goods, line.price_minor, line.listed_minor),
            *(line.amount_minor, line.tax_class, line.discount_minor, *_label(line.label)),
        )
        for line in sale.lines
        if not line.voided
    ]
    for line in sale.exchange.lines if sale.exchange else ():
        goods = (line.id, line.sku, -line.goods, line.price_minor, None)
        lines.append(SoldLine(*goods, -line.amount_minor, line.tax_class, 0, *_label(line.label)))
    lots = [line.lot for line in lines if line.lot]
    serials = [line.serial for line in lines if line.serial]
    return msgspec.json.encode(lines).decode(), lots or None, serials or None


def _refund_line_rows(key: Key, row: Row, refund: SaleRefunded) -> list[tuple[Any, ...]]:
    where = (key.tenant, key.store, key.device, row.register, refund.number)
    return [
        (
            *where,
            *(place, line.sku, line.goods, line.amount_minor, line.tax_class),
            *(line.damaged, *_label(line.label)),
        )
        for place, line in enumerate(refund.lines, 1)
    ]


def _label(label: ScannedData | None) -> tuple[Any, ...]:
    """What the line's code said of this one thing."""
    return (None, None, None) if label is None else (label.lot or None, label.expiry, label.serial or None)
