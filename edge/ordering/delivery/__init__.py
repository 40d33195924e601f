"""Delivery zones, fees, drivers' cash.

Where a shop delivers to, what that costs and what law says of it; and the money that its drivers take at doors.

- A zone is said by the longest prefix of a postal code; no two zones have the same one. A fee is a service of the
  catalogue, taxed as that is.
- Drivers' cash is theirs to answer for: a move out of the register's shift, and back as it was counted. Each
  currency is counted by itself.
- Orders (orders) stand above: what is brought, in which slot, and when a delivery is handed over. What was paid
  to a driver is corrected at a till only when it was handed in (`orders/counter.py`).

Each rule with its test: docs/orders.md.
"""

from __future__ import annotations

from functools import partial

from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF, TILL
from edge.counter.till.live_settings import live
from edge.counter.till.settings import TillSettings
from edge.foundation.access.requirements import SHIFT_OPEN, SIGNED_IN
from edge.foundation.access.rights import BASKET, ORDERS, SELL
from edge.ordering.delivery.commands import HandInCash
from edge.ordering.delivery.driver_cash import hand_in
from edge.ordering.delivery.entities import ZONES, lies_here
from edge.ordering.delivery.events import EVENTS
from edge.ordering.delivery.project import projector
from edge.ordering.delivery.queries import read_driver_cash, read_zones


def capability(settings: TillSettings) -> Capability:
    """Delivery of a store whose tills have these settings, or what was said of them since."""
    handing_in = partial(hand_in, currency=settings.currency)
    return Capability(
        name="delivery",
        commands=(
            CommandSpec(HandInCash, handing_in, right=SELL, requires=(SHIFT_OPEN, SIGNED_IN), surfaces=TILL),
            *ZONES.commands(partial(lies_here, live(settings).today)),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec("delivery_zones", read_zones, right=BASKET, surfaces=EVERYBODY),
            QuerySpec("driver_cash", read_driver_cash, right=ORDERS, also=SELL, surfaces=STAFF),
        ),
    )
