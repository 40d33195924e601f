"""Head office's projection of sales, refunds and their lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import astuple

from edge.counter.basket.event_structs import ScannedData
from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected
from edge.counter.till.hub_days import SALE_DAY, TAX_DAY, TENDER_DAY, OfficeDays, counts_of, earned_of
from edge.counter.till.hub_days import TABLES as DAY_TABLES
from sync import limits
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, SEQ, Column, Fact, Index, Table, Value, moment, place
from sync.hub.table_projector import TableProjector, in_turns, together
from sync.wire import Row


class SoldLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line in head office's `sale.lines`."""

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
    modifiers: tuple[str, ...] = ()


class PaidWith(NamedTuple):
    """A tender on a paper, with the paper's number."""

    number: int
    kind: str
    amount_minor: int
    change_minor: int


def _paper(number: str = "event.number") -> tuple[Column, ...]:
    """The key columns at the start of each table."""
    return (
        *place(device="Appliance that wrote it."),
        Column("register", "text", "Register.", "row.register", key=True),
        Column("number", "bigint", "Receipt number of the register.", number, key=True),
    )


def _apart(fact: Fact) -> int:
    return sum(line.amount_minor for line in fact.event.lines if not (line.voided or line.is_revenue))


def _label_value(field: str) -> Value:
    """Read a field of the label of the line `item`."""
    return lambda fact: (getattr(fact.item.label, field) or None) if fact.item.label else None


def _all(field: str) -> Value:
    get = attrgetter(field)
    return lambda fact: [said for said in map(get, fact.item) if said] or None


_PLACE = Column("place", "bigint", "Position on the receipt, from 1.", "n", key=True)
_TENDER = (
    *_paper("item.number"),
    _PLACE,
    Column("kind", "text", "cash, card, ...", "item.kind"),
    Column(
        *("amount_minor", "bigint", "Amount tendered in minor units of the receipt's currency, always positive."),
        "item.amount_minor",
    ),
    Column("change_minor", "bigint", "Change given, in minor units.", "item.change_minor"),
)
_TAX = (
    *_paper(),
    _PLACE,
    Column("name", "text", "Name of the tax on the receipt.", "item.name"),
    Column("rate", "bigint", "Rate in thousandths of a percent.", "item.rate"),
    Column("net_minor", "bigint", "Taxable net amount, in minor units.", "item.net_minor"),
    Column("tax_minor", "bigint", "Tax in minor units.", "item.tax_minor"),
)
_SUMS = (
    *_paper(),
    msgspec.structs.replace(SEQ, key=False),
    BUSINESS_DATE,
    AT,
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("net_minor", "bigint", "Net amount in minor units, always positive.", "event.net_minor"),
    Column("total_minor", "bigint", "Total including taxes, before cash rounding.", "event.total_minor"),
    Column("rounding_minor", "bigint", "Cash rounding.", "event.rounding_minor"),
)
_WHOSE = (
    Column("price_list", "text", "Price list used: store or member.", "event.price_list", default="'store'"),
    Column("customer", "text", "Anonymous customer id; empty: no customer.", "event.customer", default="''"),
)
_APART = Column(
    *("apart_minor", "bigint", "Non-revenue part: tips, gift card loads, overpayments and deposits."),
    _apart,
    default="0",
)
_VOIDED = Column("voided_by", "bigint", "Number of the void receipt that cancelled it.", null=True)

