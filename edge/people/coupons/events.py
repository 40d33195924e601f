"""Events of coupons."""

from __future__ import annotations

from datetime import date

from edge.core.messages import Event
from edge.people.coupons.code import CouponId


class CouponsMade(Event, frozen=True):
    """A series was created. `coupons`: the ids of its codes, in order."""

    series: int
    name: str
    starts: date
    ends: date
    share: int
    sum_minor: int
    coupons: tuple[CouponId, ...]


class CouponsEnded(Event, frozen=True):
    """A series is no longer accepted."""

    series: int


class CouponsReopened(Event, frozen=True):
    """An ended series is accepted again."""

    series: int


class CouponUsed(Event, frozen=True):
    """A coupon was used for the register's sale `number`.

    `confirmed`: the box knew the coupon; otherwise only its signature proved it. For an `order` (`K12-20270326`: its
    name and date), the event is recorded when it's placed, with number 0.
    """

    coupon: CouponId
    tail: str
    series: int
    number: int
    confirmed: bool
    order: str = ""


class CouponFreed(Event, frozen=True):
    """The sale or order of a coupon was undone, so the coupon is usable again."""

    coupon: CouponId
    number: int
    order: str = ""


class CouponUsedElsewhere(Event, frozen=True):
    """Head office reported that another box had used a coupon: for a receipt of the store `store`, at `used_us`."""

    coupon: CouponId
    tail: str
    store: str
    receipt: str
    used_us: int


class CouponFreedElsewhere(Event, frozen=True):
    """Another store's sale that used a coupon was undone."""

    coupon: CouponId
    store: str
    receipt: str


EVENTS: tuple[type[Event], ...] = (
    CouponsMade,
    CouponsEnded,
    CouponsReopened,
    CouponUsed,
    CouponFreed,
    CouponUsedElsewhere,
    CouponFreedElsewhere,
)
