"""The transaction that a handler works with, inside one savepoint of the writer."""

from __future__ import annotations

import hashlib
from operator import attrgetter
from typing import Any, cast

import msgspec

from edge.core import ids
from edge.core.asking import Ask, Confirmations, ask_nobody
from edge.core.clock import Moment
from edge.core.journal.rows import BLOBS, INSERT, Head, fact_of, find_command, read_rows
from edge.core.limits import CHILD_DEPTH, EVENT_BYTES
from edge.core.memo import Memos
from edge.core.messages import Actor, AskingCommand, Command, Done, Event, RecordedEvent, Refusal, personal_of
from edge.core.people.remarks import with_sealed_remarks
from edge.core.registry import Registry
from edge.core.storage.database import Connection, blob
from edge.lib.errors import InvariantBroken, TooLarge
from sync.wire import Row, row_hash

encode = msgspec.json.Encoder().encode
ASKS = Confirmations()
"""The confirmations of a command without answers."""
_EVENT = attrgetter("event")


def content_hash(name: str, content: bytes) -> bytes:
    """Return the SHA-256 of a command's name and JSON. The same id with another hash is a conflict."""
    return hashlib.sha256(name.encode() + b"\0" + content).digest()


def command_hash(command: Command, content: bytes, register: str = "") -> bytes:
    """Return the `content_hash` of a command with JSON `content`, without personal data. It includes the register,
    because a command changes that register's state; confirmations don't change it."""
    if isinstance(command, AskingCommand) and command.answers:
        command = msgspec.structs.replace(command, answers=())
        content = encode(command)
    if personal := personal_of(type(command)):
        content = encode({name: getattr(command, name) for name in command.__struct_fields__ if name not in personal})
    return content_hash(f"{type(command).__name__} {register}" if register else type(command).__name__, content)


class JournalHead:
    """End of the journal, kept in memory by its only writer, with the context needed to append to it."""

    __slots__ = ("db", "head", "memos", "registry")

    def __init__(self, db: Connection, registry: Registry, head: Head) -> None:
        self.db = db
        self.registry = registry
        self.head = head
        self.memos = Memos(registry.strict_tables)

    def newest_after(self, seq: int) -> list[tuple[RecordedEvent, int]] | None:
        """Return all events after row `seq` and their sizes; None if some are no longer in memory."""
        newest, missing = self.memos.newest, self.head.seq - seq
        if missing > len(newest):
            return None
        found = [newest[row] for row in range(seq + 1, seq + missing + 1) if row in newest]
        return found if len(found) == missing else None


