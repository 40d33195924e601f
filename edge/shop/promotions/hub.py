"""How the hub turns facts about promotions into which ones each store has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from edge.shop.promotions.events import PromotionEnded, PromotionSet
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_SET = """
    INSERT INTO promotion (tenant, store, device, id, names, deal, body, from_at, until_at)
    VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, $7::text::jsonb, $8, $9)
    ON CONFLICT (tenant, store, device, id) DO UPDATE SET names = excluded.names, deal = excluded.deal,
        body = excluded.body, from_at = excluded.from_at, until_at = excluded.until_at
"""
_ENDED = "UPDATE promotion SET until_at = $5 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"

READS = (
    Read(
        name="promotions",
        source="promotion",
        summary="Which promotions each store has, those that are over among them.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "The box that has it."),
            Field("id", "text", "The promotion's id."),
            Field("names", "object", "Its name by language."),
            Field("deal", "text", "What kind of deal it is."),
            Field("body", "object", "All of it, as a directive would set it."),
            Field("from_at", "time", "When it begins, or began."),
            Field("until_at", "time", "When it is over; null: until it is ended."),
        ),
        key=("store", "device", "id"),
        filters=(Filter("store", "store"), Filter("id", "id")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class PromotionTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "promotions"
    version = 1
    tables = ("promotion",)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, PromotionSet, PromotionEnded)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        """In their order, for the last fact about a promotion is what counts."""
        place = (key.tenant, key.store, key.device)
        for row, event in self.read(rows):
            match event:
                case PromotionSet(one):
                    names, body = (msgspec.json.encode(value).decode() for value in (one.names, one))
                    deal = type(one.deal).__struct_config__.tag
                    begins = moment(row.at_us if one.from_us is None else one.from_us)
                    ends = None if one.until_us is None else moment(one.until_us)
                    await connection.execute(_SET, *place, one.id, names, deal, body, begins, ends)
                case PromotionEnded(id):
                    await connection.execute(_ENDED, *place, id, moment(row.at_us))
