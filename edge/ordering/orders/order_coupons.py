"""Single-use coupons of orders, inside the transaction: used when one is placed, given back when it is given up before
anything of it was handed over. Nothing that is done with its sale gives one back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from edge.core.registry import Transaction
from edge.counter.basket.event_structs import SaleCoupon
from edge.counter.till.pricing import PriceMoment
from edge.ordering.orders.cart import Cart
from edge.ordering.orders.order import KeptOrder, OrderGoods
from edge.people.coupons.commands import FreeCoupon, UseCoupon
from edge.people.coupons.queries import read_one_series, why_gone


def use(tx: Transaction, said: str, number: int, day: str, coupons: Iterable[SaleCoupon]) -> None:
    """These coupons are used for the order with that number of its day; or why one of them cannot be by now."""
    for one in coupons:
        tx.do(UseCoupon(one.id, one.tail, one.series, order=_name(said, number, day)))


def give_back(tx: Transaction, order: KeptOrder) -> None:
    """The order comes to nothing: its coupons can be used again, unless they paid for a part of it."""
    for one in () if order.parts else order.goods.coupons:
        tx.do(FreeCoupon(one.id, order=_name(order.said, order.number, order.business_date)))


def paying(order: KeptOrder, goods: OrderGoods, is_part: bool = False) -> tuple[SaleCoupon, ...]:
    """The coupons that a sale of these goods of the order has. Of an order in parts only those that take something off
    them, so that a report counts a coupon with the first part that it is good for."""
    in_parts = is_part or bool(order.parts)
    return tuple(one for one in goods.coupons if one.minor or not in_parts)


def without_gone(tx: PriceMoment, cart: Cart) -> Cart:
    """The cart without the coupons that cannot be used any more, which it names."""
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
    """What no other order goes by: with the whole of its number, as what it is called comes again the same day."""
    return f"{said[0]}{number:02}-{day.replace('-', '')}"
