"""Catalogue imports by a feed, reported like any other run."""

from __future__ import annotations

import msgspec

from edge.backoffice.feeds.commands import IngestFile
from edge.backoffice.feeds.events import FeedTaken
from edge.backoffice.feeds.staging import end
from edge.core.registry import Transaction
from edge.goods.quality.commands import NoteSource

_RUN = """
    SELECT feed_run.run, feed_run.params, feed_run.began_us FROM feed_run JOIN job ON job.id = feed_run.job
    WHERE entity_type = 'SKU' AND job.state = 'running' AND ended_us = 0
"""
_CHANGED = ("changed", "price")


def note_catalogue(tx: Transaction, command: NoteSource, kept_days: int) -> None:
    """Record once that a catalogue was read completely. Imports without a feed aren't runs. `kept_days`: see
    `FeedTaken`."""
    found = tx.db.execute(_RUN).fetchone()
    if found is None:
        return
    run, params, began_us = found
    asked, counts = msgspec.json.decode(params, type=IngestFile), command.counts
    new, changed = counts.get("new", 0), sum(counts.get(kind, 0) for kind in _CHANGED)
    end(tx.db, run, "", tx.at_us)
    tx.append(
        FeedTaken(
            asked.connector,
            "SKU",
            asked.path.rpartition("/")[2][:200],
            command.source.checksum,
            command.rows,
            *(new + changed, counts.get("same", 0), command.refused, counts.get("held", 0)),
            began_us,
            asked.digest,
            *(new, changed, counts.get("retired", 0), kept_days),
        )
    )
