"""Order terms for a cart while a postal code is typed: the zone, its fee, its slots."""

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
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.carts.checkout import with_fee
from edge.ordering.orders.fulfilment.slot_choice import soon_refused
from edge.ordering.orders.order_lines import pieces_of, worth_minor
from edge.ordering.orders.queries import FreeSlot, free_slots

SLOTS_SHOWN = 40


class DeliveryTerms(msgspec.Struct, frozen=True):
    """An order's total with all taxes and fees, and its possible slots.

    `zone`: the delivery zone; None if there is none or it isn't known yet. `refused`: why there is no delivery; total
    and slots are then for pickup. `soon`: whether as soon as possible is allowed. `tip_minor`: the included tip.
    `taxes`: those added to the prices.
    """

    total_minor: int
    slots: list[FreeSlot]
    soon: bool
    zone: DeliveryZone | None = None
    fee_minor: int = 0
    refused: Refused | None = None
    tip_minor: int = 0
    taxes: tuple[Taxed, ...] = ()

    def with_tip(self, tip_minor: int | None, share: int) -> DeliveryTerms:
        """Return the terms with a tip: an amount or, if None, a share of the total without it.

        `share` is in thousandths of a percent.
        """
        minor = divide_half_up(self.total_minor * share, FULL) if tip_minor is None else tip_minor
        return msgspec.structs.replace(self, total_minor=self.total_minor + minor, tip_minor=minor)


def delivery_terms(
    db: Connection, settings: TillSettings, at_us: int, cart: Cart, postal_code: str = ""
) -> DeliveryTerms:
    """The terms for delivering a cart to a postal code, which may be incomplete; with "", the terms for pickup."""
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