SALE = Table(
    "sale",
    "Sales, including voided ones.",
    *_SUMS,
    _VOIDED,
    *_WHOSE,
    Column("lines", "jsonb", "Lines without voided ones; see the view sale_line.", "item", default="'[]'"),
    Column("lots", "text[]", "Lots of its lines; null: none.", _all("lot"), null=True),
    Column("serials", "text[]", "Serial numbers of its lines.", _all("serial"), null=True),
    _APART,
    Column(
        *(
            "earned_minor",
            "bigint",
            "Revenue before returns on the same receipt; null: none, such as a gift card sale.",
        ),
        lambda fact: earned_of(fact.event),
        null=True,
    ),
    indexes=(
        Index("sale_by_day", "tenant, business_date, store"),
        Index("sale_by_lot", "lots", using="gin", where="lots IS NOT NULL"),
        Index("sale_by_serial", "serials", using="gin", where="serials IS NOT NULL"),
    ),
)
"""Lines are stored as objects inside the sale, because a row and index entry per line would double Postgres's work.

An index still finds a recalled lot: SELECT ... FROM sale WHERE lots @> ARRAY['L1'].
"""
REFUND = Table(
    "refund",
    "Refunds; amounts are positive.",
    *_SUMS,
    Column("sale_register", "text", "Register of the sale.", "event.sale_register"),
    Column("sale", "bigint", "Sale number; 0: refunded without a receipt.", "event.sale"),
    *_WHOSE,
    _VOIDED,
    _APART,
    indexes=(Index("refund_by_day", "tenant, business_date, store"),),
)
REFUND_LINE = Table(
    "refund_line",
    "Lines of refunds.",
    *_paper(),
    Column("line", "bigint", "Position on the refund receipt, from 1.", "n", key=True),
    Column("sku", "text", "The shop's product number (SKU).", "item.sku"),
    Column("quantity", "bigint", "Quantity in thousandths of the product's unit.", "item.goods"),
    Column("amount_minor", "bigint", "Amount refunded for it, in minor units.", "item.amount_minor"),
    Column("tax_class", "text", "Tax class.", "item.tax_class"),
    Column("damaged", "boolean", "Whether it is damaged and can't be sold again.", "item.damaged"),
    Column("lot", "text", "Lot.", _label_value("lot"), null=True),
    Column("expiry", "date", "Expiry date.", _label_value("expiry"), null=True),
    Column("serial", "text", "Serial number.", _label_value("serial"), null=True),
)
SALE_TENDER = Table(
    "sale_tender",
    "Payments of sales, including those of voided sales (sale.voided_by).",
    *_TENDER,
)
REFUND_TENDER = Table("refund_tender", "Payments of refunds.", *_TENDER)
SALE_TAX = Table(
    "sale_tax", "Taxes of sales by rate, as on the receipt; the tax class of a line is in sale_line.", *_TAX
)
REFUND_TAX = Table("refund_tax", "Taxes of refunds by rate.", *_TAX)

_PAPER = "tenant = $1 AND store = $2 AND device = $3 AND register = $4 AND number = $5"
_SUMMED = "*, net_minor - apart_minor AS net, total_minor + rounding_minor AS paid"
_VOID = f"UPDATE {{table}} SET voided_by = $6 WHERE {_PAPER} AND voided_by IS NULL RETURNING {_SUMMED}"
_SOLD = f"SELECT *, voided_by IS NULL AS counts FROM sale WHERE {_PAPER}"
_UNPAID = f"DELETE FROM sale_tender WHERE {_PAPER} RETURNING kind, amount_minor - change_minor AS minor"
_ROUNDED = f"""
    UPDATE sale SET rounding_minor = $6, earned_minor = earned_minor + $6 - rounding_minor WHERE {_PAPER}
"""
_DAY = (
    Field("store", "text", "The store."),
    Field("business_date", "date", "The store's business day."),
    Field("currency", "text", "ISO 4217."),
)
_DAYS = (
    Filter("store", "store"),
    Filter("from", "business_date", ">="),
    Filter("to", "business_date", "<="),
    Filter("currency", "currency"),
)

_RECEIPT = ("store", "device", "register", "number")
_MONEY = ("net_minor", "total_minor", "rounding_minor")
_PAPERS = tuple(Filter(name, name) for name in _RECEIPT)


def _sums_of(table: Table) -> tuple[Field, ...]:
    return tuple(column.field for column in table.columns if not column.key)


def _daily_sums(table: Table, name: str, summary: str) -> Read:
    """A read that returns one row per day of a daily table, over all requested stores."""
    key = tuple(name for name in table.key if name not in ("tenant", "store", "device"))
    fields = tuple(column.field for column in table.columns if not column.key or column.name in key)
    return Read(name, table.name, summary, fields, key, _DAYS, summed=True)


