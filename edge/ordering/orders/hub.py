"""Hub projection: orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.counter.till.events import SaleCompleted, SaleRefunded, SaleVoided
from edge.ordering.orders.events import (
    CartEnded,
    OrderAttached,
    OrderChanged,
    OrderMoved,
    OrderParted,
    OrderPlaced,
    OrderReaddressed,
    SlotSet,
    StatusPageSet,
)
from edge.ordering.orders.paying.advance_money import advance_moves
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, Column, Fact, Index, Table, Value, always, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

EPOCH = Column("epoch", "bigint", "Epoch of the device's journal.", "row.epoch", key=True)
SEQ = Column("seq", "bigint", "Row in the device's journal.", "row.seq", key=True)


def _slot(field: str) -> Value:
    return lambda fact: getattr(fact.event, field) if fact.event.slot_from_us else None


def _state_value(field: str, placed: str) -> Value:
    """The state of an order after a move or a partial hand-over. `placed`: the state of a new order."""

    def value(fact: Fact) -> str:
        if isinstance(fact.event, OrderParted):
            return "ready"
        return str(getattr(fact.event, field)) if isinstance(fact.event, OrderMoved) else placed

    return value


def _seconds(fact: Fact) -> int:
    return max(0, fact.row.at_us - int(fact.event.began_us)) // 1_000_000


ORDER = Table(
    "shop_order",
    "Current orders, without personal data.",
    *place(),
    EPOCH,
    SEQ,
    Column("order_id", "text", "Order id.", "event.order"),
    Column("business_date", "date", "Business day it was placed.", "row.business_date"),
    Column("number", "bigint", "Order number of the day, without gaps.", "event.number"),
    Column("said", "text", "Order number or name that is called out.", "event.said"),
    Column("channel", "text", "kiosk, phone, till or api.", "event.channel"),
    Column("fulfilment", "text", "pickup or delivery.", "event.fulfilment"),
    Column("customer", "text", "Customer id; empty: a guest.", "event.customer"),
    Column("placed_at", "timestamptz", "Time it was placed.", "row.at_us"),
    Column(
        *("slot_from", "timestamptz", "Start of the time slot; null: as soon as possible.", _slot("slot_from_us")),
        null=True,
    ),
    Column("slot_until", "timestamptz", "End of the time slot.", _slot("slot_until_us"), null=True),
    Column("zone", "text", "Delivery zone.", "event.zone"),
    Column("currency", "text", "ISO 4217.", "event.currency"),
    Column("lines", "bigint", "Number of lines.", lambda fact: len(fact.event.goods.sold_lines)),
    Column(
        *("total_minor", "bigint", "Outstanding total with taxes and fee, in minor units."),
        "event.goods.total_minor",
    ),
    Column("fee_minor", "bigint", "Delivery fee included.", "event.goods.fee_minor"),
    Column("state", "text", "State.", always("placed")),
    Column("changed_at", "timestamptz", "Time of the last change.", "row.at_us"),
    Column("version", "bigint", "Version number, increased when its lines change.", always(1)),
    Column("register", "text", "Register where it was paid.", null=True),
    Column("receipt", "bigint", "Receipt number.", null=True),
    Column("tip_minor", "bigint", "Tip included.", "event.goods.tip_minor", default="0"),
    Column("parts_minor", "bigint", "Amount paid for parts handed over earlier.", always(0), default="0"),
    Column(
        *("secret", "text", "Digest of its QR code; empty: order of an older version.", "event.secret"),
        default="''",
        hidden=True,
    ),
    Column(
        *("advance_minor", "bigint", "Deposit not yet used or refunded.", always(0)),
        default="0",
    ),
    Column(
        "expected_at",
        "timestamptz",
        "Expected ready time of an order without a time slot; null: unknown.",
        lambda fact: fact.event.expected_us or None,
        null=True,
    ),
    indexes=(
        Index("shop_order_by_day", "tenant, business_date, store"),
        Index("shop_order_by_id", "tenant, store, device, order_id"),
        Index("shop_order_by_secret", "tenant, store, secret"),
    ),
)
"""An order belongs to the epoch in which it was placed; its steps belong to their own epochs."""
STEP = Table(
    "order_status_history",
    "Changes of state of each order.",
    *place(),
    EPOCH,
    SEQ,
    Column("order_id", "text", "Order id.", "event.order"),
    Column("number", "bigint", "Order number of the day.", "event.number"),
    Column("was", "text", "Previous state; empty: it was placed.", _state_value("was", "")),
    Column("now", "text", "New state.", _state_value("now", "placed")),
    AT,
    BUSINESS_DATE,
    Column("actor", "text", "User.", "row.actor"),
    Column("surface", "text", "Page or device it came from.", "row.surface"),
    Column(
        *("part", "text", "Receipt of a part that was handed over. The reason stays in the store."),
        lambda fact: fact.event.shown if isinstance(fact.event, OrderParted) else "",
        default="''",
    ),
    Column(
        *("no_show", "boolean", "Whether it was cancelled because it wasn't picked up by the end of the day."),
        lambda fact: isinstance(fact.event, OrderMoved) and fact.event.no_show,
        default="false",
    ),
    indexes=(Index("order_status_history_by_order", "tenant, store, device, order_id"),),
)
CART = Table(
    "ended_cart",
    "Abandoned carts that weren't empty.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    Column("at", "timestamptz", "End time.", "row.at_us"),
    Column("register", "text", "Kiosk or register.", "row.register"),
    Column("channel", "text", "kiosk, phone, till or api.", "event.channel"),
    Column("why", "text", "left (abandoned by the customer) or idle (timed out).", "event.why"),
    Column("goods", "bigint", "Number of lines.", lambda fact: len(fact.event.goods)),
    Column("total_minor", "bigint", "Total of the cart, in minor units.", "event.total_minor"),
    Column("seconds", "bigint", "Seconds it was open.", _seconds),
    indexes=(Index("ended_cart_by_day", "tenant, business_date, store"),),
)
STATUS_PAGE = Table(
    "order_status_page",
    "Whether head office shows an order's status page to anyone with its QR code (hub.sql).",
    *place(),
    Column("epoch", "bigint", "Epoch of the journal row.", "row.epoch"),
    Column("seq", "bigint", "Journal row.", "row.seq"),
    Column("at", "timestamptz", "Time of the event.", "row.at_us"),
    Column("on_page", "boolean", "Whether the page is shown.", "event.on_page"),
    Column("store_name", "text", "Store name.", "event.store_name"),
    Column("zone", "text", "Time zone (IANA).", "event.zone"),
)
_SET_PAGE = f"""
    {STATUS_PAGE.upsert()} WHERE (excluded.epoch, excluded.seq) > (order_status_page.epoch, order_status_page.seq)
