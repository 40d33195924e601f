"""How the hub turns facts about reviews into rows: stars and states, without words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.shop.reviews.events import ReviewPublished, ReviewRejected, ReviewWithdrawn, ReviewWritten
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table_projector import TableProjector, moment, together
from sync.wire import Row

_WRITTEN = """
    INSERT INTO review (tenant, store, device, id, customer, sku, rating, state, written)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8)
    ON CONFLICT (tenant, store, device, id) DO NOTHING
"""
_STATE = "UPDATE review SET state = $5, decided = $6 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"
_OLDER = """
    UPDATE review AS older SET state = 'replaced' FROM review AS newer
    WHERE newer.tenant = $1 AND newer.store = $2 AND newer.device = $3 AND newer.id = $4
      AND older.tenant = $1 AND older.store = $2 AND older.device = $3 AND older.id <> $4
      AND older.customer = newer.customer AND older.sku = newer.sku AND older.state = $5
"""
READS = (
    Read(
        name="reviews",
        source="review",
        summary="What customers of each store gave products in stars; words stay in the store.",
        fields=(
            Field("store", "text", "The store."),
            Field("device", "text", "Its appliance."),
            Field("id", "text", "The review's id."),
            Field("customer", "text", "The customer's id, of that store."),
            Field("sku", "text", "The product's number in the shop."),
            Field("rating", "integer", "Stars, from 1 to 5."),
            Field("state", "text", "pending, published, rejected, withdrawn, or replaced by a newer one."),
            Field("written", "time", "When it was written."),
            Field("decided", "time", "When somebody looked at it; null: nobody did yet."),
        ),
        key=("store", "device", "id"),
        filters=(Filter("store", "store"), Filter("sku", "sku"), Filter("state", "state")),
    ),
    Read(
        name="reviews/ratings",
        source="product_rating",
        summary="What published reviews of each product come to in each store.",
        fields=(
            Field("store", "text", "The store."),
            Field("sku", "text", "The product's number in the shop."),
            Field("reviews", "integer", "How many."),
            Field("stars", "integer", "Their stars in all: divided by how many, the average."),
        ),
        key=("store", "sku"),
        filters=(Filter("store", "store"), Filter("sku", "sku")),
    ),
)
"""What head office's programs may read (see `sync.hub.api`)."""


class ReviewTables(TableProjector):
    """A projector of the hub (see `sync.hub.projection_runner.Projector`)."""

    name = "reviews"
    version = 1
    tables = ("review",)

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        place = (key.tenant, key.store, key.device)
        for row, event in self.read(rows):
            at = moment(row.at_us)
            match event:
                case ReviewWritten():
                    said = (event.review, event.customer, event.sku, event.rating)
                    await connection.execute(_WRITTEN, *place, *said, at)
                    await connection.execute(_OLDER, *place, event.review, "pending")
                case ReviewPublished(review):
                    await connection.execute(_OLDER, *place, review, "published")
                    await connection.execute(_STATE, *place, review, "published", at)
                case ReviewRejected(review):
                    await connection.execute(_STATE, *place, review, "rejected", at)
                case ReviewWithdrawn(review):
                    await connection.execute(_STATE, *place, review, "withdrawn", at)
