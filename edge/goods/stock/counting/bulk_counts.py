"""Bulk counts as a job, adjusted for movements since each count."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec

from edge.core.jobs import store as jobs
from edge.core.messages import Command, Refusal
from edge.core.registry import Chunk, JobIssue, Transaction
from edge.core.storage.atomic_write import write_whole
from edge.core.storage.database import Connection
from edge.goods.stock import rules
from edge.goods.stock.commands import MOST, Boxes, Expiry, Lot, OfLot
from edge.goods.stock.events import Move, StockMoved
from edge.goods.stock.location import MAIN, LocationId, Sku, Thousandths
from edge.goods.stock.moving.movements import unfollowed_moves
from edge.goods.stock.rows import breaks_pieces, closed_and_loose, find_product, first_look, kind_of, rows_at
from edge.goods.stock.rules import StockRow
from edge.lib.errors import NeedsHuman
from edge.lib.units.dates import day_of
from edge.lib.units.quantity import THOUSANDTHS, show_quantity

SYNC_JOB = "stock_sync"
LINES_LIMIT = 10_000
CHUNK_LINES = 25
"""Lines per command: a few milliseconds of the writer."""
FOLDER = "counts"
"""Folder of uploaded files, inside the data folder."""
KEPT = 20
"""Maximum stored lists; the oldest is deleted when a new one arrives."""
_JOB = "SELECT coalesce(max(id), 0) FROM job WHERE kind = ? AND params = ?"
_SINCE = """
    SELECT coalesce(sum(delta), 0) FROM stock_movement
    WHERE sku = ? AND location = ? AND at_us > ? AND reason <> 'counted'
      AND (NOT ? OR lot = ?) AND (NOT ? OR expiry = ?)
"""


class CountedStock(OfLot, frozen=True, forbid_unknown_fields=True):
    """The counted stock of a product (by number or code) at `counted_us` (0: now); with a lot, only of that lot.

    `line`: its line in the list. `exact`: the count covers only goods with exactly this lot and expiry date, or without
    them if they are empty; other lines of the list count the rest.
    """

    sku: Sku
    boxes: Boxes = 0
    units: Thousandths = 0
    location: LocationId = MAIN
    lot: Lot = ""
    expiry: Expiry = ""
    counted_us: Annotated[int, msgspec.Meta(ge=0, le=2**53)] = 0
    line: Annotated[int, msgspec.Meta(ge=0, le=LINES_LIMIT)] = 0
    exact: bool = False

    def means(self, lot: str, expiry: str) -> bool:
        """Whether goods of this lot and expiry date are part of the count."""
        of_lot, of_day = self.narrowing
        return (not of_lot or lot == self.lot) and (not of_day or expiry == self.expiry)

    @property
    def narrowing(self) -> tuple[bool, bool]:
        """Whether the count is limited to its lot, and whether to its expiry date."""
        return self.exact or bool(self.lot or self.expiry), self.exact or bool(self.expiry)


class SyncStock(Command, frozen=True):
    """Apply bulk counts as a job; returns the job's number. `file` is the name returned by `POST stock/sync`.

    `dry_run`: only report the changes. `all_or_none`: apply nothing if any line is refused; otherwise apply the valid
    lines.
    """

    file: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_]{1,40}$(?!\n)")]
    dry_run: bool = False
    all_or_none: bool = False


class KeptCounts(msgspec.Struct, frozen=True):
    """Bulk counts stored for their job; `faulty`: the number of additional lines that couldn't be read."""

    lines: list[CountedStock]
    faulty: int = 0


class SyncLines(Command, frozen=True):
    """A batch of bulk count lines. Returns the issues found."""

    lines: Annotated[tuple[CountedStock, ...], msgspec.Meta(max_length=CHUNK_LINES)]


_kept = msgspec.json.Decoder(KeptCounts | list[CountedStock])


