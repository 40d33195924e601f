"""Queries of carts and orders."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.core.messages import Number
from edge.core.people.remarks import Remarks, read_remark
from edge.core.people.sealing import Keyring
from edge.core.storage.database import Connection
from edge.counter.basket.taxed_total import PaidAhead, beyond
from edge.counter.till.queries import read_basket
from edge.counter.till.sale_effects import stock_moves
from edge.foundation.opening_hours import rules as opening
from edge.foundation.opening_hours.queries import read_hours
from edge.foundation.opening_hours.rules import day_of
from edge.goods.catalog.least_age import least_ages
from edge.goods.catalog.queries import read_products
from edge.goods.modifiers.modifier import added_skus
from edge.goods.stock.commands import Moved
from edge.lib.regions.place import Jurisdiction
from edge.lib.tax.rules import TaxTable
from edge.ordering.delivery.zones import DeliveryZone, driven_between
from edge.ordering.orders import order_lines
from edge.ordering.orders.carts.cart import Cart
from edge.ordering.orders.events import OrderPlaced, OrderReaddressed
from edge.ordering.orders.fulfilment.short_orders import short_lines, short_of
from edge.ordering.orders.order import KeptOrder, OrderGoods, OrderPart, OrderStep, Proposal, digest
from edge.ordering.orders.order_lines import pieces_of
from edge.ordering.orders.project import SaidOf
from edge.ordering.orders.rules import ACCEPT_WITHIN_US, OVERDUE_US
from edge.people.customers.queries import all_ids

ORDERS_LIMIT = 200
PLANNED_LIMIT = 1000
"""Maximum number of open orders in the lists of the next days."""
SLOTS_LIMIT = 300
NEXT_SLOTS = 3
"""Number of alternative slots offered when the requested one is full."""
QR_LIFETIME_US = 24 * 3600 * 1_000_000
"""How long an ended order's QR code still shows its status."""
_SAVE = "INSERT OR REPLACE INTO cart (id, channel, register, until_us, body, ended) VALUES (?, ?, ?, ?, ?, ?)"
_encode = msgspec.json.Encoder().encode
decode_cart = msgspec.json.Decoder(Cart).decode
_IN_SLOTS = """
    SELECT slot_from_us, goods, said_of FROM shop_order
    WHERE slot_from_us >= ? AND id <> ? AND state NOT IN ('cancelled', 'rejected')
"""
_decode_goods = msgspec.json.Decoder(OrderGoods).decode
_decode_parts = msgspec.json.Decoder(tuple[OrderPart, ...]).decode
_decode_proposals = msgspec.json.Decoder(tuple[Proposal, ...]).decode
_decode_said = msgspec.json.Decoder(SaidOf).decode
_decode_tax = msgspec.json.Decoder(TaxTable).decode
_FIELDS = (
    *("id", "number", "said", "business_date", "state", "channel", "placed_us", "changed_us", "fulfilment"),
    *("seq", "version", "slot_from_us", "slot_until_us", "customer", "driver", "attempts", "register", "receipt"),
    *("advance_minor", "advance_us"),
)
_SAID = ("currency", "language", "zone", "place", "substitutes", "no_show_fee_minor", "expected_us")
_AHEAD = "SELECT minor - back_minor, tax FROM order_advance WHERE order_id = ? AND minor > back_minor ORDER BY seq"
_ORDER = f"""
    SELECT {", ".join(f"o.{field}" for field in _FIELDS)}, o.person, o.goods, o.said_of, o.parts, o.proposals,
           s.secret, s.code FROM shop_order o LEFT JOIN order_secret s ON s.order_id = o.id
"""

_GIVEN_UP = """
    SELECT DISTINCT c.holder FROM stock_claim c JOIN product p ON p.sku = c.sku
    WHERE c.kind = 'reserved' AND c.holder LIKE 'cart:%' AND p.retired_us IS NOT NULL
"""


class FreeSlot(msgspec.Struct, frozen=True):
    """A slot with free capacity: its start and end, in UTC microseconds.

    The number is of orders that still fit, or of pieces if the shop counts those (None: unlimited).
    """

    from_us: int
    until_us: int
    left: int | None


class KioskCall(msgspec.Struct, frozen=True):
    """A kiosk whose customer called staff, and since when."""

    register: str
    at_us: int


def read_cart(db: Connection, id: str) -> Cart | None:
    """Return an open cart, even if it has expired but hasn't been ended yet."""
    found = db.execute("SELECT body FROM cart WHERE id = ?", (id,)).fetchone()
    return decode_cart(found[0]) if found else None


