"""Effects of sales on coupons, inside the transaction."""

from __future__ import annotations

from collections.abc import Collection

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import SaleCoupon
from edge.counter.till.events import SaleCompleted
from edge.people.coupons.commands import FreeCoupon, UseCoupon


class AddCoupon(Command, frozen=True):
    """Add a coupon to the basket. Another capability redeems it when the sale is completed (`UseCoupon`)."""

    coupon: SaleCoupon


def coupon_over(tx: Transaction, basket: Basket) -> None:
    """Raise `Refusal` if an unpaid basket has an expired coupon.

    It doesn't apply once a payment was taken, nor to a coupon redeemed when its order was placed.
    """
    for coupon in () if basket.tenders else basket.coupons:
        ends = basket.coupon_ends.get(coupon.id, tx.business_date)
        if ends < tx.business_date and coupon.id not in basket.ordered:
            raise Refusal("coupon_over", {"tail": coupon.tail, "day": ends})


def coupons_used(tx: Transaction, sale: SaleCompleted, before: Collection[str] = ()) -> None:
    """Redeem the sale's coupons, except those in `before`. Refused if a coupon is no longer valid."""
    for coupon in sale.coupons:
        if coupon.id in before:
            continue
        tx.do(UseCoupon(coupon.id, coupon.tail, coupon.series, sale.number))


def coupons_freed(tx: Transaction, sale: SaleCompleted) -> None:
    """Release the coupons of a voided sale."""
    for coupon in sale.coupons:
        tx.do(FreeCoupon(coupon.id, sale.number))
