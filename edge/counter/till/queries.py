"""Queries of the till."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from edge.core.journal.rows import facts_of_types, read_head
from edge.core.messages import Number, RecordedEvent, Refusal
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import GivenBack
from edge.counter.till.closing.periods import PERIODS
from edge.counter.till.customer_sales import bought_skus as bought_skus
from edge.counter.till.customer_sales import count_customers_of as count_customers_of
from edge.counter.till.customer_sales import has_bought as has_bought
from edge.counter.till.customer_sales import is_kept as is_kept
from edge.counter.till.delivered_sales import DeliveredSales as DeliveredSales
from edge.counter.till.delivered_sales import read_abroad_by_year as read_abroad_by_year
from edge.counter.till.delivered_sales import read_delivered_sales as read_delivered_sales
from edge.counter.till.events import (
    GiftReceiptPrinted,
    ReceiptReprinted,
    SaleCompleted,
    SaleRefunded,
    SaleVoided,
    TenderCorrected,
)
from edge.counter.till.lines.basket_names import basket_of
from edge.counter.till.rules import day_totals
from edge.counter.till.rules.day_totals import Day, Period
from edge.counter.till.rules.refund import AlreadyRefunded
from edge.goods.catalog.prices import MEMBER, has_list
from edge.goods.promotions.queries import for_list
from edge.lib.units.receipt_number import shown_number

_decode = msgspec.json.Decoder(Basket).decode
_Z_FIELDS = "register, number, seq, business_date, since_us, at_us, currency, total_minor, copies"
_FIELDS = "register, number, kind, seq, business_date, at_us, currency, total_minor, voided_by, refunded_minor, copies"
RECEIPTS_LIMIT = 200
_PAPERS = (SaleCompleted, SaleVoided, SaleRefunded)
ABOUT_ROWS = 100_000
"""Number of rows after a receipt that are searched for events about it."""
_PARKED = "SELECT id, body FROM parked_basket WHERE taken_us = 0"


class Receipt(msgspec.Struct, frozen=True):
    """A receipt in the list; its full event is in the journal at `seq`.

    `kind` is sale, void or refund. `total_minor` is the money received, negative if paid out. `refunded_minor`: the
    amount refunded since.
    """

    register: str
    number: int
    kind: str
    seq: int
    business_date: str
    at_us: int
    currency: str
    total_minor: int
    voided_by: int | None
    refunded_minor: int
    copies: int


class ZReport(msgspec.Struct, frozen=True):
    """A Z report in the list, counting from `since_us`; its full event is in the journal at `seq`."""

    register: str
    number: int
    seq: int
    business_date: str
    since_us: int
    at_us: int
    currency: str
    total_minor: int
    copies: int


def read_basket(db: Connection, register: str) -> Basket:
    """A register's open basket, or an empty one."""
    found = db.execute("SELECT body FROM open_basket WHERE register = ?", (register,)).fetchone()
    return basket_of(db, found[0]) if found else Basket(register)


def last_receipt(db: Connection, register: str) -> Receipt | None:
    """The register's newest receipt; None if it has none."""
    row = db.execute(
        f"SELECT {_FIELDS} FROM receipt WHERE register = ? ORDER BY number DESC LIMIT 1", (register,)
    ).fetchone()
    return Receipt(*row) if row else None


def read_receipt(db: Connection, register: str, number: Number) -> Receipt | None:
    """One receipt, or None."""
    row = db.execute(f"SELECT {_FIELDS} FROM receipt WHERE register = ? AND number = ?", (register, number)).fetchone()
    return Receipt(*row) if row else None


def read_receipts(db: Connection, register: str, before: Number | None = None, limit: Number = 20) -> list[Receipt]:
    """A register's receipts, the newest first, below number `before` (for the next page)."""
    rows = db.execute(
        f"SELECT {_FIELDS} FROM receipt WHERE register = ? AND number < ? ORDER BY number DESC LIMIT ?",
        (register, before or 2**62, min(limit, RECEIPTS_LIMIT)),
    )
    return [Receipt(*row) for row in rows]


def read_latest_receipts(db: Connection, limit: Number, registers: Sequence[str] = ()) -> list[Receipt]:
    """The newest receipts of the shop, or of these `registers`."""
    marks = ", ".join("?" * len(registers))
    where = f"WHERE register IN ({marks})" if registers else ""
    newest = "ORDER BY business_date DESC, at_us DESC, number DESC LIMIT ?"  # by an index of days, then within a day
    rows = db.execute(f"SELECT {_FIELDS} FROM receipt {where} {newest}", (*registers, min(limit, RECEIPTS_LIMIT)))
    return [Receipt(*row) for row in rows]


def read_refunded(db: Connection, register: str, number: Number) -> dict[int, int]:
    """Refunded thousandths of a sale's lines, by line number; empty if none."""
    rows = db.execute("SELECT line, quantity FROM refunded_line WHERE register = ? AND number = ?", (register, number))
    return dict(rows.fetchall())


def refunded_before(db: Connection, receipt: Receipt) -> AlreadyRefunded:
    """Refunds of a sale so far: by line, in total, and by tender."""
    rows = db.execute(
        "SELECT kind, minor, tender FROM refunded_tender WHERE register = ? AND number = ? ORDER BY tender, kind",
        (receipt.register, receipt.number),
    )
    tenders = tuple(GivenBack(kind, minor, of=tender) for kind, minor, tender in rows)
    return AlreadyRefunded(read_refunded(db, receipt.register, receipt.number), receipt.refunded_minor, tenders)


