"""Project events of feeds in the hub: each store's connectors and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from edge.backoffice.feeds.events import FeedTaken
from sync.hub.api.reads import Filter
from sync.hub.model import Key
from sync.hub.projection_runner import Project
from sync.hub.table import EPOCH, SEQ, Column, Table, place
from sync.hub.table_projector import TableProjector
from sync.wire import Row

RUN = Table(
    "feed_run",
    "Import runs of each store's feeds, with their results.",
    *place(),
    EPOCH,
    SEQ,
    Column("at", "timestamptz", "Time it ended.", "row.at_us"),
    Column("connector", "text", "Connector; empty: the file was uploaded.", "event.connector"),
    Column("entity_type", "text", "Type of records.", "event.entity_type"),
    Column("file", "text", "File name.", "event.file"),
    Column("checksum", "text", "SHA-256 of the file.", "event.checksum"),
    Column("records", "bigint", "Number of records.", "event.records"),
    Column("applied", "bigint", "Records applied.", "event.applied"),
    Column("same", "bigint", "Records already applied earlier.", "event.same"),
    Column("invalid", "bigint", "Invalid records.", "event.invalid"),
    Column("held", "bigint", "Records waiting for approval.", "event.held"),
)
PULL = Table(
    "feed_pull",
    "Feeds that head office fetches for stores, with their progress.",
    Column("tenant", "text", "Tenant that owns the store.", key=True, hidden=True),
    Column("store", "text", "The store.", key=True),
    Column("name", "text", "Name in head office's feed configuration.", key=True),
    Column("connector", "text", "The store's connector that receives it."),
    Column("cursor_us", "bigint", "Latest change passed on, in microseconds since 1970.", default="0"),
    Column("asked_at", "timestamptz", "Time of the last query.", null=True),
    Column("good_at", "timestamptz", "Time of the last successful query.", null=True),
    Column("why", "text", "Error of the last query; empty: none.", default="''"),
    Column("records", "bigint", "Records passed on to the store.", default="0"),
    Column("told", "jsonb", "Digests of the records passed on last; repeats are skipped.", default="'[]'", hidden=True),
)
_PUT = RUN.insert_once()


class FeedsTables(TableProjector):
    """Hub projector (see `sync.hub.projection_runner.Projector`)."""

    name = "feeds"
    version = 1
    tables = (RUN,)
    reads = (
        RUN.read("feed_runs", Filter("store", "store"), Filter("connector", "connector")),
        PULL.read("feed_pulls", Filter("store", "store"), Filter("connector", "connector")),
    )

    @property
    def handlers(self) -> Mapping[str, Project]:
        return {FeedTaken.__name__: self._insert_runs}

    async def _insert_runs(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_PUT, [RUN.record(fact) for fact in self.facts(key, rows)])
