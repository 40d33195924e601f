"""Chooses a slot, inside the transaction, when an order is placed or moved."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from edge.core.asking import refuse
from edge.core.messages import Refusal
from edge.core.registry import Transaction
from edge.core.storage.database import Connection
from edge.counter.till.lines.selling_hours import require_hours
from edge.counter.till.settings import TillSettings
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import day_of, is_open, slots
from edge.foundation.printing.commands import QueuePrint
from edge.ordering.delivery.queries import read_zones, zone_named
from edge.ordering.delivery.zones import DeliveryZone, driven_between, is_driven, zone_begun
from edge.ordering.orders.commands import SetOrderSlot
from edge.ordering.orders.customers.named_order import named_order
from edge.ordering.orders.customers.order_news import note_news
from edge.ordering.orders.events import SlotSet
from edge.ordering.orders.order import KeptOrder
from edge.ordering.orders.order_lines import pieces_of
from edge.ordering.orders.order_papers import change
from edge.ordering.orders.queries import NEXT_SLOTS, FreeSlot, free_slots, read_shop_order
from edge.ordering.orders.rules import Channel


def chosen_slot(
    tx: Transaction, zone: ZoneInfo, wanted: int, pieces: int = 1, but: str = "", to: DeliveryZone | None = None
) -> FreeSlot:
    """The free slot with this start, with capacity for this many pieces.

    Raises `Refusal` with the next slots if it's full or doesn't exist. `but`: an order to ignore. `to`: the delivery
    zone.
    """
    free = free_slots(tx.db, zone, tx.at_us, pieces=pieces, but=but, to=to)
    found = next((slot for slot in free if slot.from_us == wanted), None)
    if found:
        return found
    meant = next((slot for slot in slots(read_hours(tx.db), zone, tx.at_us) if slot[0] == wanted), None)
    if meant is None:
        raise Refusal("slot_past")
    later = _slot_values([slot for slot in free if slot.from_us > wanted])
    if to and not driven_between(to, zone, day_of(zone, wanted), 2)(*meant):
        raise Refusal("zone_not_then", {"zone": to.title, **later})
    raise Refusal("slot_full", later)


def slots_to(db: Connection, zone: ZoneInfo, at_us: int, postal_code: str = "", pieces: int = 1) -> list[FreeSlot]:
    """Free slots for an order of this many pieces, or for a delivery to `postal_code`, which may be incomplete.

    Raises `Refusal` if no zone delivers there.
    """
    to = zone_begun(read_zones(db), postal_code) if postal_code else None
    return free_slots(db, zone, at_us, pieces=pieces, to=to)


def soon_refused(db: Connection, zone: ZoneInfo, at_us: int, channel: Channel, to: DeliveryZone | None = None) -> str:
    """Why an order for as soon as possible is refused now, as a refusal's code; "" if it's accepted.

    Customers at a kiosk or till are in the shop, so they can order for pickup at any time.
    """
    if (to or channel not in ("kiosk", "till")) and not is_open(read_hours(db), zone, at_us):
        return "shop_closed"
    return "zone_not_then" if to and not is_driven(to, zone, at_us) else ""


def not_driven_now(tx: Transaction, zone: ZoneInfo, to: DeliveryZone, pieces: int) -> Refusal:
    """The refusal for a zone without delivery at this hour, with the next slots."""
    later = _slot_values(free_slots(tx.db, zone, tx.at_us, NEXT_SLOTS, pieces, to=to))
    return Refusal("zone_not_then", {"zone": to.title, **later})


def _slot_values(free: list[FreeSlot]) -> dict[str, str | int]:
    return {f"next{n}_us": slot.from_us for n, slot in enumerate(free[:NEXT_SLOTS], 1)}


class SlotChoice:
    """Moves orders of a store to other slots."""

    def __init__(self, settings: TillSettings) -> None:
        self._settings = settings
        self._zone = ZoneInfo(settings.zone)

    def set_order_slot(self, tx: Transaction, command: SetOrderSlot) -> KeptOrder | None:
        """Move an order to a slot. Returns None if its customer chose the slot."""
        of = named_order(tx, command, self._zone, busy=False)
        order = of.order
        after = self._set(tx, order, command.slot_from_us)
        if of.by_customer:
            return None
        if after.slot_from_us != order.slot_from_us:
            note_news(tx, after, "changed")
        return after

    def _set(self, tx: Transaction, order: KeptOrder, from_us: int) -> KeptOrder:
        if not order.open or order.state == "out_for_delivery":
            raise Refusal("order_state", {"from": order.state, "to": "changed"})
        if order.slot_from_us == from_us:
            return order
        slot = chosen_slot(tx, self._zone, from_us, pieces_of(order.goods.lines), to=zone_named(tx.db, order.zone))
        ask = tx.ask if tx.actor.surface != "kiosk" else refuse
        require_hours(tx, order.goods.sold_lines, self._settings, ask, slot.from_us)
        tx.append(SlotSet(order.id, order.number, slot.from_us, slot.until_us))
        after = read_shop_order(tx.db, order.id)
        assert after is not None
        if order.state != "placed":  # the printed ticket shows the old time
            tx.do(QueuePrint("order", change(tx.db, order, after, self._settings)))
        return after
