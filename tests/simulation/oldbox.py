"""The box that a restore replaced, with its abandoned history. It may return to the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pysqlite3

from edge.core.journal.rows import Head, read_head, read_rows
from sync import row_packing
from sync.hub.model import Key
from sync.wire import PROTOCOL, Epoch, Hello, Row, Up
from tests.simulation.truth import epochs_of

LAST_ROWS = 20
NUMBER = 1_000_000
"""Number of its hello, which the other box never reaches."""


class OldBox(msgspec.Struct, frozen=True):
    """The messages' content: the end of its journal, its epochs, and its newest rows."""

    head: Head
    epochs: tuple[Epoch, ...]
    rows: list[Row]

    @staticmethod
    def of(ledger: Path) -> OldBox:
        db = pysqlite3.connect(ledger)
        try:
            head = read_head(db)
            return OldBox(head, epochs_of(db), read_rows(db, max(1, head.seq - LAST_ROWS + 1), LAST_ROWS))
        finally:
            db.close()

    def says(self, key: Key) -> Iterator[Up]:
        head = self.head
        yield Hello(
            *(PROTOCOL, key.tenant, key.store, key.device, head.epoch, head.seq, head.hash),
            self.epochs,
            number=1_000_000,
        )
        rows = self.rows
        while rows:
            message = row_packing.pack(head.epoch, rows)
            yield message
            rows = rows[message.count :]
