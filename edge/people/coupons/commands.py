"""Commands of coupons. The till sends all of them, except the manager's, inside its own commands."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec

from edge.core.messages import Command, Number
from edge.lib.tax.rules import FULL
from edge.people.coupons.code import COUPONS_MOST, SERIES_MOST, SUM_MOST_MINOR, CouponId

SeriesNumber = Annotated[int, msgspec.Meta(ge=1, le=SERIES_MOST)]
Register = Annotated[str, msgspec.Meta(max_length=64)]
CouponName = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
KeyText = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
OrderName = Annotated[str, msgspec.Meta(pattern=r"^([A-Z]\d{2,9}-\d{8})?$(?!\n)")]
"""An order's full number, which is unique per day, and the day: `K12-20270326`."""
Tail = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Z]{4}$(?!\n)")]


class MakeCoupons(Command, frozen=True):
    """Create a series of `count` single-use coupons, valid from business date `starts` to `ends` inclusive.

    Each takes off a `share` (thousandths of a percent) or an amount.
    """

    name: CouponName
    starts: date
    ends: date
    count: Annotated[int, msgspec.Meta(ge=1, le=COUPONS_MOST)]
    share: Annotated[int, msgspec.Meta(ge=0, le=FULL)] = 0
    sum_minor: Annotated[int, msgspec.Meta(ge=0, le=SUM_MOST_MINOR)] = 0


class EndCoupons(Command, frozen=True):
    """Stop accepting the coupons of a series."""

    series: SeriesNumber


class ReopenCoupons(Command, frozen=True):
    """Accept the coupons of an ended series again, up to its last day."""

    series: SeriesNumber


class PrintCoupons(Command, frozen=True):
    """Print a series' unused coupons at the register's printer."""

    series: SeriesNumber


class TakeCouponKey(Command, frozen=True):
    """Use the coupon key of the shop's other box, so that its coupons are accepted here. 64 hexadecimal digits."""

    key: KeyText


class UseCoupon(Command, frozen=True):
    """Mark a coupon as used for the register's sale `number`, or for an `order` paid later."""

    coupon: CouponId
    tail: Tail
    series: SeriesNumber
    number: Number = 0
    order: OrderName = ""


class FreeCoupon(Command, frozen=True):
    """Make a coupon usable again, because its sale `number` was voided or its `order` cancelled.

    A coupon used otherwise isn't changed: no change to an order's sale returns the order's coupon.
    """

    coupon: CouponId
    number: Number = 0
    order: OrderName = ""


class NoteCouponUse(Command, frozen=True, omit_defaults=True):
    """Record that another box used a coupon in `store`, for `receipt`, at a moment.

    `freed`: that sale was undone since, so the coupon is usable again. The field is omitted while false, because older
    boxes don't know it.
    """

    coupon: CouponId
    tail: Tail
    store: Annotated[str, msgspec.Meta(max_length=64)]
    receipt: Annotated[str, msgspec.Meta(max_length=80)]
    at_us: Number
    freed: bool = False
