"""Delivery zones, fees, drivers' cash.

Where a shop delivers, its fees and legal limits; and the cash that drivers collect.

- A zone is defined by postal code prefixes; the longest match wins, and no two zones share one. A fee is a service in
  the catalogue, taxed like it.
- Drivers are accountable for their cash: it moves out of the register's shift, and back as counted. Each currency is
  counted separately.
- Orders are a layer above: contents, time slot, and hand-over of a delivery. Payments to a driver are corrected at a
  till only after they're handed in (`orders/counter.py`).

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
    """Delivery capability with the tills' settings, or their live values."""
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
