"""How the hub turns the events of orders into rows of Postgres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from edge.shop.orders.events import CartEnded, OrderChanged, OrderMoved, OrderPlaced
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_PLACE = ("tenant", "store", "device", "epoch", "seq")
ORDER: tuple[str, ...] = (
    *_PLACE,
    *("order_id", "business_date", "number", "said", "channel", "fulfilment", "customer", "placed_at", "slot_from"),
    *("slot_until", "zone", "currency", "lines", "total_minor", "fee_minor", "state", "changed_at", "version"),
)
STEP: tuple[str, ...] = (
    *_PLACE,
    *("order_id", "number", "was", "now", "at", "business_date", "actor", "surface", "reason"),
)
CART: tuple[str, ...] = (
    *_PLACE,
    *("business_date", "at", "register", "channel", "why", "goods", "total_minor", "seconds"),
)
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
    UPDATE shop_order SET version = $5, changed_at = $6, lines = $7, total_minor = $8 WHERE {_NEWEST}
"""

_WHERE = (
    Field("store", "text", "The store."),
    Field("device", "text", "Its appliance."),
    Field("epoch", "integer", "The epoch of its journal."),
    Field("seq", "integer", "The row of its journal."),
)
_BY_DAY = (Filter("store", "store"), Filter("from", "business_date", ">="), Filter("to", "business_date", "<="))
READS = (
    Read(
        name="orders",
        source="shop_order",
        summary="Orders as they are now; nothing that customers said of themselves.",
        fields=(
            *_WHERE,
            Field("order_id", "text", "The order."),
            Field("business_date", "date", "The business day on which it was placed."),
            Field("number", "integer", "Its number, without gaps in the store's day."),
            Field("said", "text", "What people call it."),
            Field("channel", "text", "kiosk, phone, till or api."),
            Field("fulfilment", "text", "pickup or delivery."),
            Field("customer", "text", "The customer's id; empty for a guest."),
            Field("placed_at", "time", "When it was placed."),
            Field("slot_from", "time", "When it is wanted from; null: as soon as possible."),
            Field("slot_until", "time", "When it is wanted until."),
            Field("zone", "text", "The zone of delivery."),
            Field("currency", "text", "ISO 4217."),
            Field("lines", "integer", "How many lines it has."),
            Field("total_minor", "integer", "What it comes to, with taxes and fee, in minor units."),
            Field("fee_minor", "integer", "The fee of delivery in it."),
            Field("state", "text", "How far it is."),
            Field("changed_at", "time", "Since when."),
            Field("version", "integer", "Grows when its lines are changed."),
            Field("register", "text", "Where it became a sale."),
            Field("receipt", "integer", "The number of that receipt."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(*_BY_DAY, Filter("state", "state"), Filter("channel", "channel"), Filter("customer", "customer")),
    ),
    Read(
        name="orders/steps",
        source="order_status_history",
        summary="Each step of each order: from which state to which, when, by whom and why.",
        fields=(
            *_WHERE,
            Field("order_id", "text", "The order."),
            Field("number", "integer", "Its number in the store's day."),
            Field("was", "text", "The state before; empty where it was placed."),
            Field("now", "text", "The state behind it."),
            Field("at", "time", "When."),
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("actor", "text", "Who."),
            Field("surface", "text", "From where."),
            Field("reason", "text", "Why."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(*_BY_DAY, Filter("order", "order_id"), Filter("now", "now")),
    ),
    Read(
        name="carts",
        source="ended_cart",
        summary="Carts with something in them that were not ordered.",
        fields=(
            *_WHERE,
            Field("business_date", "date", "The business day, as the store counts it."),
            Field("at", "time", "When it ended."),
            Field("register", "text", "At which kiosk or register."),
            Field("channel", "text", "kiosk, phone, till or api."),
            Field("why", "text", "left (given up) or idle (nobody touched it)."),
            Field("goods", "integer", "How many lines it had."),
            Field("total_minor", "integer", "What it would have come to, in minor units."),
            Field("seconds", "integer", "How long it was open."),
        ),
        key=("store", "device", "epoch", "seq"),
        filters=(*_BY_DAY, Filter("channel", "channel"), Filter("why", "why")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class OrderTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "orders"
    version = 1
    tables = ("ended_cart", "order_status_history", "shop_order")
    keeps_orphans = True

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, OrderPlaced, OrderMoved, OrderChanged) | together(self._carts, CartEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        happened = self.read(rows)
        placed = [_order_row(key, row, event) for row, event in happened if isinstance(event, OrderPlaced)]
        await connection.copy_records_to_table("shop_order", records=placed, columns=ORDER)
        steps = [_step_row(key, row, event) for row, event in happened if not isinstance(event, OrderChanged)]
        await connection.copy_records_to_table("order_status_history", records=steps, columns=STEP)
        for row, event in happened:
            of = (key.tenant, key.store, key.device, event.order)
            if isinstance(event, OrderMoved):
                sale = (row.register, event.receipt) if event.receipt else (None, None)
                await connection.execute(_MOVE, *of, event.now, moment(row.at_us), *sale)
            elif isinstance(event, OrderChanged):
                goods = event.goods
                new = (event.revision, moment(row.at_us), len(goods.sold), goods.total_minor)
                await connection.execute(_CHANGE, *of, *new)

    async def _carts(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        carts = [_cart_row(key, row, event) for row, event in self.read(rows)]
        await connection.copy_records_to_table("ended_cart", records=carts, columns=CART)


def _order_row(key: Key, row: Row, event: OrderPlaced) -> tuple[Any, ...]:
    at, goods = moment(row.at_us), event.goods
    slot = (moment(event.slot_from_us), moment(event.slot_until_us)) if event.slot_from_us else (None, None)
    return (
        *_where(key, row),
        *(event.order, date.fromisoformat(row.business_date), event.number, event.said, event.channel),
        *(event.fulfilment, event.customer, at, *slot, event.zone, event.currency),
        *(len(goods.sold), goods.total_minor, goods.fee_minor, "placed", at, 1),
    )


def _step_row(key: Key, row: Row, event: OrderPlaced | OrderMoved) -> tuple[Any, ...]:
    was, now, why = (event.was, event.now, event.reason) if isinstance(event, OrderMoved) else ("", "placed", "")
    when = (moment(row.at_us), date.fromisoformat(row.business_date))
    return (*_where(key, row), event.order, event.number, was, now, *when, row.actor, row.surface, why)


def _cart_row(key: Key, row: Row, event: CartEnded) -> tuple[Any, ...]:
    when = (date.fromisoformat(row.business_date), moment(row.at_us))
    seconds = max(0, row.at_us - event.began_us) // 1_000_000
    of = (row.register, event.channel, event.why, len(event.goods), event.total_minor, seconds)
    return (*_where(key, row), *when, *of)


def _where(key: Key, row: Row) -> tuple[Any, ...]:
    return (key.tenant, key.store, key.device, row.epoch, row.seq)
