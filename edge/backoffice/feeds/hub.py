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
    "Files of records that each store took in, and what became of them.",
    *place(),
    EPOCH,
    SEQ,
    Column("at", "timestamptz", "When it came to its end.", "row.at_us"),
    Column("connector", "text", "The connector; empty: somebody brought the file.", "event.connector"),
    Column("entity_type", "text", "What the records are.", "event.entity_type"),
    Column("file", "text", "The file's name.", "event.file"),
    Column("checksum", "text", "SHA-256 of the file.", "event.checksum"),
    Column("records", "bigint", "Records in it.", "event.records"),
    Column("applied", "bigint", "Records that were done.", "event.applied"),
    Column("same", "bigint", "Records that had been done before.", "event.same"),
    Column("invalid", "bigint", "Records that were wrong.", "event.invalid"),
    Column("held", "bigint", "Records that wait for a yes.", "event.held"),
)
PULL = Table(
    "feed_pull",
    "What head office fetches for stores of tills and addresses of others, and how far it is with each.",
    Column("tenant", "text", "Whose store it is.", key=True, hidden=True),
    Column("store", "text", "The store.", key=True),
    Column("name", "text", "What it is called in head office's file of feeds.", key=True),
    Column("connector", "text", "The store's connector that takes it."),
    Column("cursor_us", "bigint", "The latest change that was told of, in microseconds since 1970.", default="0"),
    Column("asked_at", "timestamptz", "When it was asked last.", null=True),
    Column("good_at", "timestamptz", "When it was asked last without fail.", null=True),
    Column("why", "text", "Why asking failed last; empty: it did not.", default="''"),
    Column("records", "bigint", "Records that were handed down.", default="0"),
    Column("told", "jsonb", "What was told last, by digests: told again it is left out.", default="'[]'", hidden=True),
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
        return {FeedTaken.__name__: self._taken}

    async def _taken(self, connection: Any, key: Key, rows: Sequence[Row]) -> None:
        await connection.executemany(_PUT, [RUN.record(fact) for fact in self.facts(key, rows)])