def save_cart(db: Connection, cart: Cart) -> None:
    """Save a cart inside the transaction."""
    db.execute(_SAVE, (cart.id, cart.channel, cart.register, cart.until_us, _encode(cart), int(cart.ended)))


def cart_at(db: Connection, register: str, at_us: int) -> Cart | None:
    """A kiosk's open cart, by register."""
    wanted = "SELECT body FROM cart WHERE channel = 'kiosk' AND register = ? AND until_us > ? AND NOT ended"
    found = db.execute(wanted, (register, at_us)).fetchone()
    return decode_cart(found[0]) if found else None


def read_shop_order(db: Connection, id: str) -> KeptOrder | None:
    """An order by id, or None."""
    found = db.execute(f"{_ORDER} WHERE o.id = ?", (id,)).fetchone()
    return next(iter(_orders(db, [found])), None) if found else None


def order_by_receipt(db: Connection, register: str, receipt: int) -> KeptOrder | None:
    """The order sold with this receipt, or None if there is none."""
    found = db.execute(f"{_ORDER} WHERE o.receipt = ? AND o.register = ?", (receipt, register)).fetchone()
    return next(iter(_orders(db, [found])), None) if found else None


def read_order_goods(db: Connection, id: str) -> list[Moved] | None:
    """An order's goods as stock movements, with bundles as their parts; None if there is no such order."""
    order = read_shop_order(db, id)
    goods = (line for line in order.goods.sold_lines if order_lines.is_goods(line)) if order else ()
    return list(stock_moves(goods, 1)) if order else None


def order_by_secret(db: Connection, secret: str, at_us: Number = 0) -> KeptOrder | None:
    """The order whose QR code has this secret, until 24 hours after its end."""
    found = db.execute(f"{_ORDER} WHERE o.secret = ?", (digest(secret),)).fetchone()
    order = next(iter(_orders(db, [found])), None) if found else None
    if order is None or (not order.open and at_us > order.changed_us + QR_LIFETIME_US):
        return None
    return order


def order_of_cart(db: Connection, cart: str) -> KeptOrder | None:
    """The order placed from a cart, or None."""
    found = db.execute(f"{_ORDER} WHERE o.cart = ?", (cart,)).fetchone()
    return next(iter(_orders(db, [found])), None) if found else None


def read_shop_orders(
    db: Connection,
    ended: bool = False,
    business_date: str = "",
    customer: str = "",
    before: Number | None = None,
    limit: Number = 100,
) -> list[KeptOrder]:
    """Open orders, the oldest first; with `ended` the ended ones, the newest first, below `before` (a journal row);
    optionally of one day or customer."""
    named = {"o.business_date": business_date, "o.customer": customer}
    wanted: list[Any] = [value for value in named.values() if value]
    where = ["NOT o.open" if ended else "o.open", *(f"{field} = ?" for field, value in named.items() if value)]
    if before is not None:
        where.append("o.seq < ?")
        wanted.append(before)
    order = "o.seq DESC" if ended else "o.seq"
    text = f"{_ORDER} WHERE {' AND '.join(where)} ORDER BY {order} LIMIT ?"
    return _orders(db, db.execute(text, (*wanted, min(limit, ORDERS_LIMIT))).fetchall())


def read_planned(db: Connection) -> list[KeptOrder]:
    """All open orders, up to a limit: first those with a slot, by slot, then those for as soon as possible."""
    text = f"{_ORDER} WHERE o.open ORDER BY o.slot_from_us = 0, o.slot_from_us, o.seq LIMIT ?"
    return _orders(db, db.execute(text, (PLANNED_LIMIT,)).fetchall())


def owing_orders(db: Connection) -> list[KeptOrder]:
    """Orders whose advance exceeds the amount due, the oldest first."""
    text = f"{_ORDER} WHERE o.advance_minor <> 0 AND o.advance_minor > o.total_minor * o.open ORDER BY o.seq LIMIT ?"
    return _orders(db, db.execute(text, (ORDERS_LIMIT,)).fetchall())


def guest_orders(db: Connection) -> list[KeptOrder]:
    """Guest orders that are open, or ended while the guest's data is kept; the newest first."""
    known = "o.open OR o.person IN (SELECT person FROM person_key)"
    text = f"{_ORDER} WHERE o.customer = '' AND ({known}) ORDER BY o.seq DESC LIMIT ?"
    return _orders(db, db.execute(text, (PLANNED_LIMIT,)).fetchall())