_PAPER_FIELDS = (
    Field("store", "text", "The store."),
    Field("device", "text", "Appliance that wrote it."),
    Field("register", "text", "Register."),
    Field("number", "integer", "Receipt number of the register."),
    Field("paper", "text", "sale or refund."),
    Field("business_date", "date", "The store's business day."),
    Field("at", "time", "Time of the receipt."),
    Field("currency", "text", "ISO 4217."),
)
_POSITION = Field("place", "integer", "Position on the receipt, from 1.")
_TAXED = (
    Field("name", "text", "Name of the tax on the receipt."),
    Field("rate", "integer", "Rate in thousandths of a percent."),
    Field("net_minor", "integer", "Taxable net amount minus refunds, in minor units."),
    Field("tax_minor", "integer", "Tax minus refunded tax, in minor units."),
)


def _parts(name: str, source: str, summary: str, *filters: Filter, fields: tuple[Field, ...]) -> Read:
    """A read that returns each receipt's part in a figure."""
    place = ("place",) if _POSITION in fields else ()
    of_paper = tuple(Filter(one, one) for one in ("device", "register", "number", "paper"))
    return Read(
        name=name,
        source=source,
        summary=summary,
        fields=(*_PAPER_FIELDS, *fields),
        key=("store", "device", "register", "number", "paper", *place),
        filters=(*_DAYS, *of_paper, *filters),
    )


_HOURLY = (
    Field("hour", "time", "Start of the hour (UTC)."),
    Field("currency", "text", "ISO 4217."),
    Field("sales", "integer", "Number of sales without voided ones."),
    Field("paid_minor", "integer", "Payments minus refunds, in minor units."),
)


