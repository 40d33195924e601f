"""Moves carts between screens by QR code, and fills carts from earlier orders, inside the transaction."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import COUPONS_LIMIT, Basket
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipt
from edge.counter.till.settings import TillSettings
from edge.ordering.orders.carts.cart import Cart, CartView
from edge.ordering.orders.carts.cart_handlers import CartHandlers, live_cart, new_cart, no_room, save
from edge.ordering.orders.commands import AddToCart, OrderAgain, TakeCart
from edge.ordering.orders.fulfilment.reservations import release
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import is_goods
from edge.ordering.orders.queries import order_by_secret, other_carts, read_cart
from edge.people.customers.commands import MergeCustomers
from edge.people.customers.queries import resolve

_replace = msgspec.structs.replace


class CartMoves:
    """Handles moving carts in a store."""

    def __init__(self, settings: TillSettings) -> None:
        self._handlers = CartHandlers(settings)

    def take_cart(self, tx: Transaction, command: TakeCart) -> CartView:
        taken = live_cart(tx, command.cart)
        into = live_cart(tx, command.into) if command.into else None
        if into is not None and into.id == taken.id:
            return self._handlers.refresh_cart(tx, into)
        release(tx, f"cart:{taken.id}")
        tx.db.execute("DELETE FROM cart WHERE id = ?", (taken.id,))
        if into is None:
            basket = Basket(tx.actor.register, opened_us=taken.basket.opened_us)
            into = _replace(new_cart(tx, command.channel, basket), language=taken.language)
        into = _replace(into, began_us=began(tx, into, taken))
        into = join_carts(into, taken)
        return self._handlers.merge_cart(tx, into, into.basket)

    def order_again(self, tx: Transaction, command: OrderAgain) -> CartView:
        order = order_by_secret(tx.db, command.secret, tx.at_us)
        if order is None:
            raise Refusal("no_such_order")
        cart = _live_or_none(tx, command.into)
        if cart is None:
            no_room(tx, command.channel)
            cart = new_cart(tx, command.channel, Basket(tx.actor.register, opened_us=tx.at_us))
            save(tx, _replace(cart, language=order.language))
        here = {_same(line) for line in cart.lines}
        missing: list[dict[str, str]] = []
        for line in _ordered_lines(tx, order):
            if line.voided or not is_goods(line) or line.label is not None or _same(line) in here:
                continue
            which = {"code": line.code} if line.units > 1 else {"sku": line.sku}
            said = tuple(one.ref for one in line.modifiers) if line.modifiers else None
            wanted = AddToCart(cart.id, quantity=line.quantity, age_said=order.goods.min_age, modifiers=said, **which)
            try:
                self._handlers.add_to_cart(tx, wanted)
            except Refusal:
                missing.append(line.names)
        after = read_cart(tx.db, cart.id)
        assert after is not None
        return _replace(
            self._handlers.refresh_cart(tx, _replace(after, age_said=cart.age_said)), missing=tuple(missing)
        )


def after_merging_customers(
    settings: Callable[[Transaction], TillSettings], tx: Transaction, command: MergeCustomers, result: None
) -> None:
    """Merge the carts of merged customers at once, into the cart used last.

    For equal lines, that cart's quantity applies.
    """
    carts = other_carts(tx.db, resolve(tx.db, command.kept) or command.kept, "", tx.at_us)
    if len(carts) < 2:
        return
    newest = max(carts, key=lambda one: (not one.ended, one.touched_us))
    live = live_cart(tx, newest.id)
    others = [one for one in carts if one.id != newest.id]
    live = _replace(live, began_us=began(tx, live, *others))
    for other in others:
        live = join_carts(live, other)
        release(tx, f"cart:{other.id}")
        tx.db.execute("DELETE FROM cart WHERE id = ?", (other.id,))
    CartHandlers(settings(tx)).merge_cart(tx, live, live.basket)


def _live_or_none(tx: Transaction, id: str) -> Cart | None:
    try:
        return live_cart(tx, id) if id else None
    except Refusal:
        return None


def began(tx: Transaction, *carts: Cart) -> int:
    """When the first line of the merged carts was added.

    Moving goods between screens doesn't extend their reservation.
    """
    return min((cart.began_us for cart in carts if cart.lines and not cart.ended), default=tx.at_us)


def join_carts(cart: Cart, other: Cart) -> Cart:
    """Merge two carts. For equal lines, the quantity in `cart` applies. Pure.

    Customer and price list stay as in `cart`, because the person scanning a QR code may not be the one who showed a
    card at the other screen.
    """
    here, there = cart.basket, other.basket
    known = {_same(line) for line in here.sold_lines}
    last, lines = here.last_id, list(here.lines)
    for line in there.sold_lines:
        if line.label is None and _same(line) in known:
            continue
        last += 1
        lines.append(_replace(line, id=last))
    coupons = {one.id: one for one in (*here.coupons, *there.coupons)}
    both = here.with_changes(
        lines=tuple(lines),
        last_id=last,
        coupons=tuple(coupons.values())[:COUPONS_LIMIT],
        coupon_ends=there.coupon_ends | here.coupon_ends,
    )
    return _replace(cart, basket=both, coupon_ends=other.coupon_ends | cart.coupon_ends)


def _ordered_lines(tx: Transaction, order: KeptOrder) -> list[RecordedLine]:
    """All lines of an order: the lines sold in its parts, and the rest."""
    lines: list[RecordedLine] = []
    for part in order.parts:
        receipt = read_receipt(tx.db, part.register, part.receipt)
        sale = tx.read(receipt.seq).event if receipt else None
        lines += sale.lines if isinstance(sale, SaleCompleted) else ()
    return [*lines, *order.goods.sold_lines]


def _same(line: RecordedLine) -> tuple[str, int, tuple[str, ...]]:
    return line.sku, line.units, tuple(one.ref for one in line.modifiers)
