"""Reserves stock for a cart's goods, inside the transaction. A line is short by the quantity that isn't available."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import msgspec

from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.basket.basket import BasketLine
from edge.goods.catalog.queries import CatalogProduct
from edge.goods.stock.commands import ReleaseStock, ReserveLine, ReserveStock
from edge.goods.stock.location import MAIN
from edge.goods.stock.queries import available_of, promised
from edge.lib.i18n import name_values
from edge.lib.units.quantity import ONE, SERVICE, show_quantity
from edge.ordering.delivery.queries import read_zones
from edge.ordering.orders.carts.cart import RESERVATION_MAX_US, Cart
from edge.ordering.orders.fulfilment.reservations import to_hold
from edge.ordering.orders.queries import read_cart, save_cart

_replace = msgspec.structs.replace
HOLDER = "cart:"


def hold_goods(tx: Transaction, cart: Cart, wanted: Collection[int] = ()) -> Cart:
    """Return the cart with available goods reserved. Short lines state the quantity available.

    `wanted`: lines that were just increased. If one of them has too little stock, the change is refused.
    """
    short, lines = _plan(tx.db, cart)
    if short and _give_back(tx, cart):
        short, lines = _plan(tx.db, cart)
    line = next((line for line in cart.lines if line.id in short and line.id in wanted), None)
    if line is not None:
        raise Refusal("not_enough", {**name_values(line.names), "available": show_quantity(short[line.id])})
    _hold(tx, cart, lines)
    return _replace(cart, short=short)


def needs_look(tx: Transaction, cart: Cart) -> bool:
    """Whether a cart's reservation may have changed since the cart was last used."""
    return bool(cart.short) or promised.in_doubt(tx.db, f"{HOLDER}{cart.id}")


def short_now(db: Connection, cart: Cart) -> dict[int, int]:
    """Lines that have too little stock now, with the quantity available. Nothing is saved.

    If too much is reserved, younger carts lose their reservations first (`_give_back`).
    """
    return _plan(db, cart, _of_younger(db, cart))[0]


def _of_younger(db: Connection, cart: Cart) -> dict[str, int]:
    """Quantities that younger carts would release to this cart, because too much is reserved."""
    skus = sorted({need.sku for need in to_hold(db, cart.lines)})
    lacking = {sku: -n for sku, n in available_of(db, skus, MAIN).items() if n < 0}
    held = Counter[str]()
    for holder in promised.holders_of(db, lacking, HOLDER):
        other = read_cart(db, holder[len(HOLDER) :])
        if other is not None and other.began_us > cart.began_us:
            held.update(promised.reserved_by(db, holder))
    return {sku: min(n, held[sku]) for sku, n in lacking.items()}


def _plan(
    db: Connection, cart: Cart, given_back: Mapping[str, int] = MappingProxyType({})
) -> tuple[dict[int, int], list[ReserveLine]]:
    """Lines with too little stock and their available quantity, and the goods that can be reserved.

    Earlier lines come first.
    """
    goods = [(line, to_hold(db, [line])) for line in cart.lines]
    skus = sorted({need.sku for _, needs in goods for need in needs})
    own, away = promised.reserved_by(db, f"{HOLDER}{cart.id}"), promised.recalled_on_hand(db, MAIN) if skus else {}
    free = available_of(db, skus, MAIN)
    left = {sku: n + own.get(sku, 0) + given_back.get(sku, 0) - away.get(sku, 0) for sku, n in free.items()}
    short: dict[int, int] = {}
    held: dict[str, int] = {}
    for line, needs in goods:
        there = min((_part(line, need, left[need.sku]) for need in needs), default=line.quantity)
        if there < line.quantity:
            short[line.id] = there
        for need in to_hold(db, [_replace(line, quantity=there)]) if there else ():
            left[need.sku] -= need.quantity
            held[need.sku] = held.get(need.sku, 0) + need.quantity
    return short, [ReserveLine(sku, quantity) for sku, quantity in held.items()]


def portions_left(db: Connection, products: Iterable[CatalogProduct]) -> dict[str, int]:
    """Whole portions (in thousandths) of each dish for which its parts are in stock.

    Omits dishes that are always made, and dishes whose parts aren't counted.
    """
    dishes = [one for one in products if one.leaves and one.stop_when_out != "no"]
    skus = sorted({part.sku for one in dishes for part in one.leaves})
    free, away = available_of(db, skus, MAIN), promised.recalled_on_hand(db, MAIN) if skus else {}
    found: dict[str, int] = {}
    for one in dishes:
        there = [
            max(0, free[part.sku] - away.get(part.sku, 0)) * part.whole // (part.quantity * ONE)
            for part in one.leaves
            if part.sku in free and part.whole
        ]
        if there:
            found[one.sku] = min(there) * ONE
    return found


def _part(line: BasketLine, need: ReserveLine, free: int) -> int:
    """The quantity of a line that is available, with `free` left of its need. Labelled goods are all or nothing."""
    if free >= need.quantity:
        return line.quantity
    if free <= 0 or line.label is not None:
        return 0
    part = line.quantity * free // need.quantity
    return part - part % ONE if line.unit == "piece" else part


def _hold(tx: Transaction, cart: Cart, lines: list[ReserveLine]) -> None:
    holder = f"{HOLDER}{cart.id}"
    if {line.sku: line.quantity for line in lines} == promised.reserved_by(tx.db, holder):
        return
    until_us = cart.began_us + RESERVATION_MAX_US
    if not lines or until_us <= tx.at_us:
        tx.do(ReleaseStock(holder))
        return
    tx.do(ReserveStock(holder, tuple(lines), expires_us=until_us))


def _give_back(tx: Transaction, cart: Cart) -> bool:
    """Release reserved goods of younger carts, the youngest first, if a till sold them.

    Returns whether any was released.
    """
    skus = sorted({need.sku for need in to_hold(tx.db, cart.lines)})
    carts = [read_cart(tx.db, holder[len(HOLDER) :]) for holder in promised.holders_of(tx.db, skus, HOLDER)]
    younger = [other for other in carts if other is not None and other.began_us > cart.began_us]
    gave = False
    for other in sorted(younger, key=lambda one: one.began_us, reverse=True):
        if all(n >= 0 for n in available_of(tx.db, skus, MAIN).values()):
            break
        short, lines = _plan(tx.db, other)
        _hold(tx, other, lines)
        save_cart(tx.db, _replace(other, short=short))
        gave = True
    return gave


def without_services(db: Connection, products: Iterable[CatalogProduct]) -> list[CatalogProduct]:
    """Products other than services and the fees of delivery zones."""
    fees = {zone.fee for zone in read_zones(db)}
    return [product for product in products if product.unit != SERVICE and product.sku not in fees]
