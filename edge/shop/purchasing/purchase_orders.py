"""Orders from draft to closed, inside the transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from edge.core.messages import Refused
from edge.core.registry import Handler, Transaction
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import show_quantity
from edge.shop.purchasing.commands import (
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
from edge.shop.purchasing.events import PurchaseDrafted, PurchaseLine, PurchaseMoved
from edge.shop.purchasing.needs import Foresight, WantedGoods, read_wanted
from edge.shop.purchasing.prices import offers_of
from edge.shop.purchasing.queries import KeptPurchase, read_purchase
from edge.shop.purchasing.rules import CHANGEABLE, NEXT, OPEN, UNDER_WAY, SupplierOffer, expected_on
from edge.shop.purchasing.suppliers import require_supplier
from edge.shop.stock.commands import ExpectStock, ReserveLine
from edge.shop.stock.rows import called, cost_of_one, find_product, require_location

_WAITING = """
    SELECT number FROM purchase_order WHERE supplier = ? AND location = ? AND state = 'draft' AND automatic
    ORDER BY number LIMIT 1
"""
OPEN_LIMIT = 2_000
"""Orders that are open at once."""
_TERMS = "SELECT lead_time_days, delivery_days FROM supplier WHERE id = ?"
SENT_BEFORE_DAYS = 60
"""So long after it an order can be said to have been sent."""


def create(tx: Transaction, command: CreatePurchaseOrder) -> int | Refused:
    if refused := require_location(tx.db, command.location):
        return refused
    lines = _lines(tx, command.supplier, command.lines)
    if isinstance(lines, Refused):
        return lines
    return _draft(tx, command.supplier, command.location, lines, command.note)


def ordering_suggested(foresight: Foresight) -> Handler:
    """The handler of OrderSuggested in a store with these forecasts."""

    def order_suggested(tx: Transaction, command: OrderSuggested) -> int | Refused:
        return _order_suggested(tx, command, read_wanted(tx.db, tx.business_date, foresight, frozenset(command.skus)))

    return order_suggested


def _order_suggested(tx: Transaction, command: OrderSuggested, wanted: WantedGoods) -> int | Refused:
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
        return Refused("nothing_suggested", {"supplier": command.supplier})
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
    """The lines of a draft with more of them, at what so much costs together."""
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
) -> int | Refused:
    count = f"SELECT count(*) FROM purchase_order WHERE state IN {OPEN!r}"
    if tx.db.execute(count).fetchone()[0] >= OPEN_LIMIT:
        return Refused("too_many_purchases", {"limit": OPEN_LIMIT})
    number = int(tx.db.execute("SELECT coalesce(max(number), 0) + 1 FROM purchase_order").fetchone()[0])
    tx.append(PurchaseDrafted(number, supplier, location, lines, note, automatic, 1))
    return number


def _lines(tx: Transaction, supplier: str, wanted: Sequence[OrderLine]) -> tuple[PurchaseLine, ...] | Refused:
    """Lines as they are ordered, at the supplier's prices where nothing is said."""
    if refused := require_supplier(tx, supplier):
        return refused
    if not wanted:
        return Refused("purchase_empty")
    lines: dict[str, PurchaseLine] = {}
    for line in wanted:
        product = find_product(tx.db, line.sku)
        if product is None:
            return Refused("unknown_sku", {"sku": line.sku})
        sku = product.sku
        if product.retired_us is not None:
            return Refused("retired", {"sku": sku, **called(product)})
        if sku in lines:
            return Refused("line_twice", {"sku": sku})
        offers = offers_of(tx.db, [sku], tx.business_date).get(sku, [])
        offer = next((one for one in offers if one.supplier == supplier), None)
        if offer is None:
            return Refused("not_sold_by", {"sku": sku, "supplier": supplier})
        quantity = line.quantity * product.units  # of cases, where one was scanned
        packs = max(-(-quantity // offer.pack_size), offer.min_packs)
        if packs * offer.pack_size != quantity:
            whole = show_quantity(packs * offer.pack_size)
            return Refused("not_whole_packs", {"sku": sku, "pack": offer.pack, "next": whole})
        cost = cost_of_one(product, line.unit_cost_minor)
        if isinstance(cost, Refused):
            return cost
        asked = offer.unit_cost(packs) if cost is None else cost
        lines[sku] = PurchaseLine(sku, quantity, offer.pack, asked, offer.code)
    return tuple(lines.values())


def require_order(tx: Transaction, number: int) -> KeptPurchase | Refused:
    return read_purchase(tx.db, number) or Refused("no_purchase", {"number": number})


def set_lines(tx: Transaction, command: SetPurchaseLines) -> Refused | None:
    order = require_order(tx, command.number)
    if isinstance(order, Refused):
        return order
    if order.state not in CHANGEABLE:
        return _not_so(order, "changed")
    lines = _lines(tx, order.supplier, command.lines)
    if isinstance(lines, Refused):
        return lines
    note = order.note if command.note is None else command.note
    revision = order.revision + (order.state == "sent")
    automatic = order.automatic and order.state != "draft"  # a person's draft is not filled up by itself
    tx.append(PurchaseDrafted(order.number, order.supplier, order.location, lines, note, automatic, revision))
    return expect(tx, order.number) if order.state in UNDER_WAY else None


def approve(tx: Transaction, command: ApprovePurchaseOrder) -> Refused | None:
    return _move(tx, command.number, "approved")


def send(tx: Transaction, command: SendPurchaseOrder) -> Refused | None:
    order = require_order(tx, command.number)
    if isinstance(order, Refused):
        return order
    if refused := require_supplier(tx, order.supplier):
        return refused
    today = date.fromisoformat(tx.business_date)
    sent = day_of(command.sent_on) if command.sent_on else today
    if sent is None or not 0 <= (today - sent).days <= SENT_BEFORE_DAYS:
        return Refused("sent_day_wrong", {"day": command.sent_on, "days": SENT_BEFORE_DAYS})
    lead, days = tx.db.execute(_TERMS, (order.supplier,)).fetchone()
    expected = expected_on(sent, lead, msgspec.json.decode(days, type=tuple[int, ...]))
    if refused := _move(
        tx, order.number, "sent", how=command.how, sent_on=sent.isoformat(), expected_on=expected.isoformat()
    ):
        return refused
    return expect(tx, order.number)


def cancel(tx: Transaction, command: CancelPurchaseOrder) -> Refused | None:
    return _move(tx, command.number, "cancelled", reason=command.reason) or expect(tx, command.number)


def close(tx: Transaction, command: ClosePurchaseOrder) -> Refused | None:
    return _move(tx, command.number, "closed") or expect(tx, command.number)


def _move(tx: Transaction, number: int, now: str, **said: str) -> Refused | None:
    order = require_order(tx, number)
    if isinstance(order, Refused):
        return order
    if now not in NEXT[order.state]:
        return _not_so(order, now)
    tx.append(PurchaseMoved(number, order.state, now, **said))
    return None


def _not_so(order: KeptPurchase, to: str) -> Refused:
    return Refused("order_state", {"from": order.state, "to": to})


def expect(tx: Transaction, number: int) -> Refused | None:
    """Tell the stock what of an order is still on its way."""
    order = require_order(tx, number)
    if isinstance(order, Refused):
        return order
    coming = order.state in UNDER_WAY
    lines = tuple(ReserveLine(line.sku, line.open) for line in order.lines if coming and line.open > 0)
    outcome = tx.do(ExpectStock(f"purchase-{number}", lines, order.location))
    return outcome if isinstance(outcome, Refused) else None
