"""Hub projection: states of web orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.ordering.web_orders.events import WebOrderCancelled, WebOrderDropped, WebOrderHeld, WebOrderTaken
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

_STATES: dict[type[Any], str] = {
    WebOrderTaken: "taken",
    WebOrderHeld: "held",
    WebOrderCancelled: "cancelled",
    WebOrderDropped: "dropped",
}
STEP = Table(
    "web_order_step",
    "Changes of state of orders from web shops and platforms.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("channel", "text", "Channel it came from.", "event.channel"),
    Column("reference", "text", "Order reference in that channel.", "event.reference"),
    Column("state", "text", "taken, held, cancelled, dropped.", lambda fact: _STATES[fact.event.__class__]),
    Column("why", "text", "Reason it is on hold; or empty.", lambda fact: getattr(fact.event, "why", "")),
    Column("order_id", "text", "Order id in the store; or empty.", lambda fact: getattr(fact.event, "order", "")),
)


class WebOrderTables(TableProjector):
    """Projects web order events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "web_orders"
    version = 1
    tables = (STEP,)
    reads = (STEP.read("web_order_steps", Filter("store", "store"), Filter("channel", "channel")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {type.__name__: self._step for type in _STATES}

    async def _step(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await STEP.copy(connection, self.facts(key, rows))
