"""Delivery fees under other zones.

Receipts only show the fee, so a zone is recognised by the fee's product and amount, if unambiguous.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from edge.core.messages import RecordedEvent, Refusal
from edge.core.storage.database import Connection
from edge.counter.basket.basket import Basket
from edge.counter.basket.discounts import spread
from edge.counter.basket.event_structs import RecordedLine
from edge.counter.till.events import SaleCompleted
from edge.ordering.delivery.queries import read_zones
from edge.ordering.delivery.zones import DeliveryZone, fee_minor
from edge.ordering.orders.order_lines import is_fee, worth_minor

_replace = msgspec.structs.replace


class Deliveries:
    """Replacement zones, recognised by the fee of the original zone."""

    def __init__(self, known: Iterable[DeliveryZone], wanted: Iterable[DeliveryZone]) -> None:
        others = {zone.id: zone for zone in wanted}
        self._of: dict[tuple[str, int], DeliveryZone | None] = {}
        for zone in known:
            fee = (zone.fee, zone.fee_minor)
            self._of[fee] = others.get(zone.id) if fee not in self._of else None
        self.fee: Callable[[RecordedEvent, Basket], Basket] | None = self._with_fee if others else None

    def is_small(self, fact: RecordedEvent, sale: SaleCompleted) -> bool:
        """Whether the order is below the zone's minimum."""
        del fact
        zone, sold = self._zone(sale.lines), [line for line in sale.lines if not line.voided]
        if zone is None:
            return False
        try:
            fee_minor(zone, worth_minor(sold))
        except Refusal:
            return True
        return False

    def _zone(self, lines: Iterable[RecordedLine]) -> DeliveryZone | None:
        fees = [line for line in lines if not line.voided and is_fee(line)]
        paid = sum(line.listed_minor or 0 for line in fees)
        return self._of.get((fees[0].sku, paid)) if fees else None

    def _with_fee(self, fact: RecordedEvent, basket: Basket) -> Basket:
        """The basket with its new zone's fee, split over tax classes as before; orders below the minimum keep the
        original zone."""
        del fact
        zone = self._zone(basket.sold_lines)
        if zone is None:
            return basket
        try:
            minor = fee_minor(zone, worth_minor(basket.sold_lines))
        except Refusal:
            return basket
        fees = [line for line in basket.sold_lines if is_fee(line)]
        shares = dict(zip((line.id for line in fees), spread(minor, (line.price_minor for line in fees)), strict=True))
        lines = (_replace(line, price_minor=shares[line.id]) if line.id in shares else line for line in basket.lines)
        return _replace(basket, lines=tuple(lines))


def deliveries(db: Connection, wanted: tuple[DeliveryZone, ...]) -> Deliveries:
    """The shop's zones and the `wanted` zones, which replace those with the same ids."""
    return Deliveries(read_zones(db) if wanted else (), wanted)
