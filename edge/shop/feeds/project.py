"""Facts about feeds to rows."""

from __future__ import annotations

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.shop.feeds.entities import CONNECTORS
from edge.shop.feeds.events import CountsGiven, FeedTaken


def _taken(db: Connection, fact: RecordedEvent, event: FeedTaken) -> None:
    db.execute(
        "INSERT INTO feed_taken (seq, connector, entity_type, file, checksum, records, applied, same, invalid, held,"
        " began_us, ended_us, digest, new, changed, retired)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            fact.seq,
            *(event.connector, event.entity_type, event.file, event.checksum, event.records),
            *(event.applied, event.same, event.invalid, event.held, event.began_us, fact.at_us),
            *(event.digest, event.new, event.changed, event.retired),
        ),
    )


def _given(db: Connection, fact: RecordedEvent, event: CountsGiven) -> None:
    values = (fact.seq, event.connector, event.changed, event.left_out, fact.at_us)
    db.execute("INSERT INTO feed_given (seq, connector, changed, left_out, at_us) VALUES (?, ?, ?, ?, ?)", values)


projector = Projector(
    name="feeds",
    version=2,
    tables=(CONNECTORS.table, "feed_taken", "feed_given"),
    on={**CONNECTORS.on, FeedTaken: _taken, CountsGiven: _given},
)
