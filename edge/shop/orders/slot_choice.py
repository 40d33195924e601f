"""The slot that somebody wants, inside the transaction: when an order is placed, and when it shall be another."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from edge.core.messages import Refused
from edge.core.registry import Transaction
from edge.shop.orders.commands import SetOrderSlot, SetOwnSlot
from edge.shop.orders.events import SlotSet
from edge.shop.orders.hours import slots
from edge.shop.orders.order import KeptOrder
from edge.shop.orders.order_lines import pieces_of
from edge.shop.orders.queries import FreeSlot, free_slots, judged, order_by_secret, read_hours, read_shop_order
from edge.shop.till.settings import TillSettings

NEXT_SLOTS = 3
"""How many free slots are named where the one that was wanted is full."""


def chosen_slot(tx: Transaction, zone: ZoneInfo, wanted: int, pieces: int = 1, but: str = "") -> FreeSlot | Refused:
    """The free slot that begins then, with room for so many pieces; or the next ones. `but`: one that is in it."""
    free = free_slots(tx.db, zone, tx.at_us, pieces=pieces, but=but)
    found = next((slot for slot in free if slot.from_us == wanted), None)
    if found:
        return found
    if all(wanted != from_us for from_us, _ in slots(read_hours(tx.db), zone, tx.at_us)):
        return Refused("slot_past")
    later = [slot for slot in free if slot.from_us > wanted][:NEXT_SLOTS]
    return Refused("slot_full", {f"next{n}_us": slot.from_us for n, slot in enumerate(later, 1)})


class SlotChoice:
    """Other times for orders of a store with these settings."""

    def __init__(self, settings: TillSettings) -> None:
        self._zone = ZoneInfo(settings.zone)

    def set_order_slot(self, tx: Transaction, command: SetOrderSlot) -> KeptOrder | Refused:
        order = read_shop_order(tx.db, command.order)
        return self._set(tx, order, command.slot_from_us) if order else Refused("no_such_order")

    def set_own_slot(self, tx: Transaction, command: SetOwnSlot) -> Refused | None:
        order = order_by_secret(tx.db, command.secret, tx.at_us)
        if order is None:
            return Refused("no_such_order")
        (order,) = judged(tx.db, self._zone, [order], tx.at_us)
        if order.state != "placed" and not order.stranded:
            return Refused("order_being_made", {"said": order.said})
        after = self._set(tx, order, command.slot_from_us)
        return after if isinstance(after, Refused) else None

    def _set(self, tx: Transaction, order: KeptOrder, from_us: int) -> KeptOrder | Refused:
        if not order.open or order.state == "out_for_delivery":
            return Refused("order_state", {"from": order.state, "to": "changed"})
        if order.slot_from_us == from_us:
            return order
        slot = chosen_slot(tx, self._zone, from_us, pieces_of(order.goods.lines))
        if isinstance(slot, Refused):
            return slot
        tx.append(SlotSet(order.id, order.number, slot.from_us, slot.until_us))
        after = read_shop_order(tx.db, order.id)
        assert after is not None
        return after
