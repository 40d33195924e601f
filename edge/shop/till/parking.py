"""Baskets that are set aside, and taken up again at any register. Local state: no facts come of it, but that what is
there of its goods is promised to it meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.shop.access.queries import name_of
from edge.shop.kitchen.commands import KeepSlipOrder
from edge.shop.printing.document import TemplateBlock
from edge.shop.stock.commands import ReleaseStock, ReserveLine, ReserveStock
from edge.shop.stock.events import MAIN
from edge.shop.stock.queries import available_of
from edge.shop.till.commands import SetBasketAside, TakeBasketUp
from edge.shop.till.pricing import priced, priced_for
from edge.shop.till.queries import read_basket
from edge.shop.till.rules import payment
from edge.shop.till.rules.basket import PARKED_LIMIT, Basket
from edge.shop.till.sale_effects import save, stock_moves
from edge.shop.till.settings import TillSettings

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Basket).decode
REMEMBERED_US = 24 * 3600 * 1_000_000
"""How long it is told who took a basket up."""
_PARK = """
    INSERT INTO parked_basket (name, register, person, business_date, at_us, items, total_minor, body)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
_LISTED = """
    SELECT id, name, register, person, business_date, at_us, items, total_minor FROM parked_basket
    WHERE taken_us = 0 ORDER BY name, id
"""
_TAKEN = "UPDATE parked_basket SET taken_us = ?, taken_register = ?, taken_person = ?, body = x'' WHERE id = ?"


class Parked(msgspec.Struct, frozen=True):
    """A basket that is set aside: by whom and where, and what it came to. `number`: what it goes by without a name."""

    number: int
    name: str
    register: str
    person: str
    business_date: str
    at_us: int
    items: int
    total_minor: int


def read_parked(db: Connection) -> list[Parked]:
    """The baskets that are set aside in the shop, by name."""
    return [Parked(*row) for row in db.execute(_LISTED)]


def on_report(parked: list[Parked], at_us: int, currency: str) -> TemplateBlock | None:
    """What a report says of baskets that are set aside: which, for how long, and what they come to. A name may be a
    person's, so that the journal has numbers alone."""
    rows = [
        {"number": one.number, "minutes": (at_us - one.at_us) // 60_000_000, "minor": one.total_minor} for one in parked
    ]
    return TemplateBlock("till/parked", {"shop": {"currency": currency}, "parked": rows}) if rows else None


class Parking:
    """What is set aside in a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings

    def park(self, tx: Transaction, command: SetBasketAside) -> Basket | Refused:
        basket = read_basket(tx.db, tx.actor.register)
        if basket.tenders:
            return Refused("already_paying", {"paid_minor": basket.paid_minor})
        if basket.questions:
            return Refused("answer_first", {"waiting": len(basket.questions)})
        if not basket.sold:
            return Refused("basket_empty")
        if len(read_parked(tx.db)) >= PARKED_LIMIT:
            return Refused("too_many_aside", {"limit": PARKED_LIMIT})
        name = command.name.strip() or basket.name
        kept = msgspec.structs.replace(basket, name=name)
        total_minor = payment.total_minor(basket, self._settings)
        where = (name, tx.actor.register, tx.actor.name, tx.business_date, tx.at_us)
        row = tx.db.execute(_PARK, (*where, len(basket.sold), total_minor, _encode(kept)))
        tx.do(KeepSlipOrder(_order(row.lastrowid)))
        _reserve(tx, _order(row.lastrowid), basket)
        tx.db.execute("DELETE FROM parked_basket WHERE taken_us > 0 AND taken_us < ?", (tx.at_us - REMEMBERED_US,))
        return save(tx, basket.closed())

    def take_up(self, tx: Transaction, command: TakeBasketUp) -> Basket | Refused:
        here = read_basket(tx.db, tx.actor.register)
        if not here.empty:
            return Refused("basket_not_empty")
        found = tx.db.execute(
            "SELECT body, business_date, taken_us, taken_register, taken_person FROM parked_basket WHERE id = ?",
            (command.id,),
        ).fetchone()
        if found is None:
            return Refused("parked_unknown", {"number": command.id})
        body, day, taken_us, register, person = found
        if taken_us:
            return Refused("parked_taken", {"register": register, "who": name_of(tx.db, person) or person})
        old = date.fromisoformat(tx.business_date) > date.fromisoformat(day) + timedelta(days=1)
        if old and not command.prices:
            return Refused("parked_old", {"since": day})
        kept = _decode(body)
        basket = msgspec.structs.replace(kept, register=tx.actor.register, revision=here.revision + 1)
        if command.prices == "today":
            basket = priced_for(tx, basket, basket.price_list)
        tx.db.execute(_TAKEN, (tx.at_us, tx.actor.register, tx.actor.name, command.id))
        tx.do(KeepSlipOrder(_order(command.id), back=True))
        tx.do(ReleaseStock(_order(command.id)))
        return save(tx, priced(tx, basket, self._settings))


def _reserve(tx: Transaction, holder: str, basket: Basket) -> None:
    """Promise the basket what is there of its goods; what the stock lacks, or does not know, stands in nobody's way."""
    wanted = {moved.sku: -moved.delta for moved in stock_moves(basket.sold, -1)}
    there = available_of(tx.db, tuple(wanted), MAIN)
    lines = tuple(ReserveLine(sku, min(wanted[sku], free)) for sku, free in there.items() if free > 0)
    while lines and isinstance(refused := tx.do(ReserveStock(holder, lines)), Refused):
        rest = tuple(line for line in lines if line.sku != refused.values.get("sku"))
        if rest == lines:
            return
        lines = rest


def _order(id: int) -> str:
    """What the kitchen's order goes by while its basket is set aside."""
    return f"parked {id}"
