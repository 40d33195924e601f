"""The single writer. Commands that arrive together share a commit, each in its own savepoint.

A plain synchronous object; only production runs it in a thread (`command_bus.CommandBus`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import structlog

from edge.core import ids
from edge.core.asking import Ask
from edge.core.clock import Clock, ClockValidator, Doubt, Moment
from edge.core.denials import Denials
from edge.core.journal.rows import Approved, EpochStarted, Head, RightDenied, find_hash, read_head, read_last_trusted
from edge.core.limits import PROBE_BYTES, REMEMBERED_COMMANDS, REMEMBERED_TRIM_EVERY
from edge.core.messages import Actor, AskingCommand, Command, Done, Outcome, OutcomeUnknown, Refusal, Refused
from edge.core.registry import CommandSpec, Registry
from edge.core.storage.commit_gate import Gate
from edge.core.storage.database import Connection, DatabaseError
from edge.core.surfaces import DENIAL_CODES
from edge.core.transaction import ASKS, CommandTransaction, JournalHead, content_hash, find_outcome, resolve_asking
from edge.lib.errors import TooLarge

_log = structlog.get_logger(__name__)

DAMAGED = "the ledger is damaged"
"""The reason for being read-only when the ledger is damaged. It applies until someone restores the ledger, because no
probe can show that the ledger is intact again."""

_DISK = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk reports errors",
    "SQLITE_NOMEM": "the memory is exhausted",
    "SQLITE_READONLY": "the disk is read-only",
    "SQLITE_CANTOPEN": "the ledger's folder cannot be written",
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}
"""SQLite result codes that report a problem with the machine, not a fault of this software
(sqlite.org/rescode.html)."""

NO_COMMAND = content_hash("", b"")
"""The `command_hash` of rows that no command caused."""

SYSTEM = Actor("system", "system", "", frozenset())


class Request:
    """A command waiting for the writer. `fresh`: its id was made here, so it can't be a repeat. `wanted`: called on the
    writer's thread when its turn comes; if it returns False, the command isn't executed."""

    __slots__ = ("actor", "command", "command_id", "content_hash", "fresh", "spec", "waiter", "wanted")

    def __init__(
        self,
        spec: CommandSpec,
        command: Command,
        actor: Actor,
        command_id: bytes,
        content_hash: bytes,
        fresh: bool,
        wanted: Callable[[], bool] | None = None,
    ) -> None:
        self.spec = spec
        self.command = command
        self.actor = actor
        self.command_id = command_id
        self.content_hash = content_hash
        self.fresh = fresh
        self.wanted = wanted
        self.waiter: Any = None


class MaintenanceWrite:
    """A change of derived or local state without a command: following projections, positions, progress."""

    __slots__ = ("change", "waiter")

    def __init__(self, change: Callable[[Connection], Any]) -> None:
        self.change = change
        self.waiter: Any = None


Answer = Outcome | BaseException | Any
Answered = tuple[Request | MaintenanceWrite, Answer]
Early = Callable[[Request | MaintenanceWrite, Answer], None]


class Writer:
    """Appends to the journal of `db`, with exclusive write access.

    `why_read_only` is None while it can write; otherwise the reason, in plain words.
    """

    def __init__(
        self,
        db: Connection,
        registry: Registry,
        clock: Clock,
        zone: str,
        day_turns_at_min: int,
        gate: Gate | None = None,
    ) -> None:
        self._db = db
        self._commit: Callable[[], object] = (
            partial(db.execute, "COMMIT") if gate is None else partial(self._commit_through, gate)
        )
        self._clock = clock
        self._judge = ClockValidator(zone, day_turns_at_min, *read_last_trusted(db))
        self._ledger = JournalHead(db, registry, read_head(db))
        self._denials = Denials()
        self._noted: list[tuple[Actor, RightDenied]] = []
        self._remembered = 0
        self.left: list[Request | MaintenanceWrite] = []
        self.why_read_only: str | None = None

    @property
    def journal(self) -> JournalHead:
        """End of the journal that the writer appends to. For the writer's thread only."""
        return self._ledger

    @property
    def head(self) -> Head:
        """End of the journal; between commits, the durable end."""
        return self._ledger.head

    def doubt_of_clock(self) -> Doubt | None:
        """Why the wall clock isn't trusted at the moment, or None."""
        self._moment()
        return self._judge.doubt

    def begin_epoch(self, event: EpochStarted, epoch: int = 1, *, set_back: bool = True) -> None:
        """Append the first row of a new epoch, numbered `epoch` or the next number, in a separate commit.

        Runs the `on_restore` of capabilities, unless nothing is missing from the history (`set_back` False).
        """
        head = self._ledger.head
        self._db.execute("BEGIN IMMEDIATE")
        try:
            self._ledger.head = Head(max(epoch, head.epoch + 1), head.seq, head.hash)
            now = self._moment()
            id = ids.command_id(now.at_us, head.hash[:10])
            CommandTransaction(self._ledger, now, SYSTEM, id, NO_COMMAND, True).append(event)
            for on_restore in self._ledger.registry.on_restore if set_back else ():
                on_restore(self._db)
            self._commit()
        except BaseException:
            self._abandon()
            raise

    def run(
        self,
        requests: Sequence[Request | MaintenanceWrite],
        early: Early,
        give_way: Callable[[], bool] = lambda: False,
    ) -> list[Answered]:
        """Execute the requests in order in one commit, and return the outcomes when it is durable. If `give_way`
        returns True after one of them, the others stay in `left`, for a later commit.

        Refusals and commands that changed only local state are answered before the commit, through `early(request,
        answer)`, and aren't in the returned list. They are never answered before an earlier command of the same
        register, on which they may depend. An exception as the answer is a bug in that one command: its savepoint is
        rolled back and the others continue.
        """
        self.left = []
        if self.why_read_only:
            return [(request, self._unwritten(request, self.why_read_only)) for request in requests]
        durable: list[Answered] = []
        waiting: set[str] = set()
        head = self._ledger.head
        answered = 0
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for request in requests:
                before = self._ledger.head
                answer = self._attempt(request, answered > 0)
                register = request.actor.register if isinstance(request, Request) else ""
                if register not in waiting and _may_be_early(request, answer, self._ledger.head is not before):
                    early(request, answer)
                else:
                    durable.append((request, answer))
                    if register:
                        waiting.add(register)
                answered += 1
                if answered < len(requests) and give_way():
                    requests, self.left = requests[:answered], list(requests[answered:])
                    break
            if self._denials.waiting:
                self._record_sums_of_denials()
            self._commit()
            self._noted.clear()
        except DatabaseError as error:
            self._abandon(head)
            self._take_back_denials()
            why = self._turn_read_only(error)
            # Frames of a commit whose sync failed may reappear after a power cut.
            doubtful = answered == len(requests) and _name(error).startswith("SQLITE_IOERR")
            lost = [request for request, _ in durable] + list(requests[answered:])
            return [(request, self._unwritten(request, why, doubtful)) for request in lost]
        return durable

    def finish(self) -> None:
        """Write pending denial counts before the writer closes."""
        if self.why_read_only or not self._denials.waiting:
            return
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._record_sums_of_denials(early=True)
            self._commit()
        except DatabaseError as error:
            self._abandon()
            self._turn_read_only(error)

    def settle(self) -> None:
        """Commit with a mark, which also ships earlier commits made without one."""
        self._db.execute("BEGIN IMMEDIATE")
        self._commit()

    def probe(self) -> bool:
        """Try a writing commit. Returns True if the writer can write (again)."""
        if self.why_read_only == DAMAGED:
            return False
        try:
            # Large enough that the next commands have room, too; freed at once.
            self._db.execute(
                "INSERT OR REPLACE INTO write_probe (one, filler) VALUES (1, randomblob(?))", (PROBE_BYTES,)
            )
            self._db.execute("DELETE FROM write_probe")
            self._ledger.head = read_head(self._db)
            self._ledger.memos.forget()
        except DatabaseError as error:
            self._abandon()
            self._turn_read_only(error)
            return False
        if self.why_read_only:
            _log.info("the ledger is writable again")
        self.why_read_only = None
        return True

    def _commit_through(self, gate: Gate) -> None:
        try:
            gate.mark(self._db)
            self._db.execute("COMMIT")
        finally:
            gate.unmark()

    def _attempt(self, request: Request | MaintenanceWrite, behind_others: bool) -> Answer:
        """Execute one request in its savepoint, or directly if it is the transaction's first (a savepoint copies every
        changed page). Raises disk errors; any other exception is returned as the answer."""
        head = self._ledger.head
        if behind_others:
            self._db.execute("SAVEPOINT one")
        try:
            answer = self._command(request) if isinstance(request, Request) else request.change(self._db)
        except DatabaseError as error:
            fault = _disk_fault(error)
            # Damage met by maintenance is in rebuildable data; only damage met by a command stops sales.
            ours = fault == DAMAGED and not isinstance(request, Request)
            if (fault and not ours) or not self._db.in_transaction:
                raise
            answer = error
        except Refusal as refusal:
            answer = refusal.refused
            if answer.answer and not (isinstance(request, Request) and isinstance(request.command, AskingCommand)):
                answer = Refused(answer.code, answer.values)  # this command has no field for the confirmation
        except TooLarge as error:
            answer = Refused("too_large", {"bytes": error.size, "limit": error.limit})
        except Exception as error:  # noqa: BLE001 - the one place where a handler's fault is turned into its answer
            answer = error
        if isinstance(answer, Refused | BaseException):
            self._db.execute("ROLLBACK TO one" if behind_others else "ROLLBACK")
            if not behind_others:
                self._db.execute("BEGIN IMMEDIATE")
            self._ledger.memos.forget()
            self._ledger.head = head
            if isinstance(answer, Refused) and answer.code in DENIAL_CODES and isinstance(request, Request):
                self._record_denial(request, answer)
        if behind_others:
            self._db.execute("RELEASE one")
        return answer

    def _command(self, request: Request) -> Done | Refused:
        if refused := request.spec.refusal(request.actor):
            return refused
        if not request.fresh and (earlier := self._earlier(request)):
            return earlier
        if request.wanted is not None and not request.wanted():
            return Refused("superseded")
        asked = (request.actor, request.command_id, request.content_hash, request.fresh)
        command = request.command
        ask: Ask = ASKS
        if isinstance(command, AskingCommand) and command.answers:
            ask = resolve_asking(command)
        tx = CommandTransaction(self._ledger, self._judge.moment(self._clock.read()), *asked, ask=ask)
        result = self._ledger.registry.paths[request.spec.command].run(tx, command)
        if request.actor.asker:
            tx.append(Approved(request.spec.name, request.actor.asker))
        if not request.fresh and not tx.facts:
            self._remember(request)
        return tx.outcome_of(result)

    def _earlier(self, request: Request) -> Done | Refused | None:
        stored = find_hash(self._db, request.command_id)
        if stored is None:
            return None
        if stored != request.content_hash:
            return Refused("conflict", {"command_id": ids.show(request.command_id)})
        return find_outcome(self._ledger, request.command_id) or Done(request.command_id, repeated=True)

    def _remember(self, request: Request) -> None:
        self._db.execute(
            "INSERT INTO remembered_command (command_id, command_hash) VALUES (?, ?)",
            (request.command_id, request.content_hash),
        )
        self._remembered += 1
        if self._remembered % REMEMBERED_TRIM_EVERY == 0:
            self._db.execute(
                "DELETE FROM remembered_command WHERE number <= (SELECT max(number) FROM remembered_command) - ?",
                (REMEMBERED_COMMANDS,),
            )

    def _record_denial(self, request: Request, refused: Refused) -> None:
        now = self._moment()
        denied = self._denials.row(request.actor, refused.values, now.mono_us)
        if denied is None:
            return
        self._noted.append((request.actor, denied))
        # A separate id, because the same command, sent again with the right, must not look like a repeat.
        # Children count from 0; denials use the upper half, numbered by row.
        id = ids.child_id(ids.CommandId(request.command_id), 2**31 + (self._ledger.head.seq + 1) % 2**31)
        tx = CommandTransaction(self._ledger, now, request.actor, id, request.content_hash, True)
        tx.append(denied)

    def _record_sums_of_denials(self, early: bool = False) -> None:
        now = self._moment()
        sums = self._denials.overdue(now.mono_us, early)
        self._noted += sums
        for actor, denied in sums:
            id = ids.command_id(now.at_us, self._ledger.head.hash[:10])
            CommandTransaction(self._ledger, now, actor, id, NO_COMMAND, True).append(denied)

    def _take_back_denials(self) -> None:
        for actor, denied in self._noted:
            self._denials.take_back(actor, denied)
        self._noted.clear()

    def _moment(self) -> Moment:
        return self._judge.moment(self._clock.read())

    def _abandon(self, head: Head | None = None) -> None:
        """Roll back the rest of a transaction and reread the journal's end from the database."""
        self._ledger.memos.forget()
        try:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._ledger.head = read_head(self._db)
        except DatabaseError:
            _log.exception("the end of the journal can't be read")
            if head is not None:
                self._ledger.head = head

    def _turn_read_only(self, error: BaseException) -> str:
        why = _disk_fault(error) or str(error)
        if self.why_read_only is None:
            _log.error("the ledger can't be written", why=why)
        self.why_read_only = why
        return why

    def _unwritten(self, request: Request | MaintenanceWrite, why: str, doubtful: bool = False) -> Answer:
        """Return the answer for a command that couldn't be written, or its earlier outcome if the journal has one."""
        try:
            if isinstance(request, Request) and (earlier := self._earlier(request)):
                return earlier
        except (DatabaseError, LookupError):
            doubtful = doubtful or (isinstance(request, Request) and not request.fresh)
        if doubtful and isinstance(request, Request):
            return OutcomeUnknown(request.command_id, why)
        return Refused("read_only", {"why": why})


def _may_be_early(request: Request | MaintenanceWrite, answer: Answer, grew: bool) -> bool:
    """Whether `answer` can be given before the commit, because it depends on nothing written to the journal."""
    if isinstance(answer, Refused | BaseException):
        return True
    local = isinstance(request, Request) and request.spec.local
    return local and not grew and isinstance(answer, Done) and not answer.events


def _disk_fault(error: BaseException) -> str | None:
    if _name(error) == "SQLITE_CORRUPT_VTAB":
        return None  # a search index, which can be rebuilt
    return next((why for code, why in _DISK.items() if _name(error).startswith(code)), None)


def _name(error: BaseException) -> str:
    return getattr(error, "sqlite_errorname", "") or ""
