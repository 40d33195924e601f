"""A sale as on its receipt, for programs that sell or look up sales."""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec

from edge.core.journal.rows import fact_of, find_command, read_fact
from edge.core.messages import Event, RecordedEvent
from edge.core.people.remarks import Remarks
from edge.core.registry import Registry
from edge.core.storage.database import Connection
from edge.counter.basket.event_structs import GivenBack, RecordedLine, ReturnedGoods, SaleCoupon, Tender, TypedDiscount
from edge.counter.till.after_sale.corrections import with_corrected_tenders
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.lib.tax.rules import Taxed
from edge.lib.units.receipt_number import shown_number


class SaleLine(RecordedLine, frozen=True, omit_defaults=True):
    """A line of a sale. `paid_minor`: its price without deposits; 0 if it's voided."""

    paid_minor: int = 0


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """A sale: `receipt` is its displayed number, `seq` its journal row, `at_us` UTC microseconds.

    `total_minor` is `net_minor` plus all `taxes`. `tenders` less `change_minor` is that total plus cash rounding.
    """

    register: str
    number: int
    receipt: str
    seq: int
    business_date: str
    at_us: int
    currency: str
    lines: tuple[SaleLine, ...]
    taxes: tuple[Taxed, ...]
    taxes_included: bool
    net_minor: int
    total_minor: int
    rounding_minor: int
    deposit_minor: int
    tenders: tuple[Tender, ...]
    change_minor: int
    age_checked: int
    price_list: str
    promotions: dict[str, dict[str, str]]
    customer: str
    discount: TypedDiscount | None = None
    returns: tuple[ReturnedGoods, ...] = ()
    back: tuple[GivenBack, ...] = ()
    coupons: tuple[SaleCoupon, ...] = ()


class SaleNow(Sale, frozen=True, kw_only=True):
    """A sale with the number of the receipt that voided it, if any, and the amount refunded since."""

    voided_by: int | None
    refunded_minor: int


_OF_THE_EVENT = tuple(
    field
    for field in Sale.__struct_fields__
    if field not in ("register", "receipt", "seq", "business_date", "at_us", "lines")
)


def paper_at(db: Connection, registry: Registry, seq: int) -> RecordedEvent:
    """The paper at a journal row. A sale has its corrected tenders."""
    read = partial(read_fact, db, registry)
    return with_corrected_tenders(db, read, read(seq))


def paper_event(db: Connection, registry: Registry, seq: int) -> Event:
    """The event of the paper at a journal row."""
    return paper_at(db, registry, seq).event


def sale_of(db: Connection, fact: RecordedEvent) -> Sale:
    """The sale of an event. Raises `TypeError` if it isn't a sale."""
    return Sale(**_fields(db, fact))


def read_sale(db: Connection, registry: Registry, register: str, number: int) -> SaleNow | None:
    """The sale with a register's receipt number; None if there is none or it isn't a sale."""
    receipt = read_receipt(db, register, number)
    if receipt is None or receipt.kind != "sale":
        return None
    fields = _fields(db, paper_at(db, registry, receipt.seq))
    return SaleNow(**fields, voided_by=receipt.voided_by, refunded_minor=receipt.refunded_minor)


def sale_of_command(db: Connection, registry: Registry, command_id: bytes) -> Sale:
    """The sale that a command completed. Raises `LookupError` if it completed none."""
    for row in find_command(db, command_id):
        if row.type == SaleCompleted.__name__:
            return sale_of(db, fact_of(registry, row))
    raise LookupError("the command completed no sale")


def _fields(db: Connection, fact: RecordedEvent) -> dict[str, Any]:
    event = fact.event
    if not isinstance(event, SaleCompleted):
        raise TypeError(f"{type(event).__name__} isn't a sale")
    remarks = Remarks(db)
    return {
        "register": fact.register,
        "receipt": shown_number(fact.register, event.number),
        "seq": fact.seq,
        "business_date": fact.business_date,
        "at_us": fact.at_us,
        "lines": tuple(_line(line, remarks.read(line.reason)) for line in event.lines),
        **{field: getattr(event, field) for field in _OF_THE_EVENT},
    }


def _line(line: RecordedLine, reason: str) -> SaleLine:
    return SaleLine(**msgspec.structs.asdict(line) | {"reason": reason}, paid_minor=line.amount_minor)
