"""Purchase orders from draft to closing, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Handler, Transaction
from edge.goods.purchasing.commands import (
    LINES_LIMIT,
    ApprovePurchaseOrder,
    CancelPurchaseOrder,
    ClosePurchaseOrder,
    CreatePurchaseOrder,
    OrderLine,
    OrderSuggested,
    SendPurchaseOrder,
    SetPurchaseLines,
)
from edge.goods.purchasing.entities import SUPPLIERS
from edge.goods.purchasing.events import PurchaseDrafted, PurchaseLine, PurchaseMoved
from edge.goods.purchasing.queries import KeptPurchase, read_purchase
from edge.goods.purchasing.rules import CHANGEABLE, NEXT, OPEN, UNDER_WAY, SupplierOffer, expected_on
from edge.goods.purchasing.suggesting.needs import Foresight, WantedGoods, read_wanted
from edge.goods.purchasing.supply.prices import offers_of
from edge.goods.stock.commands import ExpectStock, ReserveLine
from edge.goods.stock.rows import cost_of_one, find_stocked, name_values, require_location
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import show_quantity

_WAITING = """
    SELECT number FROM purchase_order WHERE supplier = ? AND location = ? AND state = 'draft' AND automatic
    ORDER BY number LIMIT 1
"""
OPEN_LIMIT = 2_000
"""Maximum open orders."""
_TERMS = "SELECT lead_time_days, delivery_days FROM supplier WHERE id = ?"
SENT_BEFORE_DAYS = 60
"""Maximum days in the past for which an order can be recorded as sent."""


def create(tx: Transaction, command: CreatePurchaseOrder) -> int:
    require_location(tx.db, command.location)
    lines = _lines(tx, command.supplier, command.lines)
    return _draft(tx, command.supplier, command.location, lines, command.note)


def ordering_suggested(foresight: Foresight) -> Handler:
    """Return the handler of OrderSuggested for a store with these forecasts."""

    def order_suggested(tx: Transaction, command: OrderSuggested) -> int:
        return _order_suggested(tx, command, read_wanted(tx.db, tx.business_date, foresight, frozenset(command.skus)))

    return order_suggested


def _order_suggested(tx: Transaction, command: OrderSuggested, wanted: WantedGoods) -> int:
    if command.skus:
        mine = tuple(one for one in wanted.needs if one.location == command.location)
        wanted = msgspec.structs.replace(wanted, needs=mine)
    chosen = {(sku, command.location): command.supplier for sku in command.skus}
    suggested = next(
        (
            order
            for order in wanted.suggest(chosen=chosen).orders
            if (order.supplier, order.location) == (command.supplier, command.location)
        ),
        None,
    )
    if suggested is None:
        raise Refusal("nothing_suggested", {"supplier": command.supplier})
    lines = [
        PurchaseLine(line.sku, line.quantity, line.pack, line.unit_cost_minor, line.code)
        for line in suggested.lines[:LINES_LIMIT]
    ]
    waiting = tx.db.execute(_WAITING, (command.supplier, command.location)).fetchone()
    order = read_purchase(tx.db, waiting[0]) if waiting else None
    if order is None:
        return _draft(tx, command.supplier, command.location, tuple(lines), automatic=True)
    offers = [one for known in wanted.offers.values() for one in known if one.supplier == command.supplier]
    both = _together(order, lines, {one.sku: one for one in offers})[:LINES_LIMIT]
    about = (order.number, order.supplier, order.location, both, order.note)
    tx.append(PurchaseDrafted(*about, automatic=True, revision=order.revision))
    return order.number


def _together(
    order: KeptPurchase, lines: Sequence[PurchaseLine], offers: Mapping[str, SupplierOffer]
) -> tuple[PurchaseLine, ...]:
    """The lines of a draft with added lines, at prices for the combined quantity."""
    found = {
        one.sku: PurchaseLine(one.sku, one.quantity, one.pack, one.unit_cost_minor, one.code) for one in order.lines
    }
    for line in lines:
        was = found.get(line.sku)
        if was:
            offer, quantity = offers[line.sku], line.quantity + was.quantity
            cost = offer.unit_cost(quantity // offer.pack_size)
            line = msgspec.structs.replace(line, quantity=quantity, unit_cost_minor=cost)
        found[line.sku] = line
    return tuple(found.values())


def _draft(
    tx: Transaction,
    supplier: str,
    location: str,
    lines: tuple[PurchaseLine, ...],
    note: str = "",
    automatic: bool = False,
) -> int:
    count = f"SELECT count(*) FROM purchase_order WHERE state IN {OPEN!r}"
    if tx.db.execute(count).fetchone()[0] >= OPEN_LIMIT:
        raise Refusal("too_many_purchases", {"limit": OPEN_LIMIT})
    number = int(tx.db.execute("SELECT coalesce(max(number), 0) + 1 FROM purchase_order").fetchone()[0])
    tx.append(PurchaseDrafted(number, supplier, location, lines, note, automatic, 1))
    return number


def _lines(tx: Transaction, supplier: str, wanted: Sequence[OrderLine]) -> tuple[PurchaseLine, ...]:
    """Order lines, by default at the supplier's prices.
    Raises `Refusal` without lines, for retired or repeated products, for products that the supplier doesn't sell, and
    for quantities that aren't whole packs.
    """
    SUPPLIERS.require(tx.db, supplier)
    if not wanted:
        raise Refusal("purchase_empty")
    lines: dict[str, PurchaseLine] = {}
    for line in wanted:
        product = find_stocked(tx.db, line.sku)
        sku = product.sku
        if product.retired_us is not None:
            raise Refusal("retired", {"sku": sku, **name_values(product)})
        if sku in lines:
            raise Refusal("line_twice", {"sku": sku})
        offers = offers_of(tx.db, [sku], tx.business_date).get(sku, [])
        offer = next((one for one in offers if one.supplier == supplier), None)
        if offer is None:
            raise Refusal("not_sold_by", {"sku": sku, "supplier": supplier})
        quantity = line.quantity * product.units  # in units, even if a case was scanned
        packs = max(-(-quantity // offer.pack_size), offer.min_packs)
        if packs * offer.pack_size != quantity:
            whole = show_quantity(packs * offer.pack_size)
            raise Refusal("not_whole_packs", {"sku": sku, "pack": offer.pack, "next": whole})
        cost = cost_of_one(product, line.unit_cost_minor)
        asked = offer.unit_cost(packs) if cost is None else cost
        lines[sku] = PurchaseLine(sku, quantity, offer.pack, asked, offer.code)
    return tuple(lines.values())


def require_order(tx: Transaction, number: int) -> KeptPurchase:
    order = read_purchase(tx.db, number)
    if order is None:
        raise Refusal("no_purchase", {"number": number})
    return order


def set_lines(tx: Transaction, command: SetPurchaseLines) -> None:
    order = require_order(tx, command.number)
    if order.state not in CHANGEABLE:
        raise _not_so(order, "changed")
    lines = _lines(tx, order.supplier, command.lines)
    note = order.note if command.note is None else command.note
    revision = order.revision + (order.state == "sent")
    automatic = order.automatic and order.state != "draft"  # a draft that a person edited isn't topped up automatically
    tx.append(PurchaseDrafted(order.number, order.supplier, order.location, lines, note, automatic, revision))
    if order.state in UNDER_WAY:
        expect(tx, order.number)


def approve(tx: Transaction, command: ApprovePurchaseOrder) -> None:
    _move(tx, command.number, "approved")


def send(tx: Transaction, command: SendPurchaseOrder) -> None:
    order = require_order(tx, command.number)
    SUPPLIERS.require(tx.db, order.supplier)
    today = date.fromisoformat(tx.business_date)
    sent = day_of(command.sent_on) if command.sent_on else today
    if sent is None or not 0 <= (today - sent).days <= SENT_BEFORE_DAYS:
        raise Refusal("sent_day_wrong", {"day": command.sent_on, "days": SENT_BEFORE_DAYS})
    lead, days = tx.db.execute(_TERMS, (order.supplier,)).fetchone()
    expected = expected_on(sent, lead, msgspec.json.decode(days, type=tuple[int, ...]))
    _move(tx, order.number, "sent", how=command.how, sent_on=sent.isoformat(), expected_on=expected.isoformat())
    expect(tx, order.number)


def cancel(tx: Transaction, command: CancelPurchaseOrder) -> None:
    _move(tx, command.number, "cancelled", reason=command.reason)
    expect(tx, command.number)


def close(tx: Transaction, command: ClosePurchaseOrder) -> None:
    _move(tx, command.number, "closed")
    expect(tx, command.number)


def _move(tx: Transaction, number: int, now: str, **said: str) -> None:
    order = require_order(tx, number)
    if now not in NEXT[order.state]:
        raise _not_so(order, now)
    tx.append(PurchaseMoved(number, order.state, now, **said))


def _not_so(order: KeptPurchase, to: str) -> Refusal:
    return Refusal("order_state", {"from": order.state, "to": to})


def expect(tx: Transaction, number: int) -> None:
    """Update on-order stock from an order's outstanding lines."""
    order = require_order(tx, number)
    coming = order.state in UNDER_WAY
    lines = tuple(ReserveLine(line.sku, line.open) for line in order.lines if coming and line.open > 0)
    tx.do(ExpectStock(f"purchase-{number}", lines, order.location))
