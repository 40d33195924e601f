"""Invariants that must always hold during a run (`look`), or at its end, when all work is done (`check`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from edge.backoffice.directives.events import DirectiveApplied, DirectiveGivenUp, DirectiveRefused
from edge.core.journal.rows import read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Event
from edge.core.storage.database import open_reader
from edge.counter.kitchen.events import SlipsPrinted
from edge.counter.shifts.events import CashMoved, ShiftClosed
from edge.counter.till.events import ReportPrinted, SaleCompleted, SaleRefunded, SaleVoided
from edge.counter.till.queries import read_basket
from edge.foundation.printing.queries import read_print_job
from edge.goods.stock.events import StockMoved
from edge.operations.ledger import build_registry
from sync import wire
from sync.hub.model import Record
from sync.wire import Row
from tests.simulation.store import row_of
from tests.simulation.truth import Broken

if TYPE_CHECKING:
    from tests.simulation.world import World


def look(world: World) -> None:
    """Check at any moment that the hub's prefix is a valid chain, nothing was printed twice, and pages are correct."""
    device = world.database.device(world.key)
    equal("the hub's chain holds", world.database.gaps, [])
    previous = wire.origin(world.key.tenant, world.key.store, world.key.device)
    for record in held(world):
        if record.prev != previous:
            raise Broken("the hub's chain holds", f"row {record.seq} does not follow the one before")
        previous = record.hash
    if device.through_hash != previous:
        raise Broken("the hub's chain holds", f"it does not end as the device's row {device.through} says")
    equal("head office understands every row", world.database.quarantined, [])
    syncing = world.appliance.syncing
    if syncing is not None and syncing.state == "flowing" and world.appliance.epoch == device.epoch:
        equal("acknowledged is committed", max(syncing.through, device.through), device.through)
        world.truth.acknowledge(device.epoch, syncing.through)
    if (shown := world.appliance.shown) is not None and (reader := world.appliance.reader) is not None:
        for till in world.tills:
            equal("pages show what is there", shown[till.register].basket, read_basket(reader, till.register))
    for name, times in world.paper.begun.items():
        if times > 1 and "/drawer/" not in name:
            raise Broken("no paper twice", f"{name} was begun {times} times")


def check(world: World) -> None:
    """Check after a run that all answers were true and that both sides have the same data."""
    registry = build_registry(world.config(world.disk.root))
    db = open_reader(world.disk.ledger)
    try:
        if faults := verify(db, registry).faults:
            raise Broken("chain and tables are what the journal says", faults[0])
        rows = list(all_rows(db))
        facts = [registry.decode(row.type, row.version, row.body) for row in rows]
        told_is_kept(world, rows, facts)
        hub_is_store(world, rows)
        numbers(world)
        money(world, db)
        stock(world, db)
        drawers(world, db)
        books_keep(world)
        directives(world, rows, facts)
        kitchen(facts)
        paper(world, db)
    finally:
        db.close()


def told_is_kept(world: World, rows: list[Row], facts: list[Event]) -> None:
    """Check that each command answered as done is in the journal exactly once, with that answer, and that no others
    are.
    """
    asked: dict[bytes, list[int]] = {}
    for row in rows:
        # refusals are only counted: the row with their count belongs to no till's command
        if row.type == "RightDenied":
            continue
        if row.surface == "cashier" and row.command_id[6] >> 4 == 7:  # version 8 ids belong to commands within commands
            asked.setdefault(row.command_id, []).append(row.seq)
    stands = world.truth.stands
    for id, told in stands.items():
        seqs = asked.get(id, [])
        found = [(rows[seq - 1].epoch, seq, facts[seq - 1]) for seq in seqs]
        wanted = [(told.epoch, seq, event) for seq, event in zip(seqs, told.events, strict=False)]
        if not found or found != wanted or seqs[0] != told.first_seq or len(seqs) != len(told.events):
            raise Broken("what was told is kept, once", f"{told} is in the journal as {found}")
    if more := asked.keys() - stands.keys():
        raise Broken("what was told is kept, once", f"{len(more)} commands that nobody was told of: {asked[min(more)]}")


def numbers(world: World) -> None:
    """Check that no receipt or Z report number was used twice at a register, even in history abandoned by a restore."""
    given: dict[tuple[bool, str, int], bytes] = {}
    for told in world.truth.all.values():
        for event in told.events:
            z = isinstance(event, ReportPrinted)
            if isinstance(event, SaleCompleted | SaleVoided | SaleRefunded | ReportPrinted) and event.number:
                other = given.setdefault((z, told.register, event.number), told.command_id)
                equal("a number is given once", other, told.command_id)


def hub_is_store(world: World, rows: list[Row]) -> None:
    """Compare the hub's rows with the store's, column by column."""
    theirs = [row_of(record) for record in held(world)]
    for mine, other in zip(rows, theirs, strict=False):
        equal("the hub equals the store", other, mine)
    equal("the hub equals the store", len(theirs), len(rows))
    equal("the hub equals the store", world.database.device(world.key).stopped, None)