class CommandTransaction:
    """One command in progress (see `handling.Transaction`); children share its ledger, moment and hash."""

    __slots__ = (
        *("_children", "_depth", "_half_done", "_hash", "_ledger", "_n"),
        *("actor", "ask", "at_us", "boot_id", "business_date", "command_id", "db", "facts", "fresh", "is_child"),
        *("memos", "moment", "mono_us"),
    )

    def __init__(
        self,
        ledger: JournalHead,
        moment: Moment,
        actor: Actor,
        command_id: bytes,
        command_hash: bytes,
        fresh: bool,
        depth: int = 0,
        ask: Ask = ASKS,
    ) -> None:
        self._ledger = ledger
        self._hash = command_hash
        self._depth = depth
        self._children = 0
        self._half_done = ""
        self._n = 0
        self.db = ledger.db
        self.memos = ledger.memos
        self.moment = moment
        self.at_us = moment.at_us
        self.mono_us = moment.mono_us
        self.boot_id = moment.boot_id
        self.business_date = moment.business_date
        self.is_child = depth > 0
        self.actor = actor
        self.ask = ask
        self.command_id = command_id
        self.fresh = fresh
        self.facts: list[RecordedEvent] = []

    def append(self, event: Event) -> RecordedEvent:
        """Append `event` to the journal and apply it to the strict projections. The returned event has sealed
        remarks."""
        actor, now, kind = self.actor, self.moment, type(event)
        if event.remarks:
            event = with_sealed_remarks(self.db, event, now.business_date)
        body = encode(event)
        if len(body) > EVENT_BYTES:
            raise TooLarge(len(body), EVENT_BYTES)
        said = (
            self.command_id,
            self._n,
            self._hash,
            actor.register,
            actor.name,
            actor.surface,
            now.business_date,
            now.at_us,
            now.mono_us,
            now.boot_id,
            now.clock,
            kind.__name__,
            kind.version,
            body,
        )
        fact = self._put(said, event)
        self._n += 1
        self.facts.append(fact)
        return fact

    def append_again(self, row: Row) -> RecordedEvent:
        """Append an event of another history again, with its original command id, actor, place and time. It isn't
        counted among this command's events. Raises `LookupError` if this version doesn't know the event."""
        event = self._ledger.registry.decode(row.type, row.version, row.body)
        return self._put(msgspec.structs.astuple(row)[2:-2], event)

    def _put(self, said: tuple[Any, ...], event: Event) -> RecordedEvent:
        """Append a row; `said`: its values from command id to body."""
        ledger, kind = self._ledger, type(event)
        projections = ledger.registry.strict_for(kind)
        head = ledger.head
        epoch = head.epoch or 1
        seq = head.seq + 1
        values = (epoch, seq, *said, head.hash)
        digest = row_hash(*values)
        bound: list[Any] = [*values, digest]
        for place in BLOBS:
            bound[place] = blob(bound[place])
        ledger.db.execute(INSERT, bound)
        ledger.head = Head(epoch, seq, digest)
        command_id, _, _, register, name, surface, business_date, at_us, _, _, clock, _, _, body = said
        fact = RecordedEvent(epoch, seq, command_id, register, name, surface, business_date, at_us, event, clock)
        for project in projections:
            project(ledger.db, fact, event)
        self.memos.note_append(seq, fact, len(body), ledger.registry.touched[kind])
        return fact

    def read(self, seq: int) -> RecordedEvent:
        """Return the event at a row of the journal. Raises `LookupError` if there is none."""
        if (known := self.memos.newest.get(seq)) is not None:
            return cast(RecordedEvent, known[0])
        rows = read_rows(self.db, seq, 1)
        if not rows or rows[0].seq != seq:
            raise LookupError(f"the journal doesn't have row #{seq}")
        return fact_of(self._ledger.registry, rows[0])

    def offered_command(self, name: str, on_page: bool = False) -> type[Command] | None:
        """Return the command of that name if the actor could execute it directly from here; otherwise None (see
        `handling.Transaction.offered_command`)."""
        spec = self._ledger.registry.by_name.get(name)
        if spec is None or spec.surfaces.inside or not spec.allows(self.actor):
            return None
        if spec.reauthenticate and not on_page:
            return None
        if self.actor.surface not in spec.surfaces or (spec.surfaces.register == "own" and not self.actor.register):
            return None
        return spec.command

    def do(self, command: Command, asks: bool = True) -> Done:
        """Execute an earlier capability's command in the same savepoint, with the parent's right and confirmations.
        With `asks` False it asks no questions. Raises `Refusal`, which also refuses the parent unless caught."""
        spec = self._ledger.registry.commands[type(command)]
        if self._depth >= CHILD_DEPTH:
            raise InvariantBroken(f"{spec.name} is the {CHILD_DEPTH}th command inside a command.")
        child = CommandTransaction(
            self._ledger,
            self.moment,
            self.actor,
            ids.child_id(ids.CommandId(self.command_id), self._children),
            self._hash,
            self.fresh or bool(self.facts),  # after an append this can't be a repeat: its parent would be one, too
            self._depth + 1,
            ask_nobody
            if not asks
            else resolve_asking(command, self.ask)
            if isinstance(command, AskingCommand)
            else self.ask,
        )
        self._children += 1
        if not child.fresh and (done := find_outcome(self._ledger, child.command_id)):
            return done
        before = self.db.total_changes
        try:
            return child.outcome_of(self._ledger.registry.paths[spec.command].run(child, command))
        except Refusal as refusal:
            if self.db.total_changes != before:
                self._half_done = f"{spec.name} ({refusal.code})"
            raise

    def outcome_of(self, result: object) -> Done:
        """Return the command's outcome. Raises `InvariantBroken` if it continued after a child command changed
        something and was then refused, because only the whole command's savepoint can be rolled back."""
        if self._half_done:
            raise InvariantBroken(f"A command continued after its {self._half_done} had made changes and was refused.")
        if not self.facts:
            return Done(self.command_id, result=result)
        first = self.facts[0]
        return Done(self.command_id, tuple(map(_EVENT, self.facts)), first.epoch, first.seq, result)


def resolve_asking(command: AskingCommand, ask: Ask = ASKS) -> Ask:
    """Return the `Ask` for a command, given its parent's `ask`."""
    if command.answers and isinstance(ask, Confirmations):
        return ask.with_answers(command.answers)
    return ask


def find_outcome(ledger: JournalHead, command_id: bytes) -> Done | None:
    """Return the `Done` recorded in the journal for a command id, or None."""
    rows = find_command(ledger.db, command_id)
    if not rows:
        return None
    events = tuple(fact_of(ledger.registry, row).event for row in rows)
    return Done(command_id, events, rows[0].epoch, rows[0].seq, repeated=True)
