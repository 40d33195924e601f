"""What can have happened to coupons."""

from __future__ import annotations

from datetime import date

from edge.core.messages import Event
from edge.people.coupons.code import CouponId


class CouponsMade(Event, frozen=True):
    """A series of coupons was made; `coupons` are the ids of its codes, in their order."""

    series: int
    name: str
    starts: date
    ends: date
    share: int
    sum_minor: int
    coupons: tuple[CouponId, ...]


class CouponsEnded(Event, frozen=True):
    """No coupon of a series is taken any more."""

    series: int


class CouponUsed(Event, frozen=True):
    """A coupon was used for the sale `number` of the register. `confirmed`: the box knew it; else its signature
    alone said that it is the shop's. Also for an `order` when that was placed (`K12-20270326`: what it is called,
    and its day); the number is 0 then."""

    coupon: CouponId
    tail: str
    series: int
    number: int
    confirmed: bool
    order: str = ""


class CouponFreed(Event, frozen=True):
    """The sale was undone, or the order given up, and the coupon can be used again."""

    coupon: CouponId
    number: int
    order: str = ""


class CouponUsedElsewhere(Event, frozen=True):
    """Another box had used a coupon, as head office said later: for a receipt of the store `store`, at `used_us`."""

    coupon: CouponId
    tail: str
    store: str
    receipt: str
    used_us: int


class CouponFreedElsewhere(Event, frozen=True):
    """The sale of another store, for whose receipt a coupon was used, was undone."""

    coupon: CouponId
    store: str
    receipt: str


EVENTS: tuple[type[Event], ...] = (
    CouponsMade,
    CouponsEnded,
    CouponUsed,
    CouponFreed,
    CouponUsedElsewhere,
    CouponFreedElsewhere,
)
