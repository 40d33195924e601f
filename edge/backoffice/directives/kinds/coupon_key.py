"""`coupon_key`: {"keys": ["<64 hexadecimal digits>"]}: the key with which all shops sign coupons."""

from __future__ import annotations

from typing import Annotated

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.people.coupons.commands import KeyText, TakeCouponKey


class CouponKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `coupon_key` directive: exactly one key."""

    keys: Annotated[tuple[KeyText, ...], msgspec.Meta(min_length=1, max_length=1)]


def _apply(tx: Transaction, _number: int, keys: tuple[KeyText, ...]) -> Applied:
    return Applied(sum(attempt(tx, TakeCouponKey(key)) is not None for key in keys))


COUPON_KEY = Kind("coupon_key", CouponKeys, _apply, sealed=True)
