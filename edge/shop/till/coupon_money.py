"""What coupons do to baskets and sales, inside the transaction."""

from __future__ import annotations

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.coupons.code import CouponCode
from edge.shop.coupons.commands import FreeCoupon, UseCoupon
from edge.shop.coupons.queries import usable
from edge.shop.till.events import SaleCompleted
from edge.shop.till.rules.basket import Basket
from edge.shop.till.rules.discounts import with_coupon
from edge.shop.till.rules.event_structs import SaleCoupon


def with_scanned_coupon(tx: Transaction, basket: Basket, code: CouponCode) -> Basket | Refused:
    """The basket with a coupon that can be used now; it is not used before the sale is complete."""
    found = usable(tx.db, code, tx.business_date)
    if isinstance(found, Refused):
        return found
    terms = code.terms
    coupon = SaleCoupon(code.id, code.tail, code.series, found.name, terms.share, terms.sum_minor)
    return with_coupon(basket, coupon)


def coupons_used(tx: Transaction, sale: SaleCompleted) -> Refused | None:
    """The sale's coupons are used; or why one of them cannot be by now."""
    for coupon in sale.coupons:
        done = tx.do(UseCoupon(coupon.id, coupon.tail, coupon.series, sale.number))
        if isinstance(done, Refused):
            return done
    return None


def coupons_freed(tx: Transaction, sale: SaleCompleted) -> None:
    """The sale is void: its coupons can be used again."""
    for coupon in sale.coupons:
        tx.do(FreeCoupon(coupon.id, sale.number))