class SaleTables(TableProjector):
    """Projects sales events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "sales"
    version = 14
    rows_at_once = limits.PROJECT_ROWS
    keeps_orphans = True
    tables = (SALE, REFUND, REFUND_LINE, SALE_TENDER, REFUND_TENDER, SALE_TAX, REFUND_TAX, *DAY_TABLES)
    reads = (
        Read(
            name="sales",
            source="sales_by_day",
            summary="Daily takings of each store.",
            fields=(*_DAY, *_sums_of(SALE_DAY)),
            key=("store", "business_date", "currency"),
            filters=_DAYS,
        ),
        Read(
            name="sales/hours",
            source="sales_by_hour",
            summary="Hourly takings of each store.",
            fields=(*_DAY[:2], *_HOURLY),
            key=("store", "business_date", "hour", "currency"),
            filters=(*_DAYS, Filter("hour", "hour")),
        ),
        Read(
            name="sales/hours/sums",
            source="sales_by_hour",
            summary="Hourly takings of all stores together.",
            fields=(*_DAY[1:2], *_HOURLY),
            key=("business_date", "hour", "currency"),
            filters=_DAYS,
            summed=True,
        ),
        Read(
            name="sales/products",
            source="product_sales_by_day",
            summary="Daily product sales of each store.",
            fields=(
                *_DAY,
                Field("sku", "text", "The shop's product number (SKU)."),
                Field("sold", "integer", "Quantity in thousandths of the product's unit."),
                Field("returned", "integer", "Returned quantity in thousandths of its unit."),
                Field("amount_minor", "integer", "Line totals minus returns, in minor units."),
            ),
            key=("store", "business_date", "currency", "sku"),
            filters=(*_DAYS, Filter("sku", "sku")),
        ),
        Read(
            name="sales/tenders",
            source="tenders_by_day",
            summary="Daily payments of each store by payment method.",
            fields=(
                *_DAY,
                Field("kind", "text", "Payment method: cash, card, ..."),
                Field("amount_minor", "integer", "Payments minus change and refunds, in minor units."),
            ),
            key=("store", "business_date", "currency", "kind"),
            filters=(*_DAYS, Filter("kind", "kind")),
        ),
        Read(
            name="sales/taxes",
            source="taxes_by_day",
            summary="Daily taxes of each store by rate.",
            fields=(
                *_DAY,
                *_TAXED,
            ),
            key=("store", "business_date", "currency", "name", "rate"),
            filters=_DAYS,
        ),
        _daily_sums(SALE_DAY, "sales/sums", "Daily sales of all stores together."),
        _daily_sums(TENDER_DAY, "sales/tenders/sums", "Daily payments of all stores together, by payment method."),
        _daily_sums(TAX_DAY, "sales/taxes/sums", "The taxes of all of the stores on each day, by rate."),
        SALE.read(
            "sales/receipts",
            *_PAPERS,
            Filter("date", "business_date"),
            fields=(
                *_RECEIPT,
                "business_date",
                "at",
                "currency",
                *_MONEY,
                "voided_by",
                "price_list",
                "customer",
                "lines",
            ),
        ),
        _parts(
            "sales/papers",
            "sales_paper",
            "Each receipt's part of the day's figures. Parts of voided receipts are 0.",
            Filter("hour", "hour"),
            fields=(
                Field("hour", "time", "Start of its hour (UTC)."),
                *_sums_of(SALE_DAY),
                Field("voided_by", "integer", "Number of the void receipt; null: not voided."),
            ),
        ),
        _parts(
            "sales/papers/tenders",
            "sales_paper_tender",
            "Each receipt's part of a payment method; refunds are negative, voided receipts are left out.",
            Filter("kind", "kind"),
            fields=(
                _POSITION,
                Field("kind", "text", "Payment method: cash, card, ..."),
                Field("amount_minor", "integer", "Amount minus change, in minor units."),
            ),
        ),
        _parts(
            "sales/papers/taxes",
            "sales_paper_tax",
            "Each receipt's part of a tax; refunds are negative, voided receipts are left out.",
            Filter("name", "name"),
            Filter("rate", "rate"),
            fields=(_POSITION, *_TAXED),
        ),
        _parts(
            "sales/papers/products",
            "sales_paper_line",
            "Each receipt's lines of a product; returns are negative, voided receipts are left out.",
            Filter("sku", "sku"),
            fields=(
                _POSITION,
                Field("sku", "text", "The shop's product number (SKU)."),
                Field("quantity", "integer", "Quantity in thousandths of the product's unit."),
                Field("amount_minor", "integer", "Line total in minor units."),
            ),
        ),
        SALE_TENDER.read("sales/receipts/tenders", *_PAPERS),
        SALE_TAX.read("sales/receipts/taxes", *_PAPERS),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, SaleCompleted, SaleRefunded, SaleVoided, TenderCorrected)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = await self.facts_in_turns(key, rows)
        sold = [fact for fact in facts if isinstance(fact.event, SaleCompleted)]
        sales: list[list[Any]] = []
        async for piece in in_turns(sold):
            sales += [SALE.record(Fact(key, fact.row, fact.event, _lines(fact.event))) for fact in piece]
        await SALE.copy_records(connection, sales)
        await SALE_TENDER.copy(connection, (each for fact in sold for each in _tenders(fact)))
        await SALE_TAX.copy(connection, (each for fact in sold for each in fact.each(fact.event.taxes, 1)))
        back = [fact for fact in facts if isinstance(fact.event, SaleRefunded)]
        if back:
            await REFUND.copy(connection, back)
            await REFUND_LINE.copy(connection, (each for fact in back for each in fact.each(fact.event.lines, 1)))
            await REFUND_TENDER.copy(connection, (each for fact in back for each in _tenders(fact)))
            await REFUND_TAX.copy(connection, (each for fact in back for each in fact.each(fact.event.taxes, 1)))
        days = OfficeDays(key)
        for fact in (*sold, *back):
            _count(days, fact)
        for fact in facts:  # in order: a void comes after its paper, even within one batch
            if isinstance(fact.event, TenderCorrected):
                await _correct(connection, days, fact)
            if isinstance(fact.event, SaleVoided):
                kind = "refund" if fact.event.undoes == "refund" else "sale"
                paper = (*astuple(key), fact.row.register, fact.event.sale)
                if row := await connection.fetchrow(_VOID.format(table=kind), *paper, fact.event.number):
                    await days.undo(connection, kind, row, paper)
        await days.write(connection)


def _count(days: OfficeDays, fact: Fact) -> None:
    """Add a paper to the totals of its day."""
    event, day = fact.event, (date.fromisoformat(fact.row.business_date), fact.event.currency)
    sign = 1 if isinstance(event, SaleCompleted) else -1
    net, paid = event.net_minor - _apart(fact), event.total_minor + event.rounding_minor
    days.papers(day, **counts_of(event), net_minor=sign * net, paid_minor=sign * paid)
    days.hours(day, moment(fact.row.at_us), max(sign, 0), sign * paid)
    days.tenders(day, sign, ((one.kind, one.amount_minor - one.change_minor) for one in _corrected_tenders(event)))
    days.taxes(day, sign, ((tax.name, tax.rate, tax.net_minor, tax.tax_minor) for tax in event.taxes))
    days.products(day, 1, _goods_moved(event))


def _goods_moved(event: SaleCompleted | SaleRefunded) -> Iterator[tuple[str, int, int]]:
    """The SKU, quantity and amount of each line. Quantity and amount are negative for returned goods."""
    if isinstance(event, SaleRefunded):
        yield from ((line.sku, -line.goods, -line.amount_minor) for line in event.lines)
        return
    yield from ((line.sku, line.goods, line.amount_minor) for line in event.lines if not line.voided)
    yield from ((line.sku, -line.goods, -line.amount_minor) for line in event.returned_lines)


async def _correct(connection: Any, days: OfficeDays, fact: Fact) -> None:
    """Replace a sale's tenders with the corrected ones."""
    event, paper = fact.event, (*astuple(fact.key), fact.row.register, fact.event.sale)
    sale = await connection.fetchrow(_SOLD, *paper)
    unpaid = await connection.fetch(_UNPAID, *paper)
    await SALE_TENDER.copy(connection, _tenders(fact))
    await connection.execute(_ROUNDED, *paper, event.rounding_minor)
    if sale and sale["counts"]:
        day = (sale["business_date"], sale["currency"])
        more = event.rounding_minor - sale["rounding_minor"]
        days.papers(day, paid_minor=more, earned_minor=0 if sale["earned_minor"] is None else more)
        days.hours(day, sale["at"], 0, more)
        days.tenders(day, -1, unpaid)
        days.tenders(day, 1, ((one.kind, one.amount_minor - one.change_minor) for one in _corrected_tenders(event)))


