"""Background parts of the stock."""

from __future__ import annotations

from edge.core.process.part_context import PartContext
from edge.core.registry import PartSpec
from edge.goods.stock.reserving.reservation_expiry import ReservationExpiry


def _reservations(context: PartContext) -> ReservationExpiry:
    return ReservationExpiry(context.shop)


PARTS = (PartSpec("reservations", _reservations),)
