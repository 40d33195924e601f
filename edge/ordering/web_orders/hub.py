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
    "What became of orders that web shops and platforms sent, step by step.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("channel", "text", "From where it came.", "event.channel"),
    Column("reference", "text", "What it is called there.", "event.reference"),
    Column("state", "text", "taken, held, cancelled, dropped.", lambda fact: _STATES[fact.event.__class__]),
    Column("why", "text", "Why it is held; or empty.", lambda fact: getattr(fact.event, "why", "")),
    Column("order_id", "text", "The order that it is here; or empty.", lambda fact: getattr(fact.event, "order", "")),
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