def _tenders(fact: Fact) -> Iterator[Fact]:
    return fact.each(_corrected_tenders(fact.event), 1)


def _corrected_tenders(event: SaleCompleted | SaleRefunded | TenderCorrected) -> list[PaidWith]:
    """Return a paper's tenders in its order, then money given back in an exchange as change of 0 tendered.

    For a `TenderCorrected`, return the sale's corrected tenders.
    """
    if isinstance(event, TenderCorrected):
        return [PaidWith(event.sale, tender.kind, tender.amount_minor, 0) for tender in event.tenders]
    change_minor, at = _change(event)
    paid = [
        PaidWith(event.number, tender.kind, tender.amount_minor, change_minor if place == at else 0)
        for place, tender in enumerate(event.tenders, 1)
    ]
    if change_minor and not at:  # change from a voucher or foreign notes is given in cash anyway
        paid.append(PaidWith(event.number, "cash", 0, change_minor))
    back = event.back if isinstance(event, SaleCompleted) else ()
    return paid + [PaidWith(event.number, money.kind, 0, money.amount_minor) for money in back]


def _change(event: SaleCompleted | SaleRefunded) -> tuple[int, int]:
    """The change, and the position of the tender it belongs to: the last cash tender (0: none)."""
    if not isinstance(event, SaleCompleted) or not event.change_minor:
        return 0, 0
    cash = [place for place, tender in enumerate(event.tenders, 1) if tender.kind == "cash"]
    return event.change_minor, cash[-1] if cash else 0


def _lines(sale: SaleCompleted) -> list[SoldLine]:
    """Return a sale's lines without voided ones, followed by returned goods with negative quantities and amounts."""
    lines = [
        SoldLine(
            line.id,
            line.sku,
            line.goods,
            line.price_minor,
            line.listed_minor,
            line.amount_minor,
            line.tax_class,
            line.discount_minor,
            *_label(line.label),
            modifiers=tuple(one.ref for one in line.modifiers),
        )
        for line in sale.lines
        if not line.voided
    ]
    for line in sale.returned_lines:
        goods = (line.id, line.sku, -line.goods, line.price_minor, None)
        lines.append(SoldLine(*goods, -line.amount_minor, line.tax_class, 0, *_label(line.label)))
    return lines


def _label(label: ScannedData | None) -> tuple[str | None, date | None, str | None]:
    """The lot, expiry date and serial number in a line's label."""
    return (None, None, None) if label is None else (label.lot or None, label.expiry, label.serial or None)
