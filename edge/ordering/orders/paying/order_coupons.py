"""Single-use coupons of orders, inside the transaction.

They're redeemed when the order is placed, and released if it's cancelled before any part was handed over. Reversing its
sale releases none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from edge.core.registry import Transaction
from edge.counter.basket.event_structs import SaleCoupon
from edge.counter.till.lines.pricing import PriceMoment
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.order import KeptOrder, OrderGoods
from edge.people.coupons.commands import FreeCoupon, UseCoupon
from edge.people.coupons.queries import read_one_series, why_gone


def use(tx: Transaction, said: str, number: int, day: str, coupons: Iterable[SaleCoupon]) -> None:
    """Redeem coupons for the order with this number on its day. Refused if a coupon is no longer valid."""
    for one in coupons:
        tx.do(UseCoupon(one.id, one.tail, one.series, order=_name(said, number, day)))


def give_back(tx: Transaction, order: KeptOrder) -> None:
    """Release a cancelled order's coupons, unless some of the order was already handed over."""
    for one in () if order.parts else order.goods.coupons:
        tx.do(FreeCoupon(one.id, order=_name(order.said, order.number, order.business_date)))


def paying(order: KeptOrder, goods: OrderGoods, is_part: bool = False) -> tuple[SaleCoupon, ...]:
    """The coupons of a sale of these goods.

    For an order in parts, only the coupons that discount these goods, so that reports count a coupon with the first
    part it applies to.
    """
    in_parts = is_part or bool(order.parts)
    return tuple(one for one in goods.coupons if one.minor or not in_parts)


def without_invalid_coupons(tx: PriceMoment, cart: Cart) -> Cart:
    """Return the cart without coupons that are no longer valid. The cart names them."""
    coupons = cart.basket.coupons
    left = tuple(one for one in coupons if not _is_gone(tx, cart, one))
    if left == coupons:
        return cart
    gone = tuple(one.tail for one in coupons if one not in left)
    basket = msgspec.structs.replace(cart.basket, coupons=left)
    return msgspec.structs.replace(cart, basket=basket, coupons_gone=(*cart.coupons_gone, *gone))


def _is_gone(tx: PriceMoment, cart: Cart, coupon: SaleCoupon) -> bool:
    row = tx.db.execute("SELECT series FROM coupon WHERE id = ?", (coupon.id,)).fetchone()
    series = read_one_series(tx.db, row[0]) if row else None
    known = cart.coupon_ends | cart.basket.coupon_ends
    ends = series.ends if series else date.fromisoformat(known.get(coupon.id, tx.business_date))
    late = date.fromisoformat(tx.business_date) > ends
    return late or why_gone(tx.db, coupon.id, coupon.tail, series.series if series else 0) is not None


def _name(said: str, number: int, day: str) -> str:
    """A unique reference of the order. It has the full number, because the displayed name repeats within a day."""
    return f"{said[0]}{number:02}-{day.replace('-', '')}"
