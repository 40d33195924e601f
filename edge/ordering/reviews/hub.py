"""Hub projection: reviews, with stars and states, without texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.ordering.reviews.events import ReviewPublished, ReviewRejected, ReviewWithdrawn, ReviewWritten
from sync.hub.api.reads import Field, Filter, Read
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import Column, Index, Table, always, moment, place
from sync.hub.table_projector import TableProjector, together
from sync.wire import Row

REVIEW = Table(
    "review",
    "Star ratings of products; the review text stays in the store.",
    *place(),
    Column("id", "text", "Review id.", "event.review", key=True),
    Column("customer", "text", "The store's customer id.", "event.customer"),
    Column("sku", "text", "The shop's product number (SKU).", "event.sku"),
    Column("rating", "bigint", "Stars, from 1 to 5.", "event.rating"),
    Column("state", "text", "pending, published, rejected, withdrawn, or replaced by a newer one.", always("pending")),
    Column("written", "timestamptz", "Time it was written.", "row.at_us"),
    Column("decided", "timestamptz", "Time it was moderated; null: not yet.", null=True),
    indexes=(Index("review_of_product", "tenant, store, sku, state"),),
)

_WRITTEN = REVIEW.insert_once()
_STATE = "UPDATE review SET state = $5, decided = $6 WHERE tenant = $1 AND store = $2 AND device = $3 AND id = $4"
_OLDER = """
    UPDATE review AS older SET state = 'replaced' FROM review AS newer
    WHERE newer.tenant = $1 AND newer.store = $2 AND newer.device = $3 AND newer.id = $4
      AND older.tenant = $1 AND older.store = $2 AND older.device = $3 AND older.id <> $4
      AND older.customer = newer.customer AND older.sku = newer.sku AND older.state = $5
"""


class ReviewTables(TableProjector):
    """Projects review events to Postgres (see `sync.hub.projection_runner.Projector`)."""

    name = "reviews"
    version = 1
    tables = (REVIEW,)
    reads = (
        REVIEW.read("reviews", Filter("store", "store"), Filter("sku", "sku"), Filter("state", "state")),
        Read(
            name="reviews/ratings",
            source="product_rating",
            summary="Ratings of each product from published reviews, by store.",
            fields=(
                Field("store", "text", "The store."),
                Field("sku", "text", "The shop's product number (SKU)."),
                Field("reviews", "integer", "Number of reviews."),
                Field("stars", "integer", "Sum of their stars; divided by the number of reviews, the average rating."),
            ),
            key=("store", "sku"),
            filters=(Filter("store", "store"), Filter("sku", "sku")),
        ),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return together(self._project, ReviewWritten, ReviewPublished, ReviewRejected, ReviewWithdrawn)

    async def _project(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        of = (key.tenant, key.store, key.device)
        for fact in self.facts(key, rows):
            at = moment(fact.row.at_us)
            match fact.event:
                case ReviewWritten(review):
                    await connection.execute(_WRITTEN, *REVIEW.record(fact))
                    await connection.execute(_OLDER, *of, review, "pending")
                case ReviewPublished(review):
                    await connection.execute(_OLDER, *of, review, "published")
                    await connection.execute(_STATE, *of, review, "published", at)
                case ReviewRejected(review):
                    await connection.execute(_STATE, *of, review, "rejected", at)
                case ReviewWithdrawn(review):
                    await connection.execute(_STATE, *of, review, "withdrawn", at)
