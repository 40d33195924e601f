"""Opening hours: week, exceptions and holidays.

The weekly opening hours, and days that differ (including holidays, which are suggested). They define the slots for
orders and deliveries; notifications are sent while the shop is open, and updates are installed while it is closed. Set
as a whole (`SetHours`); a shop without opening hours never closes.

The manager's page (`/manager/hours`) shows them next to the delivery zones: `delivery/pages`.
"""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

from edge.core.endpoints import HttpAddress
from edge.core.registry import Capability, CommandSpec, QuerySpec
from edge.core.surfaces import EVERYBODY, STAFF
from edge.foundation.access.rights import BASKET, MANAGE
from edge.foundation.opening_hours.commands import SetHours
from edge.foundation.opening_hours.events import EVENTS
from edge.foundation.opening_hours.handlers import set_hours
from edge.foundation.opening_hours.project import projector
from edge.foundation.opening_hours.queries import read_hours


def capability(zone: str) -> Capability:
    """Opening hours capability of a store in this time zone."""
    return Capability(
        name="opening_hours",
        commands=(
            CommandSpec(SetHours, partial(set_hours, ZoneInfo(zone)), right=MANAGE, ask_first=True, surfaces=STAFF),
        ),
        events=EVENTS,
        projectors=(projector,),
        queries=(
            QuerySpec(
                "store_hours",
                read_hours,
                right=BASKET,
                surfaces=EVERYBODY,
                http=(HttpAddress("GET", "store-hours", name="hours"),),
            ),
        ),
    )