"""
"""Rows of an epoch may arrive after rows of a later epoch."""

_NEWEST = """
      tenant = $1 AND store = $2 AND device = $3 AND order_id = $4 AND (epoch, seq) = (
          SELECT epoch, seq FROM shop_order AS newest WHERE newest.tenant = $1 AND newest.store = $2
          AND newest.device = $3 AND newest.order_id = $4 ORDER BY epoch DESC, seq DESC LIMIT 1)
"""
_MOVE = f"""
    UPDATE shop_order SET state = $5, changed_at = $6, register = coalesce($7, register),
                          receipt = coalesce($8, receipt) WHERE {_NEWEST}
"""
_CHANGE = f"""
    UPDATE shop_order SET version = $5, changed_at = $6, lines = $7, total_minor = $8,
                          parts_minor = greatest(parts_minor, $9), fee_minor = $10,
                          tip_minor = $11 WHERE {_NEWEST}
"""
_STEPS = (OrderPlaced, OrderMoved, OrderParted)
_ATTACH = f"UPDATE shop_order SET customer = $5 WHERE {_NEWEST}"
_SLOT = f"UPDATE shop_order SET slot_from = $5, slot_until = $6 WHERE {_NEWEST}"
_ZONE = f"UPDATE shop_order SET zone = $5 WHERE {_NEWEST}"
_AHEAD = f"UPDATE shop_order SET advance_minor = advance_minor + $5 WHERE {_NEWEST}"
_PAPERS = (SaleCompleted, SaleVoided, SaleRefunded)
_OF_PAPERS = frozenset(event.__name__ for event in _PAPERS)
_BY_DAY = (Filter("store", "store"), Filter("from", "business_date", ">="), Filter("to", "business_date", "<="))


class OrderTables(TableProjector):
    """Projects order events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "orders"
    version = 1
    keeps_orphans = True
    tables = (ORDER, STEP, CART, STATUS_PAGE)
    reads = (
        ORDER.read(
            *("orders", *_BY_DAY, Filter("state", "state"), Filter("channel", "channel")),
            Filter("customer", "customer"),
        ),
        STEP.read("orders/steps", *_BY_DAY, Filter("order", "order_id"), Filter("now", "now")),
        CART.read("carts", *_BY_DAY, Filter("channel", "channel"), Filter("why", "why")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        steps = (OrderPlaced, OrderMoved, OrderChanged, OrderParted, SlotSet, OrderAttached, OrderReaddressed)
        return together(self._project, *steps, *_PAPERS) | {
            CartEnded.__name__: self._carts,
            StatusPageSet.__name__: self._page,
        }

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        facts = self.facts(key, [row for row in rows if row.type not in _OF_PAPERS or b'"advance"' in row.body])
        await ORDER.copy(connection, (fact for fact in facts if isinstance(fact.event, OrderPlaced)))
        await STEP.copy(connection, (fact for fact in facts if isinstance(fact.event, _STEPS)))
        for _, row, event, *_rest in facts:
            if isinstance(event, _PAPERS):
                for order, minor in advance_moves(event):
                    await connection.execute(_AHEAD, key.tenant, key.store, key.device, order, minor)
                continue
            of = (key.tenant, key.store, key.device, event.order)
            if isinstance(event, OrderMoved):
                sale = (row.register, event.receipt) if event.receipt else (None, None)
                await connection.execute(_MOVE, *of, event.now, moment(row.at_us), *sale)
            elif isinstance(event, OrderChanged | OrderParted):
                goods = event.goods
                new = (event.revision, moment(row.at_us), len(goods.sold_lines), goods.total_minor)
                parts_minor = event.parts_minor if isinstance(event, OrderParted) else 0
                await connection.execute(_CHANGE, *of, *new, parts_minor, goods.fee_minor, goods.tip_minor)
            elif isinstance(event, OrderAttached):
                await connection.execute(_ATTACH, *of, event.customer)
            elif isinstance(event, OrderReaddressed):
                await connection.execute(_ZONE, *of, event.zone)
            elif isinstance(event, SlotSet):
                slot = (event.slot_from_us, event.slot_until_us)
                await connection.execute(_SLOT, *of, *(moment(at_us) if at_us else None for at_us in slot))

    async def _carts(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await CART.copy(connection, self.facts(key, rows))

    async def _page(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        for fact in self.facts(key, rows):
            await connection.execute(_SET_PAGE, *STATUS_PAGE.record(fact))