def holding_given_up(db: Connection) -> list[str]:
    """The ids of carts that hold reservations for discontinued products."""
    return [holder.partition(":")[2] for (holder,) in db.execute(_GIVEN_UP)]


def other_carts(db: Connection, customer: str, but: str, at_us: int) -> list[Cart]:
    """A customer's other carts, including lists."""
    ids = all_ids(db, customer)
    rows = db.execute("SELECT body FROM cart WHERE id <> ? AND until_us > ? ORDER BY until_us DESC", (but, at_us))
    return [cart for (body,) in rows if (cart := decode_cart(body)).basket.customer in ids]


def order_steps(db: Connection, order: str) -> list[OrderStep]:
    """An order's steps, the first one first."""
    fields = "order_id, seq, was, now, at_us, actor, surface, reason"
    rows = db.execute(f"SELECT {fields} FROM order_step WHERE order_id = ? ORDER BY seq", (order,))
    remarks, steps = Remarks(db), [OrderStep(*row) for row in rows]
    return [msgspec.structs.replace(step, reason=remarks.read(step.reason)) for step in steps]


def person_of(db: Connection, order: str) -> str:
    """The person whose key encrypts an order's data: its customer, or one for this order only."""
    return str(db.execute("SELECT person FROM shop_order WHERE id = ?", (order,)).fetchone()[0])


def last_reason(db: Connection, order: str) -> str:
    """The reason given for an order's last step."""
    found = db.execute(
        "SELECT reason FROM order_step WHERE order_id = ? ORDER BY seq DESC LIMIT 1", (order,)
    ).fetchone()
    return read_remark(db, found[0]) if found else ""


def ages_of(db: Connection, goods: OrderGoods, place: Jurisdiction) -> dict[str, int]:
    """Minimum ages of an order's products, including those of their modifiers.

    Based on the current catalogue, and the law at the store's `place` and at the destination.
    """
    added = {line.sku: set[str]() for line in goods.sold_lines if line.is_revenue}
    for line in goods.sold_lines:
        if line.is_revenue:
            added[line.sku].update(added_skus(line.modifiers))
    products = [product for _, product, _ in read_products(db, sorted(set(added).union(*added.values()))).values()]
    known = least_ages(db, products, place, place.within(goods.delivered_to))
    return {
        sku: max(known.get(sku, goods.min_age), *(known.get(one, 0) for one in more), 0) for sku, more in added.items()
    }


def free_slots(
    db: Connection,
    zone: ZoneInfo,
    at_us: int,
    limit: int = SLOTS_LIMIT,
    pieces: int = 1,
    but: str = "",
    to: DeliveryZone | None = None,
) -> list[FreeSlot]:
    """Free slots for an order placed now, the soonest first, with room for this many pieces if the shop counts pieces.

    An order larger than a slot's capacity may use an empty slot. `but`: an order to ignore, because it's being moved.
    `to`: a delivery zone, whose hours and capacity also apply.
    """
    hours = read_hours(db)
    in_pieces = hours.capacity_in == "pieces"
    counted = hours.capacity or (to and to.capacity)
    taken: dict[int, int] = {}
    brought: dict[int, int] = {}
    for from_us, goods, said_of in db.execute(_IN_SLOTS, (max(1, at_us), but)).fetchall() if counted else ():
        weight = pieces_of(_decode_goods(goods).lines) if in_pieces else 1
        taken[from_us] = taken.get(from_us, 0) + weight
        if to and to.capacity and _decode_said(said_of).zone == to.id:
            brought[from_us] = brought.get(from_us, 0) + 1
    wanted = min(pieces, hours.capacity) if in_pieces else 1
    goes = driven_between(to, zone, day_of(zone, at_us), hours.days_ahead + 2) if to else None
    found: list[FreeSlot] = []
    for from_us, until_us in opening.slots(hours, zone, at_us):
        left = hours.capacity - taken.get(from_us, 0) if hours.capacity else None
        full = to and to.capacity and brought.get(from_us, 0) >= to.capacity
        if (left is None or left >= wanted) and not full and (goes is None or goes(from_us, until_us)):
            found.append(FreeSlot(from_us, until_us, left))
        if len(found) >= limit:
            break
    return found


def wanting_orders(db: Connection, zone: ZoneInfo, at_us: int) -> list[KeptOrder]:
    """Open orders that need attention: late, no-shows, scheduled while the shop is closed, short, or paid and not
    handed over."""
    found = with_faults(db, zone, read_shop_orders(db, limit=ORDERS_LIMIT), at_us)
    return [order for order in found if _wants(order)]


