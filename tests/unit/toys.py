"""A tiny house for tests of the core: one capability with notes, and its writer on a private ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, NoReturn

from edge.core import ids
from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.command_bus import CommandBus
from edge.core.jobs import store as jobs
from edge.core.journal.rows import Approved, EpochStarted, Header, RightDenied, read_rows, write_header
from edge.core.journal.verify import verify
from edge.core.messages import Actor, Command, Done, Event, RecordedEvent, Refusal
from edge.core.registry import Capability, CommandSpec, Projector, Registry, Transaction
from edge.core.storage.database import open_writer
from edge.core.surfaces import STAFF
from edge.core.transaction import content_hash, encode
from edge.core.writer import Answer, MaintenanceWrite, Request, Writer
from edge.lib.errors import InvariantBroken
from tests.ledger_template import migrate_by_copy
from tests.shop_fixture import FakeClock, run

WRITE = "write"
ANN = Actor("ann", "cashier", "1", frozenset({WRITE}))
GUEST = Actor("guest", "kiosk", "2", frozenset())


class Noted(Event, frozen=True):
    """Someone wrote something down."""

    text: str


class Note(Command, frozen=True):
    """One event."""

    text: str


class Twice(Command, frozen=True):
    """Two events."""

    text: str


class Scribble(Command, frozen=True):
    """Local state alone."""

    text: str


class Tidy(Command, frozen=True):
    """Local as a rule, but this time it leaves an event of its own, or of a child's."""

    child: bool


class Boom(Command, frozen=True):
    """A fault of ours behind an event and a change of local state."""


class Break(Command, frozen=True):
    """A broken invariant."""


class No(Command, frozen=True):
    """A refusal behind an event and a change of local state."""


class Nest(Command, frozen=True):
    """`depth` commands inside each other, the innermost one notes."""

    depth: int
    text: str = "deep"


class ChangeOfMind(Command, frozen=True):
    """Its child changes something (an event, or local state) and then refuses; it carries on, or (`refuses`) refuses as
    well."""

    local: bool
    refuses: bool = False


class LateRefusal(Command, frozen=True):
    """Changes something, then refuses; for use as a child."""

    local: bool


def _scribble(tx: Transaction, text: str) -> None:
    tx.db.execute("INSERT OR REPLACE INTO open_basket VALUES (?, 1, ?)", (tx.actor.register, text.encode()))


def _note(tx: Transaction, command: Note) -> str:
    tx.append(Noted(command.text))
    return f"noted {command.text}"


def _twice(tx: Transaction, command: Twice) -> None:
    tx.append(Noted(command.text))
    tx.append(Noted(command.text + " again"))


def _tidy(tx: Transaction, command: Tidy) -> None:
    _scribble(tx, "tidied")
    if command.child:
        tx.do(Note("tidied"))
    else:
        tx.append(Noted("tidied"))


def _boom(tx: Transaction, command: Boom) -> None:
    tx.append(Noted("before the explosion"))
    _scribble(tx, "before the explosion")
    raise RuntimeError("boom")


def _break(tx: Transaction, command: Break) -> None:
    raise InvariantBroken("Two and two are five.")


def _no(tx: Transaction, command: No) -> NoReturn:
    tx.append(Noted("before the refusal"))
    _scribble(tx, "before the refusal")
    raise Refusal("no")


def _nest(tx: Transaction, command: Nest) -> Done:
    return tx.do(Nest(command.depth - 1, command.text) if command.depth else Note(command.text))


def _change_of_mind(tx: Transaction, command: ChangeOfMind) -> None:
    try:
        tx.do(LateRefusal(command.local))
    except Refusal:
        if command.refuses:
            raise


def _late_refusal(tx: Transaction, command: LateRefusal) -> NoReturn:
    if command.local:
        _scribble(tx, "half a thing")
    else:
        tx.do(Note("half a thing"))
    raise Refusal("no")


def _noted(db: Any, fact: RecordedEvent, event: Noted) -> None:
    sql = "INSERT INTO stock (sku, on_hand) VALUES (?, 1) ON CONFLICT (sku) DO UPDATE SET on_hand = on_hand + 1"
    db.execute(sql, (event.text,))


