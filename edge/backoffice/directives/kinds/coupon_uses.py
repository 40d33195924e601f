"""`coupon_uses`: {"uses": [{"coupon": "0f...", "tail": "7KQ2", "store": "north", "receipt": "1-42", "at_us": 1}]}."""

from __future__ import annotations

import msgspec

from edge.backoffice.directives.kinds.kind import Applied, Kind, attempt
from edge.core.registry import Transaction
from edge.people.coupons.commands import NoteCouponUse


class CouponUses(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a `coupon_uses` directive: coupons redeemed at other boxes."""

    uses: tuple[NoteCouponUse, ...]


def _apply(tx: Transaction, _number: int, wanted: tuple[NoteCouponUse, ...]) -> Applied:
    done = [attempt(tx, use) for use in wanted]
    return Applied(sum(bool(one and one.events) for one in done))


COUPON_USES = Kind("coupon_uses", CouponUses, _apply, internal=True)
