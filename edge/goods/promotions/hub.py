"""Head office's tables of each store's promotions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.goods.promotions.events import PromotionEnded, PromotionSet
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Fact, Table, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row


def _begins(fact: Fact) -> int:
    said = fact.event.promotion.from_us
    return fact.row.at_us if said is None else int(said)


PROMOTION = Table(
    "promotion",
    "Promotions of each store, including ended ones.",
    *place(device="Box that has it."),
    Column("id", "text", "Promotion id.", "event.promotion.id", key=True),
    Column("names", "jsonb", "Name by language.", "event.promotion.names"),
    Column(
        *("deal", "text", "Type of promotion."),
        lambda fact: type(fact.event.promotion.deal).__struct_config__.tag,
    ),
    Column("body", "jsonb", "The whole promotion, in the format of a directive.", "event.promotion"),
    Column("from_at", "timestamptz", "Start time.", _begins),
    Column(
        *("until_at", "timestamptz", "End time; null: until ended by hand.", "event.promotion.until_us"),
        null=True,
    ),
)
_SET = PROMOTION.upsert()
_ENDED = "UPDATE promotion SET until_at = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"


class PromotionTables(TableProjector):
    """Projects promotion events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "promotions"
    version = 1
    tables = (PROMOTION,)
    reads = (PROMOTION.read("promotions", Filter("store", "store"), Filter("id", "id")),)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, PromotionSet, PromotionEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """Apply events in order, because the last one per promotion counts."""
        for fact in self.facts(key, rows):
            match fact.event:
                case PromotionSet():
                    await connection.execute(_SET, *PROMOTION.record(fact))
                case PromotionEnded(id):
                    of = (key.tenant, key.store, key.device, id)
                    await connection.execute(_ENDED, *of, moment(fact.row.at_us))
