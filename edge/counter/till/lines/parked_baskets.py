"""Parked baskets, which any register can resume.

They are local state without events, except that their available goods are reserved.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import msgspec

from edge.core.messages import Moment, Refusal
from edge.core.people.remarks import Remarks
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket import totals
from edge.counter.basket.basket import PARKED_LIMIT, Basket
from edge.counter.kitchen.commands import KeepSlipOrder
from edge.counter.till.commands import SetBasketAside, TakeBasketUp
from edge.counter.till.lines.basket_names import basket_of, kept_basket, seal_name
from edge.counter.till.lines.pricing import price_basket, priced_for
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import pin_first, resumption, save, stock_moves, take_over_basket
from edge.counter.till.settings import TillSettings
from edge.foundation.access.queries import name_of
from edge.foundation.printing.document import TemplateBlock
from edge.goods.stock.commands import ReleaseStock, ReserveLine, ReserveStock
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import FINDINGS_LIMIT, StockIssue, available_of
from edge.money.gift_cards.commands import ReleaseHolds

REMEMBERED_US = 24 * 3600 * 1_000_000
"""How long it's reported which register resumed a basket (microseconds)."""
_PARK = """
    INSERT INTO parked_basket (name, register, person, business_date, at_us, items, total_minor, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_LISTED = """
    SELECT id, name, register, person, business_date, at_us, items, total_minor FROM parked_basket
    WHERE taken_us = 0
"""
_ON_COUNTER = """
    SELECT id, name, taken_register, taken_person, business_date, taken_us, items, total_minor FROM parked_basket
    WHERE taken_us > 0 AND taken_register = ? AND id = ?
"""
_TAKEN = "UPDATE parked_basket SET taken_us = ?, taken_register = ?, taken_person = ?, body = x'' WHERE id = ?"

_LEFT = """
    SELECT c.sku, c.location, c.quantity FROM stock_claim c
    WHERE c.kind = 'reserved' AND c.holder LIKE 'parked %' AND NOT EXISTS (
        SELECT 1 FROM parked_basket p WHERE p.taken_us = 0 AND 'parked ' || p.id = c.holder) LIMIT ?
