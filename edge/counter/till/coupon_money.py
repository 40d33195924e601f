"""What sales do to coupons, inside the transaction."""

from __future__ import annotations

from collections.abc import Collection

from edge.core.messages import Command, Refusal
from edge.core.registry import Transaction
from edge.counter.basket.basket import Basket
from edge.counter.basket.event_structs import SaleCoupon
from edge.counter.till.events import SaleCompleted
from edge.people.coupons.commands import FreeCoupon, UseCoupon


class AddCoupon(Command, frozen=True):
    """Put something off into the basket that another capability answers for when the sale is complete (`UseCoupon`)."""

    coupon: SaleCoupon


def coupon_over(tx: Transaction, basket: Basket) -> None:
    """`Refusal`: why a basket is not paid that lay there, or was set aside, behind the last day of a coupon in it; not
    once money was taken for it, and not of one that was used when its order was placed."""
    for coupon in () if basket.tenders else basket.coupons:
        ends = basket.coupon_ends.get(coupon.id, tx.business_date)
        if ends < tx.business_date and coupon.id not in basket.ordered:
            raise Refusal("coupon_over", {"tail": coupon.tail, "day": ends})


def coupons_used(tx: Transaction, sale: SaleCompleted, before: Collection[str] = ()) -> None:
    """The sale's coupons are used, but those that were `before`; or why one of them cannot be by now."""
    for coupon in sale.coupons:
        if coupon.id in before:
            continue
        tx.do(UseCoupon(coupon.id, coupon.tail, coupon.series, sale.number))


def coupons_freed(tx: Transaction, sale: SaleCompleted) -> None:
    """The sale is void: its coupons can be used again."""
    for coupon in sale.coupons:
        tx.do(FreeCoupon(coupon.id, sale.number))