def money(world: World, db: Any) -> None:
    """Check that the tills' answers and the shop's tables give the same sums, and that head office's tables match its
    books.
    """
    shop = db.execute("SELECT register, kind, sum(total_minor) FROM receipt WHERE kind <> 'void' GROUP BY 1, 2")
    told = _sums(world.truth.events())
    equal("the money agrees", {(register, kind): total for register, kind, total in shop}, told)
    books = list(_books(world))
    office = world.office.read(
        "SELECT register, 'sale', sum(total_minor + rounding_minor) FROM sale GROUP BY register"
        " UNION ALL SELECT register, 'refund', -sum(total_minor + rounding_minor) FROM refund GROUP BY register"
    )
    equal("the money agrees", {(register, kind): total for register, kind, total in office}, _sums(books))
    if not world.database.orphans:
        equal("the money agrees", _sums(books), told)
    voids = {(register, event.sale) for register, event in books if isinstance(event, SaleVoided)}
    voided = world.office.read(
        "SELECT register, number FROM sale WHERE voided_by IS NOT NULL"
        " UNION ALL SELECT register, number FROM refund WHERE voided_by IS NOT NULL ORDER BY 1, 2"
    )
    equal("the money agrees", voided, sorted(voids))


def _sums(events: Iterable[tuple[str, Event]]) -> dict[tuple[str, str], int]:
    """Return the money taken and refunded, by register and kind."""
    sums: Counter[tuple[str, str]] = Counter()
    for register, event in events:
        if isinstance(event, SaleCompleted | SaleRefunded):
            kind, sign = ("sale", 1) if isinstance(event, SaleCompleted) else ("refund", -1)
            sums[register, kind] += sign * (event.total_minor + event.rounding_minor)
    return dict(sums)


def _books(world: World) -> Iterator[tuple[str, Event]]:
    """Yield the events that head office counts, including acknowledged ones that a restore abandoned."""
    registry = build_registry(world.config(world.disk.root))
    for row in world.database.books(world.key):
        yield row.register, registry.decode(row.type, row.version, row.body)


def stock(world: World, db: Any) -> None:
    """Check that head office's stock matches its books, and the shop's stock too, unless a restore abandoned rows."""
    moved: Counter[str] = Counter()
    for _, event in _books(world):
        for move in event.moves if isinstance(event, StockMoved) else ():
            moved[move.sku] += move.delta
    office = dict(world.office.read("SELECT sku, on_hand FROM stock"))
    equal("the stock agrees", office, dict(moved))
    if not world.database.orphans:
        equal("the stock agrees", office, dict(db.execute("SELECT sku, on_hand FROM stock").fetchall()))


def drawers(world: World, db: Any) -> None:
    """Check all shifts, with counted and expected amounts, in the shop and at head office."""
    shifts = "SELECT register, number, float_minor, expected_minor, counted_minor, total_minor FROM shift ORDER BY 1, 2"
    if not world.database.orphans:
        equal("the shifts agree", world.office.read(shifts), list(db.execute(shifts).fetchall()))
    books = [event for _, event in _books(world)]
    closed = sorted((event.expected_minor, event.counted_minor) for event in books if isinstance(event, ShiftClosed))
    ended = "SELECT expected_minor, counted_minor FROM shift WHERE closed_at IS NOT NULL ORDER BY 1, 2"
    equal("the shifts agree", world.office.read(ended), closed)
    moves = sum(isinstance(event, CashMoved) for event in books)
    equal("the shifts agree", world.office.read("SELECT count(*) FROM cash_move"), [(moves,)])


def books_keep(world: World) -> None:
    """Check that acknowledged receipts never leave head office's books, even after restores."""
    sold = set(world.office.read("SELECT register, number FROM sale UNION ALL SELECT register, number FROM refund"))
    for id, papers in world.truth.acknowledged.items():
        if not papers & sold:
            raise Broken("acknowledged stays in the books", f"{papers} of command {id.hex()} is not there any more")


def directives(world: World, rows: list[Row], facts: list[Event]) -> None:
    """Check that each directive had exactly one outcome."""
    ended = Counter(
        fact.directive for fact in facts if isinstance(fact, DirectiveApplied | DirectiveRefused | DirectiveGivenUp)
    )
    equal("each directive ends once", dict(ended), {one.version: 1 for one in world.database.directives})


def kitchen(facts: list[Event]) -> None:
    """Check that the kitchen's orders, less the cancelled ones, equal the goods sold; no basket is open any more."""
    told, sold = Counter[str](), Counter[str]()
    for fact in facts:
        if isinstance(fact, SlipsPrinted):
            for entry in (entry for slip in fact.slips for entry in slip.entries):
                told[entry.sku] += entry.quantity - entry.was
        elif isinstance(fact, StockMoved) and fact.reason in ("sale", "void"):
            for move in fact.moves:
                if fact.reason == "sale" or move.delta > 0:  # a negative move of a void cancels a refund
                    sold[move.sku] -= move.delta
    equal("the kitchen is told what is sold", +told, +sold)


def paper(world: World, db: Any) -> None:
    """Check that all jobs reported as printed are on paper in full."""
    for (id,) in db.execute("SELECT id FROM print_job WHERE state = 'printed' AND kind <> 'drawer'").fetchall():
        job = read_print_job(db, id)
        if job is None or not world.paper.shows(job):
            raise Broken("printed is on paper", f"job {id} is not")


def held(world: World) -> list[Record]:
    """Return the hub's rows of the device, up to the last acknowledged one."""
    try:
        return world.database.prefix(world.key)
    except KeyError as missing:
        raise Broken("the hub's chain holds", f"it acknowledged a row that it does not hold: {missing}") from None


def all_rows(db: Any) -> Iterator[Row]:
    from_seq = 1
    while rows := read_rows(db, from_seq, 1000):
        yield from rows
        from_seq = rows[-1].seq + 1


def equal(invariant: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Broken(invariant, f"{found!r} instead of {wanted!r}")