def _wants(order: KeptOrder) -> bool:
    return bool(order.late or order.no_show or order.stranded or order.short or order.paid_minor)


def late_orders(db: Connection, zone: ZoneInfo, at_us: int) -> list[KeptOrder]:
    """Open orders not accepted in time, or past their slot or expected time."""
    return [order for order in wanting_orders(db, zone, at_us) if order.late]


def with_faults(db: Connection, zone: ZoneInfo, orders: Iterable[KeptOrder], at_us: int) -> list[KeptOrder]:
    """Return the orders with their problems. The time allowed to accept an order counts only during opening hours."""
    hours, lacking = read_hours(db), short_of(db)
    today = opening.shop_day(hours, zone, at_us)

    def is_unattended(order: KeptOrder) -> bool:
        if order.state == "placed":
            return opening.open_between(hours, zone, order.placed_us, at_us, ACCEPT_WITHIN_US)
        if order.state in ("accepted", "preparing") and not order.slot_until_us:
            return opening.open_between(hours, zone, order.changed_us, at_us, OVERDUE_US)
        return order.open and 0 < order.slot_until_us <= at_us

    def past(order: KeptOrder) -> bool:
        soon = not order.slot_until_us and order.state in ("placed", "accepted", "preparing")
        return soon and 0 < order.expected_us <= at_us

    def no_show(order: KeptOrder) -> bool:
        return order.state == "ready" and opening.shop_day(hours, zone, order.wanted_us) < today

    def is_stranded(order: KeptOrder) -> bool:
        if not order.open or order.slot_from_us <= at_us:
            return False
        length_us = order.slot_until_us - order.slot_from_us
        return not opening.open_between(hours, zone, order.slot_from_us, order.slot_until_us, length_us)

    on = {id: (at, since) for id, at, since in db.execute("SELECT order_id, register, since_us FROM order_on_counter")}

    def order_with_faults(order: KeptOrder) -> KeptOrder:
        at, since_us = on.get(order.id, ("", 0))
        waits = is_unattended(order)
        return msgspec.structs.replace(
            order,
            late=waits or past(order),
            unattended=waits,
            no_show=no_show(order),
            stranded=is_stranded(order),
            short=short_lines(db, order, lacking.get(order.id, ())) if order.open else (),
            at_register=at,
            at_register_us=since_us,
            paid_minor=read_basket(db, at).paid_minor if at else 0,
        )

    return [order_with_faults(order) for order in orders]


def order_on_counter(db: Connection, register: str) -> str:
    """The order open at a register, or ""."""
    found = db.execute("SELECT order_id FROM order_on_counter WHERE register = ?", (register,)).fetchone()
    return found[0] if found else ""


def register_of_order(db: Connection, order: str) -> str:
    """The register where an order is open, or ""."""
    found = db.execute("SELECT register FROM order_on_counter WHERE order_id = ?", (order,)).fetchone()
    return found[0] if found else ""


def kiosk_calls(db: Connection) -> list[KioskCall]:
    """Kiosks whose customers called staff, the longest-waiting first."""
    return [KioskCall(*row) for row in db.execute("SELECT register, at_us FROM kiosk_call ORDER BY at_us")]


def _ahead(db: Connection, order: str, minor: int) -> tuple[PaidAhead, ...]:
    """The unused part of an order's advance, `minor` in total, with its taxes. The oldest payments are used first."""
    rows = db.execute(_AHEAD, (order,)).fetchall()
    paid = [PaidAhead(left, _decode_tax(tax) if tax else None) for left, tax in rows]
    return beyond(paid, sum(one.minor for one in paid) - minor)


def _orders(db: Connection, rows: Iterable[Any]) -> list[KeptOrder]:
    ring = Keyring(db)
    found = []
    for *plain, person, goods, said_of, parts, proposals, secret, code in rows:
        fields = dict(zip(_FIELDS, plain, strict=True), secret=secret or "", code=code or "")
        said = _decode_said(said_of)
        personal = {
            field: ring.open(person, OrderPlaced, field, getattr(said, field)) or "" for field in OrderPlaced.personal
        }
        if said.goes_to:
            personal["address"] = ring.open(person, OrderReaddressed, "address", said.goes_to) or ""
        fields |= personal | {
            "goods": _decode_goods(goods),
            "parts": _decode_parts(parts),
            "proposals": _decode_proposals(proposals),
        }
        fields |= {field: getattr(said, field) for field in _SAID}
        if fields["advance_minor"]:
            fields["ahead"] = _ahead(db, fields["id"], fields["advance_minor"])
        found.append(KeptOrder(**fields))
    return found