def voidable(db: Connection, register: str) -> Receipt:
    """The sale or refund that `VoidLastSale` would void: the register's newest paper, if no Z report covers it yet.

    Raises `Refusal` if there is none.
    """
    last = last_receipt(db, register)
    if last is None or last.kind not in ("sale", "refund"):
        raise Refusal("no_sale_to_void")
    if read_period(db, register).since_seq > last.seq:
        raise Refusal("sale_in_z", {"number": shown_number(register, last.number)})
    if read_refunded(db, register, last.number):
        raise Refusal("sale_refunded", {"number": shown_number(register, last.number)})
    return last


def rows_about_receipt(db: Connection, registry: Registry, register: str, number: Number) -> list[int]:
    """The journal's rows about a receipt, in order; empty if there is no such receipt.

    Contains the receipt itself, and its voids, refunds, corrections and prints among the next `ABOUT_ROWS`.
    """
    receipt = read_receipt(db, register, number)
    if receipt is None:
        return []
    through = min(read_head(db).seq, receipt.seq + ABOUT_ROWS)
    span = db, registry, receipt.seq + 1, through
    return sorted({receipt.seq, *_changing_rows(*span, receipt), *_printing_rows(*span, receipt)})


def _changing_rows(db: Connection, registry: Registry, first: int, through: int, receipt: Receipt) -> Iterator[int]:
    names, said = [one.__name__ for one in (*_PAPERS, TenderCorrected)], f'"sale":{receipt.number}'.encode()
    for fact in facts_of_types(db, registry, names, first, through, said):
        if (receipt.register, receipt.number) in sales_of(fact):
            yield fact.seq


def sales_of(fact: RecordedEvent) -> set[tuple[str, int]]:
    """The sales that an event refunds, voids or changes, as register and number."""
    match fact.event:
        case SaleCompleted(returns=returns):
            return {(goods.register, goods.sale) for goods in returns}
        case SaleRefunded(sale_register=register, sale=number):
            return {(register, number)}
        case SaleVoided(sale=number, refunds=refunds):
            return {(fact.register, number), *((one.sale_register, one.sale) for one in refunds)}
        case TenderCorrected(sale=number):
            return {(fact.register, number)}
    return set()


def _printing_rows(db: Connection, registry: Registry, first: int, through: int, receipt: Receipt) -> Iterator[int]:
    names = [one.__name__ for one in (ReceiptReprinted, GiftReceiptPrinted)]
    for fact in facts_of_types(db, registry, names, first, through, f'"number":{receipt.number}'.encode()):
        if (fact.register, getattr(fact.event, "number", 0)) == (receipt.register, receipt.number):
            yield fact.seq


def knows_members(db: Connection, at_us: Number) -> bool:
    """Whether members have their own prices or promotions."""
    return has_list(db, MEMBER) or for_list(db, MEMBER, at_us)


def read_period(db: Connection, register: str) -> Period:
    """A register's totals since its last Z report; empty before its first paper."""
    return PERIODS.read(db, register)


def day_before(db: Connection, registry: Registry, register: str, first: int) -> Day:
    """Return an empty day of a register that starts at row `first`.

    It contains only the newest earlier paper, because that may still be voided.
    """
    (seq,) = db.execute("SELECT max(seq) FROM receipt WHERE register = ? AND seq < ?", (register, first)).fetchone()
    day, types = Day(), [one.__name__ for one in (*_PAPERS, TenderCorrected)]
    for fact in facts_of_types(db, registry, types, seq, first - 1) if seq else ():
        if fact.register != register:
            continue
        if isinstance(fact.event, _PAPERS):
            day = day_totals.with_paper(day, fact.event)
        elif isinstance(fact.event, TenderCorrected):
            day = day_totals.with_correction(day, fact.event)
    return Day(newest=day.newest)


def read_z_report(db: Connection, register: str, number: Number | None = None) -> ZReport | None:
    """A register's Z report by number, or its last one; None if there is none."""
    row = db.execute(
        f"SELECT {_Z_FIELDS} FROM z_report WHERE register = ?1 AND number = coalesce(?2, number)"
        " ORDER BY number DESC LIMIT 1",
        (register, number),
    ).fetchone()
    return ZReport(*row) if row else None


def read_z_before(db: Connection, register: str, row: int) -> ZReport | None:
    """A register's last Z report before a journal row; None if there is none."""
    query = f"SELECT {_Z_FIELDS} FROM z_report WHERE register = ? AND seq < ? ORDER BY number DESC LIMIT 1"
    found = db.execute(query, (register, row)).fetchone()
    return ZReport(*found) if found else None


def read_z_reports(db: Connection, register: str, before: Number | None = None, limit: Number = 20) -> list[ZReport]:
    """A register's Z reports, the newest first, below number `before` (for the next page)."""
    rows = db.execute(
        f"SELECT {_Z_FIELDS} FROM z_report WHERE register = ? AND number < ? ORDER BY number DESC LIMIT ?",
        (register, before or 2**62, min(limit, RECEIPTS_LIMIT)),
    )
    return [ZReport(*row) for row in rows]


def parked_customers(db: Connection) -> dict[int, str]:
    """Customers of parked baskets, by basket number; baskets without one are omitted."""
    found = ((id, _decode(body).customer) for id, body in db.execute(_PARKED))
    return {id: customer for id, customer in found if customer}