"""


class Parked(msgspec.Struct, frozen=True):
    """A parked basket: who parked it, at which register, and its total.

    `number`: its id, shown if it has no name.
    """

    number: int
    name: str
    register: str
    person: str
    business_date: str
    at_us: int
    items: int
    total_minor: int


def read_parked(db: Connection) -> list[Parked]:
    """Parked baskets in the shop, by name."""
    return _parked_by_name(db, db.execute(_LISTED).fetchall())


def count_parked(db: Connection) -> int:
    """The number of parked baskets in the shop."""
    return int(db.execute("SELECT count(*) FROM parked_basket WHERE taken_us = 0").fetchone()[0])


def parked_stock_check(db: Connection, now_us: Moment) -> list[StockIssue]:
    """Stock that is reserved for baskets that are no longer parked."""
    return [
        StockIssue("reserved_differs", "medium", sku, location, 0, quantity, "release_or_receive")
        for sku, location, quantity in db.execute(_LEFT, (FINDINGS_LIMIT,))
    ]


def read_taken(db: Connection) -> list[Parked]:
    """Resumed baskets that are now at a register. `register` and `person` are those that have them now."""
    found: list[tuple[Any, ...]] = []
    for (register,) in db.execute("SELECT register FROM open_basket").fetchall():
        up = read_basket(db, register).up
        if up and up.parked:
            found += db.execute(_ON_COUNTER, (register, up.parked)).fetchall()
    return _parked_by_name(db, found)


def _parked_by_name(db: Connection, rows: list[tuple[Any, ...]]) -> list[Parked]:
    """Parked baskets, sorted by decrypted name."""
    remarks = Remarks(db)
    found = [Parked(number, remarks.read(name), *rest) for number, name, *rest in rows]
    return sorted(found, key=lambda one: (one.name, one.number))


def on_report(parked: list[Parked], at_us: int, currency: str) -> TemplateBlock | None:
    """Parked baskets for a report: number, age and total; None if there are none.

    Names are left out, because they may be people's names and the journal stores the report.
    """
    rows = [
        {"number": one.number, "minutes": (at_us - one.at_us) // 60_000_000, "minor": one.total_minor} for one in parked
    ]
    return TemplateBlock("till/parked", {"shop": {"currency": currency}, "parked": rows}) if rows else None


class BasketParking:
    """Parks and resumes baskets in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def park(self, tx: Transaction, command: SetBasketAside) -> Basket:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.lines:
            pin_first(tx.actor, "set_aside", self._settings)
        if basket.tenders and all(tender.card for tender in basket.tenders):  # no money taken, only held
            tx.do(ReleaseHolds())
            basket = msgspec.structs.replace(basket, tenders=())
        if basket.tenders:
            raise Refusal("already_paying", {"paid_minor": basket.paid_minor})
        if basket.questions:
            raise Refusal("answer_first", {"waiting": len(basket.questions)})
        if not basket.sold_lines:
            raise Refusal("basket_empty")
        id = put_aside(tx, msgspec.structs.replace(basket, name=command.name.strip() or basket.name), self._settings)
        tx.do(KeepSlipOrder(order_of(id)))
        return save(tx, basket.next_basket())

    def take_up(self, tx: Transaction, command: TakeBasketUp) -> Basket:
        here = read_basket(tx.db, tx.actor.register)
        if not here.empty:
            raise Refusal("basket_not_empty")
        found = tx.db.execute(
            "SELECT body, business_date, taken_us, taken_register, taken_person FROM parked_basket WHERE id = ?",
            (command.id,),
        ).fetchone()
        if found is None:
            raise Refusal("parked_unknown", {"number": command.id})
        body, day, taken_us, register, person = found
        if taken_us:
            return self._take_over_basket(tx, command, register, person)
        old = date.fromisoformat(tx.business_date) > date.fromisoformat(day) + timedelta(days=1)
        if old and not command.prices:
            raise Refusal("parked_old", {"since": day})
        kept = basket_of(tx.db, body)
        up = resumption(tx, kept.name or str(command.id), command.id)
        basket = msgspec.structs.replace(kept, register=tx.actor.register, revision=here.revision + 1, up=up)
        if command.prices == "today":
            basket = priced_for(tx, basket, basket.price_list)
        tx.db.execute(_TAKEN, (tx.at_us, tx.actor.register, tx.actor.name, command.id))
        tx.do(KeepSlipOrder(order_of(command.id), back=True))
        tx.do(ReleaseStock(order_of(command.id)))
        return save(tx, price_basket(tx, basket, self._settings))

    def _take_over_basket(self, tx: Transaction, command: TakeBasketUp, register: str, person: str) -> Basket:
        """Take a resumed basket over from another register, after confirmation. That register is notified."""
        there = read_basket(tx.db, register)
        told: dict[str, str | int] = {
            "register": register,
            "who": name_of(tx.db, person) or person,
            "number": command.id,
        }
        mine = there.up is not None and there.up.parked == command.id
        if not mine or register == tx.actor.register:
            raise Refusal("parked_taken", told)
        refuse_take_over(there)
        if not command.take_over:
            raise Refusal("parked_with", told)
        tx.db.execute(_TAKEN, (tx.at_us, tx.actor.register, tx.actor.name, command.id))
        tx.do(KeepSlipOrder(register, back=True, counts=True))
        return save(tx, price_basket(tx, take_over_basket(tx, there), self._settings))


def put_aside(tx: Transaction, basket: Basket, settings: TillSettings) -> int:
    """Park a basket under its name and reserve its available goods; returns its number."""
    if count_parked(tx.db) >= PARKED_LIMIT:
        raise Refusal("too_many_aside", {"limit": PARKED_LIMIT})
    total_minor = totals.total_minor(basket, settings)
    name = seal_name(tx, basket.name, basket.customer)
    where = (name, tx.actor.register, tx.actor.name, tx.business_date, tx.at_us)
    row = tx.db.execute(_PARK, (*where, len(basket.sold_lines), total_minor, kept_basket(tx, basket)))
    id = int(row.lastrowid)
    _reserve(tx, order_of(id), basket)
    tx.db.execute("DELETE FROM parked_basket WHERE taken_us > 0 AND taken_us < ?", (tx.at_us - REMEMBERED_US,))
    return id


def refuse_take_over(there: Basket) -> None:
    """Raise `Refusal` if a basket can't be taken over because it's part-paid or has an open question."""
    if there.tenders:
        raise Refusal("paid_there", {"register": there.register, "paid_minor": there.paid_minor})
    if there.questions:
        raise Refusal("asked_there", {"register": there.register})


def _reserve(tx: Transaction, holder: str, basket: Basket) -> None:
    """Reserve the basket's available goods. Missing or unknown stock doesn't prevent parking."""
    wanted = Counter[str]()
    for moved in stock_moves(basket.sold_lines, 1):
        wanted[moved.sku] += moved.thousandths
    there = available_of(tx.db, tuple(wanted), MAIN)
    lines = tuple(ReserveLine(sku, min(wanted[sku], free)) for sku, free in there.items() if free > 0)
    while lines:
        try:
            tx.do(ReserveStock(holder, lines))
            return
        except Refusal as refusal:
            rest = tuple(line for line in lines if line.sku != refusal.refused.values.get("sku"))
        if rest == lines:
            return
        lines = rest


def order_of(id: int) -> str:
    """Return the name of a parked basket's kitchen order, which also holds its reserved stock."""
    return f"parked {id}"
