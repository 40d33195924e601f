"""Project events of feeds to rows."""

from __future__ import annotations

from edge.backoffice.feeds.entities import CONNECTORS
from edge.backoffice.feeds.events import CountsGiven, FeedTaken
from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection

DAY_US = 86_400 * 1_000_000
_FORGET = """
    DELETE FROM feed_taken WHERE ended_us < ? AND seq IN (SELECT seq FROM feed_taken ORDER BY seq LIMIT 10)
"""


def _save_feed(db: Connection, fact: RecordedEvent, event: FeedTaken) -> None:
    """Store the event as a row too. It's archived with the others (`archive_after_days`)."""
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
    db.execute(_FORGET, (fact.at_us - event.kept_days * DAY_US,))


def _save_counts(db: Connection, fact: RecordedEvent, event: CountsGiven) -> None:
    values = (fact.seq, event.connector, event.changed, event.left_out, fact.at_us)
    db.execute("INSERT INTO feed_given (seq, connector, changed, left_out, at_us) VALUES (?, ?, ?, ?, ?)", values)


projector = Projector(
    name="feeds",
    version=3,
    tables=(CONNECTORS.table, "feed_taken", "feed_given"),
    on={**CONNECTORS.on, FeedTaken: _save_feed, CountsGiven: _save_counts},
)
