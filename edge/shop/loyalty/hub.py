"""How the hub turns facts about loyalty into rows: each move of points, so that what members hold is their sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.loyalty.events import PointsExpired, PointsMoved
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import AT, BUSINESS_DATE, EPOCH, SEQ, Column, Index, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row


def _points(event: PointsMoved | PointsExpired) -> int:
    return -event.points if isinstance(event, PointsExpired) else event.points


MOVE = Table(
    "loyalty_move",
    "What members of each store earned and spent: what one holds is the sum.",
    *place(),
    EPOCH,
    SEQ,
    BUSINESS_DATE,
    AT,
    Column("customer", "text", "Whose it is, by an id that says nothing.", "event.customer"),
    Column("purse", "text", "Of which kind: points, or another that the store collects.", "event.purse"),
    Column("points", "bigint", "So many more, or (below 0) fewer.", lambda fact: _points(fact.event)),
    Column(
        "why",
        "text",
        "earned, spent, returned, undone, correction, goodwill, welcome, expired.",
        lambda fact: getattr(fact.event, "why", "expired"),
    ),
    Column("reward", "text", "What they were spent for; or empty.", lambda fact: getattr(fact.event, "reward", "")),
    indexes=(Index("loyalty_move_customer", "tenant, customer"),),
)


class LoyaltyTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "loyalty"
    version = 1
    tables = (MOVE,)
    reads = (MOVE.read("loyalty_moves", Filter("store", "store"), Filter("customer", "customer")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {PointsMoved.__name__: self._moved, PointsExpired.__name__: self._moved}

    async def _moved(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await MOVE.copy(connection, self.facts(key, rows))