_HANDLERS: dict[type[Command], Any] = {
    Note: _note,
    Twice: _twice,
    Boom: _boom,
    Break: _break,
    No: _no,
    Nest: _nest,
    ChangeOfMind: _change_of_mind,
    LateRefusal: _late_refusal,
}
counts = Projector("counts", 1, ("stock",), {Noted: _noted})
notes = Capability(
    "notes",
    commands=(
        *(CommandSpec(command, handler, WRITE, surfaces=STAFF) for command, handler in _HANDLERS.items()),
        CommandSpec(Tidy, _tidy, WRITE, local=True, surfaces=STAFF),
        CommandSpec(Scribble, lambda tx, command: _scribble(tx, command.text), WRITE, local=True, surfaces=STAFF),
    ),
    events=(Noted,),
    projectors=(counts,),
)
core = Capability("core", events=(EpochStarted, RightDenied, Approved))


def registry(*more: Capability) -> Registry:
    return Registry((core, jobs.capability, notes, *more))


class Toy:
    """A writer without a thread; `do` gives the answers in the order of the commands."""

    def __init__(self, folder: Path, clock: Clock | None = None, house: Registry | None = None) -> None:
        self.path = folder / "ledger.db"
        self.db = open_writer(self.path)
        migrate_by_copy(self.db)
        write_header(self.db, Header("t", "s", "d"), 0)
        self.clock = clock or FakeClock()
        self.registry = house or registry()
        self.writer = Writer(self.db, self.registry, self.clock, "UTC", 240)
        self.early: list[Answer] = []
        if self.writer.head.seq == 0:
            self.writer.begin_epoch(EpochStarted("opened"))

    def request(self, command: Command, actor: Actor = ANN, id: bytes | None = None) -> Request:
        """A command with an id of its client's, or with a fresh one."""
        spec = self.registry.commands[type(command)]
        made = id or ids.command_id(self.clock.read().at_us, _counted())
        return Request(spec, command, actor, made, content_hash(spec.name, encode(command)), id is None)

    def run(self, *requests: Request | MaintenanceWrite) -> list[Answer]:
        """One commit. `self.early` holds what was answered before it."""
        early: dict[int, Answer] = {}
        durable = self.writer.run(requests, lambda request, answer: early.__setitem__(id(request), answer))
        self.early = list(early.values())
        answers = early | {id(request): answer for request, answer in durable}
        assert len(answers) == len(requests)
        return [answers[id(request)] for request in requests]

    def do(self, *commands: Command, actor: Actor = ANN) -> list[Answer]:
        return self.run(*(self.request(command, actor) for command in commands))

    def notes(self) -> list[str]:
        """What was noted, in the order of the journal."""
        events = [self.registry.decode(row.type, row.version, row.body) for row in read_rows(self.db, 1, 10_000)]
        return [event.text for event in events if isinstance(event, Noted)]

    def scribbled(self, register: str = "1") -> str | None:
        found = self.db.execute("SELECT body FROM open_basket WHERE register = ?", (register,)).fetchone()
        return found[0].decode() if found else None

    def faults(self) -> tuple[str, ...]:
        return verify(self.db, self.registry).faults

    def close(self) -> None:
        self.db.close()


@contextmanager
def toy(folder: Path, clock: Clock | None = None, house: Registry | None = None) -> Iterator[Toy]:
    opened = Toy(folder, clock, house)
    try:
        yield opened
    finally:
        opened.close()


@asynccontextmanager
async def open_toy(folder: Path, house: Registry) -> AsyncIterator[tuple[CommandBus, Toy]]:
    """A toy house whose door is open."""
    with toy(folder, house=house) as opened:
        shop = CommandBus(opened.path, opened.registry, opened.clock, opened.writer, Bus())
        shop.start()
        try:
            yield shop, opened
        finally:
            shop.close()


def run_in_toy(scenario: Callable[[CommandBus, Toy], Coroutine[Any, Any, None]], folder: Path, house: Registry) -> None:
    """A scenario behind the door of a toy house."""

    async def main() -> None:
        async with open_toy(folder, house) as (shop, opened):
            await scenario(shop, opened)

    run(main(), 30)


def client_id(number: int) -> ids.CommandId:
    """An id as a client made it."""
    return ids.command_id(1_800_000_000_000_000, number.to_bytes(10, "big"))


_numbers = iter(range(1, 2**62))


def _counted() -> bytes:
    return b"fresh" + next(_numbers).to_bytes(5, "big")
