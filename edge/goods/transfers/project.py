"""Projects transfer events to rows, in the same commit."""

from __future__ import annotations

from collections.abc import Sequence

from edge.core.messages import RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.goods.transfers.events import (
    TransferAnnounced,
    TransferDrafted,
    TransferDropped,
    TransferReceived,
    TransferredGoods,
    TransferSent,
    TransferSettled,
    TransferTakenBack,
)
from edge.goods.transfers.rules import state_of

_BEGUN = (
    "INSERT OR REPLACE INTO transfer (id, direction, store, state, location, note, begun_us, begun_by,"
    " ended_us, ended_by)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL, '')"
)
_NO_LINES = "DELETE FROM transfer_line WHERE id = ?"
_LINE = (
    "INSERT INTO transfer_line (id, n, sku, quantity, boxes, lot, expiry, value_milli, got)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)"
)
_ENDED = "UPDATE transfer SET state = ?, ended_us = ?, ended_by = ? WHERE id = ?"
_GOT = "UPDATE transfer_line SET got = ? WHERE id = ? AND n = ?"
_SENT = "SELECT quantity FROM transfer_line WHERE id = ? ORDER BY n"


def _record_draft(db: Connection, fact: RecordedEvent, event: TransferDrafted) -> None:
    about = ("drafted", event.location, event.note, fact.at_us, fact.actor)
    db.execute(_BEGUN, (event.id, "out", event.to_store, *about))
    _lines(db, event.id, [TransferredGoods(one.sku, one.quantity, 0, one.lot, "", None) for one in event.lines])


def _mark_dropped(db: Connection, fact: RecordedEvent, event: TransferDropped) -> None:
    db.execute(_ENDED, ("dropped", fact.at_us, fact.actor, event.id))


def _record_dispatch(db: Connection, fact: RecordedEvent, event: TransferSent) -> None:
    about = ("sent", event.location, event.note, fact.at_us, fact.actor)
    db.execute(_BEGUN, (event.id, "out", event.to_store, *about))
    _lines(db, event.id, event.lines)


def _record_announcement(db: Connection, fact: RecordedEvent, event: TransferAnnounced) -> None:
    db.execute(_BEGUN, (event.id, "in", event.from_store, "sent", "", event.note, fact.at_us, fact.actor))
    _lines(db, event.id, event.lines)


def _lines(db: Connection, id: str, lines: Sequence[TransferredGoods]) -> None:
    db.execute(_NO_LINES, (id,))
    for n, line in enumerate(lines):
        db.execute(_LINE, (id, n, line.sku, line.quantity, line.boxes, line.lot, line.expiry, line.value_milli))


def _close_transfer(db: Connection, fact: RecordedEvent, event: TransferReceived | TransferSettled) -> None:
    sent = [quantity for (quantity,) in db.execute(_SENT, (event.id,))]
    db.execute(_ENDED, (state_of(sent, event.got, event.refused), fact.at_us, fact.actor, event.id))
    for n, quantity in enumerate(event.got):
        db.execute(_GOT, (quantity, event.id, n))


def _taken_back(db: Connection, fact: RecordedEvent, event: TransferTakenBack) -> None:
    db.execute(_ENDED, ("closed", fact.at_us, fact.actor, event.id))


projector = Projector(
    name="transfers",
    version=1,
    tables=("transfer", "transfer_line"),
    on={
        TransferDrafted: _record_draft,
        TransferDropped: _mark_dropped,
        TransferSent: _record_dispatch,
        TransferAnnounced: _record_announcement,
        TransferReceived: _close_transfer,
        TransferSettled: _close_transfer,
        TransferTakenBack: _taken_back,
    },
)