def sync_stock(tx: Transaction, command: SyncStock) -> int:
    if not _file(tx.db, command.file).exists():
        raise Refusal("sync_gone", {"file": command.file})
    return jobs.queue(tx, SYNC_JOB, msgspec.to_builtins(command))


def job_of(db: Connection, command: SyncStock) -> int:
    """The newest job of these counts; 0 if it no longer exists."""
    found = db.execute(_JOB, (SYNC_JOB, msgspec.json.encode(msgspec.to_builtins(command)))).fetchone()
    return int(found[0])


def sync_lines(tx: Transaction, command: SyncLines) -> tuple[JobIssue, ...]:
    moves: list[Move] = []
    notes: list[JobIssue] = []
    for line in command.lines:
        found = moves_for(tx.db, line, tx.business_date)
        if isinstance(found, JobIssue):
            notes.append(found)
        else:
            moves += found
    if moves:
        tx.append(StockMoved("counted", tuple(moves), "count", document="sync"))
    return tuple(notes)


def sync_chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
    """Yield the lines of a file after a cursor as commands; in a dry run, yield the changes they would make."""
    wanted = msgspec.convert(params, SyncStock)
    try:
        kept = _kept.decode(_file(db, wanted.file).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise NeedsHuman("The counts can no longer be read.", "Send them again.") from error
    if isinstance(kept, list):
        kept = KeptCounts(kept)  # sent before an update, when only the lines were kept
    lines = kept.lines
    seen: set[tuple[str, ...]] = set()
    parted = _partial_keys(db, lines)
    if wanted.all_or_none and not cursor:  # only at the first step: later on, all lines are known to be valid
        faults = _all_faults(db, lines, parted)
        if bad := len(faults) + kept.faulty:
            none = JobIssue(0, "", "", "stock_none_taken", {"faults": bad})
            yield Chunk((), len(lines), (none, *faults), total=len(lines))
            return
    for start in range(0, len(lines), CHUNK_LINES):
        fresh, twice = _once(db, lines[start : start + CHUNK_LINES], seen, parted)
        end = min(start + CHUNK_LINES, len(lines))
        if end <= cursor:
            continue  # read only to find lines that are counted again further on
        if wanted.dry_run:
            yield Chunk((), end, (*twice, *_foreseen(db, fresh)), total=len(lines))
        else:
            commands = (SyncLines(tuple(fresh)),) if fresh else ()
            yield Chunk(commands, end, tuple(twice), _collect_issues, total=len(lines))


def _partial_keys(db: Connection, lines: list[CountedStock]) -> set[tuple[str, ...]]:
    """The products, locations and lots that a list counts in parts: several lots of a product, or expiry dates of a
    lot.
    """
    parted: set[tuple[str, ...]] = set()
    for line in lines:
        if line.lot or line.expiry:
            product = find_product(db, line.sku)
            sku = product.sku if product else line.sku
            parted.add((sku, line.location, ""))
            if line.expiry:
                parted.add((sku, line.location, line.lot))
    return parted


def _once(
    db: Connection, lines: list[CountedStock], seen: set[tuple[str, ...]], parted: set[tuple[str, ...]]
) -> tuple[list[CountedStock], list[JobIssue]]:
    """The lines that count goods for the first time, and issues for repeated ones."""
    fresh, twice = [], []
    for line in lines:
        product = find_product(db, line.sku)
        key = (product.sku if product else line.sku, line.location, line.lot, line.expiry)
        if product and key in seen:
            twice.append(_fault(line, "stock_line_twice"))
        else:
            exact = not line.expiry and key[:3] in parted
            fresh.append(msgspec.structs.replace(line, exact=True) if exact else line)
        seen.add(key)
    return fresh, twice


def _all_faults(db: Connection, lines: list[CountedStock], parted: set[tuple[str, ...]]) -> list[JobIssue]:
    """The issues of all lines."""
    fresh, faults = _once(db, lines, set(), parted)
    return faults + [issue for line in fresh if isinstance(issue := moves_for(db, line, ""), JobIssue)]


def _collect_issues(results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
    return tuple(issue for result in results for issue in result or ())


def _foreseen(db: Connection, lines: list[CountedStock]) -> Iterator[JobIssue]:
    for line in lines:
        found = moves_for(db, line, "")
        if isinstance(found, JobIssue):
            yield found
        elif change := sum(move.delta for move in found):
            values: dict[str, str | int] = {"change": show_quantity(change)}
            yield JobIssue(line.line, "units", line.sku, "stock_would_change", values, fault=False)


def moves_for(db: Connection, line: CountedStock, today: str) -> list[Move] | JobIssue:
    """Movements that bring the stock to the count, adjusted for later movements, or the issue with an invalid line.

    If the stock is already correct, there are none, or an empty one (`first_look`).
    """
    product = find_product(db, line.sku)
    if product is None:
        return _fault(line, "stock_sku_unknown")
    box = product.box or 0
    closed, units = closed_and_loose(product, line.boxes, line.units)
    quantity = closed * box * THOUSANDTHS + units
    if kind_of(db, line.location) is None:
        return _fault(line, "stock_place_unknown", {"location": line.location})
    if line.boxes and not box:
        return _fault(line, "stock_no_boxes")
    if breaks_pieces(db, product, units) or quantity > MOST:
        return _fault(line, "stock_quantity_wrong")
    if line.expiry and day_of(line.expiry) is None:
        return _fault(line, "stock_day_wrong", {"expiry": line.expiry})
    rows = rows_at(db, product.sku, line.location, today, box)
    named = bool(line.lot or line.expiry or line.exact)
    if named:
        rows = [row for row in rows if line.means(row.lot, row.expiry)]
        rows = rows or [StockRow(line.location, line.lot, line.expiry, box=box)]
    target = quantity + (_since(db, product.sku, line) if line.counted_us else 0)
    if target < 0:
        return _fault(line, "stock_quantity_wrong")
    if target == sum(row.quantity for row in rows):
        return first_look(db, product.sku, line.location)
    boxes = min(closed, target // (box * THOUSANDTHS)) if box else 0
    return rules.set_to(product.sku, rows, target, boxes, box, line.location, named)


def _since(db: Connection, sku: str, line: CountedStock) -> int:
    """The net movement of a product since it was counted, excluding other counts."""
    of_lot, of_day = line.narrowing
    values = (sku, line.location, line.counted_us, of_lot, line.lot, of_day, line.expiry)
    moved = int(db.execute(_SINCE, values).fetchone()[0])
    for event, _, at_us in unfollowed_moves(db):
        for move in event.moves if at_us > line.counted_us and event.reason != "counted" else ():
            if (move.sku, move.location) == (sku, line.location) and line.means(move.lot, move.expiry):
                moved += move.delta
    return moved


def _fault(line: CountedStock, reason: str, values: dict[str, str | int] | None = None) -> JobIssue:
    """The issue of a refused line."""
    return JobIssue(line.line, "sku", line.sku, reason, values or {})


def _file(db: Connection, name: str) -> Path:
    """The path of stored counts, next to the ledger."""
    ledger = next(file for _, schema, file in db.execute("PRAGMA database_list") if schema == "main")
    return Path(ledger).parent / FOLDER / f"{name}.json"


def keep(data: Path, lines: list[CountedStock], faulty: int = 0) -> str:
    """Store a list for its job and return its name; sending the same list again returns the same name.

    `faulty`: the number of additional lines that couldn't be read.
    """
    folder, body = data / FOLDER, msgspec.json.encode(KeptCounts(lines, faulty))
    folder.mkdir(mode=0o700, exist_ok=True)
    for old in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        old.unlink(missing_ok=True)
    name = hashlib.blake2b(body, digest_size=16).hexdigest()
    write_whole(folder / f"{name}.json", body)
    return name
