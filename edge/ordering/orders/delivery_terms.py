"""What getting an order means for a cart, as its postal code is typed: the zone, its fee, its times."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Refusal, Refused
from edge.core.storage.database import Connection
from edge.counter.basket.totals import taxes_on_top, total_minor
from edge.counter.till.settings import TillSettings
from edge.foundation.opening_hours.queries import read_hours
from edge.lib.tax.rules import FULL, Taxed
from edge.lib.units.money import divide_half_up
from edge.ordering.delivery import zones
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone
from edge.ordering.orders.cart import Cart
from edge.ordering.orders.checkout import with_fee
from edge.ordering.orders.order_lines import pieces_of, worth_minor
from edge.ordering.orders.queries import FreeSlot, free_slots
from edge.ordering.orders.slot_choice import soon_refused

SLOTS_SHOWN = 40


class DeliveryTerms(msgspec.Struct, frozen=True):
    """What an order comes to with all taxes and fees, and the times it may have. `zone`: where it is delivered; None:
    nowhere, or not known yet. `refused`: why nothing is delivered there; sum and times are those of pickup then.
    `soon`: whether it may be as soon as possible, too, or has to be at one of the times. `tip_minor`: the tip in it.
    `taxes`: those in it that come on top of the prices."""

    total_minor: int
    slots: list[FreeSlot]
    soon: bool
    zone: DeliveryZone | None = None
    fee_minor: int = 0
    refused: Refused | None = None
    tip_minor: int = 0
    taxes: tuple[Taxed, ...] = ()

    def with_tip(self, tip_minor: int | None, share: int) -> DeliveryTerms:
        """The same with a tip: a sum, or (None) a `share` in thousandths of a percent of what is to be paid without."""
        minor = divide_half_up(self.total_minor * share, FULL) if tip_minor is None else tip_minor
        return msgspec.structs.replace(self, total_minor=self.total_minor + minor, tip_minor=minor)


def delivery_terms(
    db: Connection, settings: TillSettings, at_us: int, cart: Cart, postal_code: str = ""
) -> DeliveryTerms:
    """The terms of a cart that is brought to a postal code, as far as that was typed; "": it is fetched."""
    clock, pieces = ZoneInfo(settings.zone), pieces_of(cart.lines)
    zone, refused = None, None
    try:
        zone = zones.zone_begun(read_zones(db), postal_code) if postal_code else None
        fee = zones.fee_minor(zone, worth_minor(cart.lines)) if zone else 0
    except Refusal as refusal:
        refused = refusal.refused
    slots = free_slots(db, clock, at_us, SLOTS_SHOWN, pieces, to=zone) if read_hours(db).days_ahead else []
    soon = not soon_refused(db, clock, at_us, cart.channel, zone)
    if zone is None or refused:
        taxes = taxes_on_top(cart.basket, settings)
        return DeliveryTerms(total_minor(cart.basket, settings), slots, soon, refused=refused, taxes=taxes)
    basket = with_fee(db, at_us, cart.basket, zone, fee, settings) if fee else cart.basket
    taxes = taxes_on_top(basket, settings)
    return DeliveryTerms(total_minor(basket, settings), slots, soon, zone, fee, taxes=taxes)
