"""Running totals per register: stored after commands are answered, yet always complete for readers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Generic, TypeVar

import msgspec

from edge.core.batch import RowBatch
from edge.core.journal.rows import read_rows_of
from edge.core.limits import FOLLOW_ROWS, FOLLOW_SPAN
from edge.core.messages import Event, RecordedEvent
from edge.core.registry import Projector
from edge.core.storage.database import Connection
from edge.lib.late_decoder import late_decoder
from sync.wire import Row

S = TypeVar("S", bound=msgspec.Struct)
Change = Callable[[S, RecordedEvent, Any], S]
"""Returns the new value, given the old one, the recorded event, and its decoded body."""


class RunningSum(Generic[S]):
    """One value per register, changed by the events in `on`.

    A following projection (`projector`) stores it in `table`, as JSON in `body`. `read` adds the rows beyond the
    projection's position, so readers miss no event although commands don't write the table.
    """

    def __init__(
        self,
        name: str,
        version: int,
        table: str,
        empty: S,
        on: Mapping[type[Event], Change[S]],
    ) -> None:
        self._empty = empty
        self.on = on
        self._types = {event.__name__: event for event in on}
        self._decoders = {event: late_decoder(event) for event in on}
        self._decode = late_decoder(type(empty))
        self._encode = msgspec.json.Encoder().encode
        self._kept = f"SELECT body FROM {table} WHERE register = ?"
        self._kept_of = f"SELECT register, body FROM {table} WHERE register IN (SELECT value FROM json_each(?))"
        # One statement, so that the row and its position are from the same snapshot.
        self._now = f"SELECT seq, ({self._kept}) FROM projection WHERE name = '{name}'"
        self._save = f"INSERT OR REPLACE INTO {table} (register, body) VALUES (?, ?)"
        self.projector = Projector(
            *(name, version, (table,), dict.fromkeys(on, self._keep)), strict=False, verified=True, batch=self._batch
        )

    def read(self, db: Connection, register: str) -> S:
        """Return the current value; the empty one before a register's first event. Raises `LookupError` if an older
        software version wrote an event that wasn't applied at start (`projections.bring_up`)."""
        at, body = db.execute(self._now, (register,)).fetchone() or (0, None)  # a practice ledger has no such row
        value = self._decode(body) if body else self._empty
        for row in self._behind(db, at):
            if row.register == register:
                fact = self._fact(row)
                value = self.on[type(fact.event)](value, fact, fact.event)
        return value

    def _behind(self, db: Connection, at: int) -> Iterator[Row]:
        while True:
            rows, through = read_rows_of(db, self._types, at + 1, FOLLOW_SPAN, FOLLOW_ROWS)
            yield from rows
            if through <= at:
                return
            at = through

    def _fact(self, row: Row) -> RecordedEvent:
        kind = self._types[row.type]
        if row.version != kind.version:
            raise LookupError(f"row #{row.seq} has version {row.version} of {row.type} and isn't applied yet")
        moment = (row.business_date, row.at_us, self._decoders[kind](row.body), row.clock)
        return RecordedEvent(row.epoch, row.seq, row.command_id, row.register, row.actor, row.surface, *moment)

    def _batch(self, db: Connection) -> _Values[S]:
        return _Values(db, self._load, self._save, self._encode)

    def _load(self, db: Connection, registers: set[str]) -> dict[str, S]:
        rows = db.execute(self._kept_of, (msgspec.json.encode(sorted(registers)).decode(),)).fetchall()
        return dict.fromkeys(registers, self._empty) | {register: self._decode(body) for register, body in rows}

    def _keep(self, values: _Values[S], fact: RecordedEvent, event: Any) -> None:
        value = values.of(fact.register)
        values.put(fact.register, self.on[type(event)](value, fact, event))


class _Values(RowBatch, Generic[S]):
    """The values of registers. Each is read once, and written once per turn if it has changed."""

    def __init__(
        self,
        db: Connection,
        load: Callable[[Connection, set[str]], dict[str, S]],
        save: str,
        encode: Callable[[S], bytes],
    ) -> None:
        super().__init__(db)
        self._load = load
        self._save = save
        self._encode = encode
        self._known: dict[str, S] = self.remember({})
        self._changed: set[str] = set()

    def prepare(self, facts: Iterable[RecordedEvent]) -> None:
        if missing := {fact.register for fact in facts if fact.register not in self._known}:
            self._known |= self._load(self.db, missing)

    def of(self, register: str) -> S:
        return self._known[register]

    def put(self, register: str, value: S) -> None:
        if value is not self._known[register]:
            self._known[register] = value
            self._changed.add(register)

    def flush(self) -> None:
        rows = [(register, self._encode(self._known[register])) for register in sorted(self._changed)]
        self.db.executemany(self._save, rows)
        self._changed.clear()
