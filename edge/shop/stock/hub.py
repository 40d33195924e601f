"""How the hub turns stock movements into what is on hand in each store."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.stock.events import StockMoved
from sync import limits
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

_ADD = """
    INSERT INTO stock (tenant, store, device, sku, on_hand)
    SELECT $1, $2, $3, sku, delta FROM unnest($4::text[], $5::bigint[]) AS moved (sku, delta)
    ON CONFLICT (tenant, store, device, sku) DO UPDATE SET on_hand = stock.on_hand + excluded.on_hand
"""

READS = (
    Read(
        name="stock",
        source="stock_of_store",
        summary="What is on hand in each store.",
        fields=(
            Field("store", "text", "The store."),
            Field("sku", "text", "The product's number in the shop."),
            Field("on_hand", "integer", "Thousandths of the product's unit; below 0 where more was sold than counted."),
        ),
        key=("store", "sku"),
        filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("below", "on_hand", "<=")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class StockTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "stock"
    version = 1
    tables = ("stock",)
    keeps_orphans = True
    rows_at_once = limits.PROJECT_ROWS

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, StockMoved)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        sums: dict[str, int] = defaultdict(int)
        for _, event in await self.read_in_turns(rows):
            for move in event.moves:
                sums[move.sku] += move.delta
        await connection.execute(_ADD, key.tenant, key.store, key.device, list(sums), list(sums.values()))
