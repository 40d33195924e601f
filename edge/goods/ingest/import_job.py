"""Import job: compares rows from the reader process with the catalogue and turns them into commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from edge.core.messages import Command
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.foundation.settings.queries import LiveSettings
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.commands import MANY, RestoreProducts, RetireProducts, SetCategories, SetProducts
from edge.goods.catalog.fields import COLUMN_OF
from edge.goods.catalog.office_fields import locked_fields, office_fields
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.sources.queries import refused_of
from edge.goods.ingest.commands import ImportCatalog
from edge.goods.ingest.diff import Comparison, Known
from edge.goods.ingest.field_changes import changes, notes_of
from edge.goods.ingest.import_folders import corrupt
from edge.goods.ingest.ipc import Began, Categories, CountFrame, Entries, EntryFrame, Frame, ReadingFrame, ReadRequest
from edge.goods.ingest.mapping.category_words import words_of
from edge.goods.ingest.mapping.row_converter import VALUE_CHARS, ImportSettings
from edge.goods.ingest.missing_products import missing_chunks
from edge.goods.ingest.prices import new_prices
from edge.goods.ingest.reader_client import FileReader
from edge.goods.quality.commands import HoldProducts, NoteSource, WithdrawHeld
from edge.goods.quality.events import LESS_LAW, NO_NUMBER, RETIRED_AT_SOURCE, SAME_NUMBER, GateReason
from edge.goods.quality.queries import read_proposed_to_retire
from edge.lib.units.quantity import show_quantity

CHUNK_PRODUCTS = 32
"""Products per command. One command takes 2 to 3 ms of the writer's time."""

CHUNK_BYTES = 96 * 1024
"""JSON size in bytes from which a command gets no further products."""

CHUNK_NOTES = 100
"""Notes per step, so that the report grows even if no products are imported."""

_encode = msgspec.json.Encoder().encode


Opening = Callable[[Connection, Product, int], Command | str | None]
"""Returns the command that books a product's opening stock (thousandths) if it was never counted.

If it can't be booked, returns the reason, a key of section `reason`.
"""


def no_opening(db: Connection, product: Product, thousandths: int) -> Command | str | None:
    """Book no opening stock, for a store without stock management."""
    return None


def import_chunks(settings: ImportSettings, opening: Opening = no_opening) -> Callable[[Connection, Any, int], Import]:
    """Return a function that begins an import, or continues it after a cursor, and yields its chunks.

    The cursor is the number of rows already read.
    """

    live = LiveSettings(settings, "catalog.price_jump_percent")

    def chunks(db: Connection, params: Any, cursor: int) -> Import:
        return Import(db, live.at(db), msgspec.convert(params, ImportCatalog), cursor, opening)

    return chunks


TAKEN = ("new", "changed", "price", "same")
"""Counters of products that match the file after the import."""


def import_line(params: Any, counts: Mapping[str, int]) -> str:
    """Log line of a completed import; empty for a dry run.

    >>> import_line(b'{"path": "/a.csv"}', {"new": 2, "same": 1, "held": 4})
    'Synchronized 3 products'
    """
    wanted = msgspec.json.decode(params, type=ImportCatalog)
    return "" if wanted.dry_run else f"Synchronized {sum(counts.get(kind, 0) for kind in TAKEN)} products"


class Import:
    """Iterates over the chunks of one import. `stop` ends it from another thread."""

    def __init__(
        self, db: Connection, settings: ImportSettings, params: ImportCatalog, cursor: int, opening: Opening
    ) -> None:
        self._db = db
        self._params = params
        self._settings = settings
        self._cursor = cursor
        self._opening = opening
        known = read_categories(db)
        ids = tuple(category.id for category in known)
        self._reader = FileReader(ReadRequest(params.path, params.mapping, settings, ids, words_of(known)))
        self._chunks = self._all()

    def __iter__(self) -> Import:
        return self

    def __next__(self) -> Chunk:
        return next(self._chunks)

    def stop(self) -> None:
        self._reader.stop()

    def _all(self) -> Iterator[Chunk]:
        try:
            frames = self._reader.frames()
            began = self._reader.began(frames)
            yield from self._file_chunks(began, frames)
        finally:
            self._reader.close()

    def _file_chunks(self, began: Began, frames: Iterator[Frame]) -> Iterator[Chunk]:
        source = Source(self._params.source or began.source, began.checksum)
        if self._params.digest and not self._params.digest.startswith(began.checksum):
            raise corrupt(self._params.path.rpartition("/")[2])
        steps = _Steps(self._db, self._params, source, began, self._cursor, self._settings, self._opening)
        counts, refused = self._before()
        for chunk in self._steps(steps, frames):
            counts.update(chunk.counts)
            refused += sum(note.fault for note in chunk.notes)
            yield chunk
        if not self._params.dry_run:
            file = self._params.path.rpartition("/")[2][:300]
            yield Chunk((NoteSource(source, file, steps.rows, dict(counts), refused),), max(steps.rows, self._cursor))

    def _before(self) -> tuple[Counter[str], int]:
        """Counts and position of this import before an interruption. It is the only running job."""
        row = self._db.execute("SELECT counts, refused FROM job WHERE state = 'running' LIMIT 1").fetchone()
        return (Counter(msgspec.json.decode(row[0])), int(row[1])) if row and self._cursor else (Counter(), 0)

    def _steps(self, steps: _Steps, frames: Iterator[Frame]) -> Iterator[Chunk]:
        for frame in frames:
            match frame:
                case ReadingFrame(rows):
                    yield Chunk((), self._cursor, total=rows)
                case Categories(categories):
                    yield from steps.categories(categories)
                case CountFrame(rows, superseded):
                    yield steps.count_chunk(rows, superseded)
                case Entries(entries):
                    yield from steps.entries(entries)
        yield from steps.rest()


class _Steps:
    """Steps of an import."""

    def __init__(
        self,
        db: Connection,
        params: ImportCatalog,
        source: Source,
        began: Began,
        cursor: int,
        settings: ImportSettings,
        opening: Opening,
    ) -> None:
        self._db, self._opening = db, opening
        self._params = params
        self._source = source
        self._settings = settings
        self._comparison = Comparison(db, source.name, began.code_column, began.implied, settings.price_jump_percent)
        self._code_column = began.code_column
        self._on_hand_column = next((name for name, field in began.fields.items() if field == "on_hand"), "on_hand")
        self._locked = office_fields(db)
        self._begin = cursor
        self._superseded = b""
        self._seen: set[str] = set()
        self._new: set[str] = set()
        proposes = params.propose_retired and not params.dry_run
        self._proposed = read_proposed_to_retire(db, source.name) if proposes else {}
        self._at = 0
        self._open = _Chunk(self._source, self._code_column)

    def categories(self, new: tuple[Any, ...]) -> Iterator[Chunk]:
        """Yield commands that create missing categories, before their products; in a dry run, only notes about them."""
        if self._params.dry_run:
            if self._begin:
                return  # reported before the interruption
            found = [("category", one.id, "", next(iter(one.names.values()))) for one in new]
            notes = tuple(note for field, id, *change in found for note in notes_of(0, id, [(field, *change)]))
            yield Chunk((), self._begin, notes, counts={"categories": len(new)} if new else {})
            return
        for start in range(0, len(new), MANY):
            part = new[start : start + MANY]
            # Before the first row, so this step leaves the job's cursor where it is.
            yield Chunk((SetCategories(part, self._source),), self._begin, counts={"categories": len(part)})

    def count_chunk(self, rows: int, superseded: bytes) -> Chunk:
        self._superseded = superseded
        return Chunk((), self._begin, total=rows)

    def entries(self, entries: Sequence[EntryFrame]) -> Iterator[Chunk]:
        """Process a batch of rows; yields full chunks."""
        fresh = []
        for entry in self._comparison.same_articles(entries):
            if self._params.retire_missing and entry.said is not None:
                self._seen.add(entry.said.product.sku)
            self._at += 1
            if self._at > self._begin:
                fresh.append((self._at, entry))
        spoken = [e.said.product.sku for _, e in fresh if e.said is not None and not self._is_superseded(e)]
        known = self._comparison.load_known(spoken)
        same: list[EntryFrame] = []
        for at, entry in fresh:
            self._take(entry, known, same)
            self._open.cursor = at
            if self._open.full():
                yield self._close_chunk()
        self._open.notes += self._comparison.find_taken_codes(same)

    def rest(self) -> Iterator[Chunk]:
        """Yield the remaining rows, and products missing from the file."""
        if self._open.cursor:
            yield self._close_chunk()
        if self._params.retire_missing:
            yield from missing_chunks(self._db, self._params, self._source, self._seen, self._at)

    @property
    def rows(self) -> int:
        """The number of rows processed so far."""
        return self._at

    def _is_superseded(self, entry: EntryFrame) -> bool:
        return bool(self._superseded[entry.place // 8] >> entry.place % 8 & 1)

    def _take(self, entry: EntryFrame, known: dict[str, Known], same: list[EntryFrame]) -> None:
        if entry.note is not None:
            self._open.notes.append(entry.note)
        elif entry.said is None:
            self._open.counts["passed_over"] += 1
        elif self._is_superseded(entry):
            self._open.counts["superseded"] += 1
        else:
            self._open.notes += entry.said.notes
            self._say(entry, known.get(entry.said.product.sku), same)

    def _say(self, entry: EntryFrame, known: Known | None, same: list[EntryFrame]) -> None:
        said = entry.said
        assert said is not None
        if said.retired and self._params.propose_retired:
            self._propose_to_retire(entry, known)
            return
        if proposed := self._proposed.pop(said.product.sku, None):
            # Approving an outdated proposal mustn't discontinue a product that is in use again.
            self._open.more.append(WithdrawHeld((said.product.sku,), proposed))
        if missing := self._comparison.missing(entry, known, self._new):
            self._open.notes.append(missing)
            return
        product = self._without_locked(entry, said.product) if self._locked else said.product
        kind, gate = self._comparison.kind(product, known), said.gate
        if self._comparison.joins_by_number(product, known):
            if product.price_minor is None or not self._comparison.is_priced(known):
                self._open.notes.append(JobIssue(entry.line, "", product.sku, "number_of_another"))
                return
            kind, gate = "held", gate or GateReason(SAME_NUMBER)
        elif kind != "same" and (gate or self._comparison.asks(product, known)):
            kind = "held"
        elif kind != "same" and self._comparison.takes_law(product, known, self._settings.sources):
            kind, gate = "held", GateReason(LESS_LAW, {"category": product.category or ""})
        elif kind == "new" and said.asks:
            kind, gate = "held", self._comparison.match_reason(product) or GateReason(NO_NUMBER)
        if kind == "new" and (gate := self._comparison.match_reason(product)):
            kind = "held"
        self._open.counts[kind] += 1
        if kind == "new":
            self._new.add(product.sku)
        if self._params.dry_run and gate and kind == "held":
            self._open.notes.append(JobIssue(entry.line, "", product.sku, gate.code, gate.values))
        if self._params.dry_run and kind in ("price", "changed", "held"):
            self._open.notes += notes_of(
                entry.line,
                product.sku,
                changes(self._db, product, self._source.name, self._settings.sources, self._settings.currency),
            )
        if kind == "same" or self._params.dry_run:
            same.append(entry)
        else:
            self._open.add(product, entry.line, held=kind == "held", gate=gate)
        opening = self._opening_of(entry, product, said.on_hand) if said.on_hand and kind != "held" else None
        if opening:
            self._open.counts["stocked"] += 1
        if self._params.dry_run or (kind == "held" and known is None):
            return  # a new product that awaits approval can't have prices or stock yet
        if said.prices and self._locked and "price_minor" in locked_fields(self._db, product.sku):
            self._open.notes.append(JobIssue(entry.line, COLUMN_OF["price_minor"], product.sku, "field_of_office"))
        elif said.prices:
            self._open.more += new_prices(self._db, product.sku, said.prices, self._source)
        if opening:
            self._open.more.append(opening)
        mine = known is not None and known.retired_by == self._source.name
        # This source discontinued it: it was missing from a file, or its import was undone.
        back = mine and known is not None and (self._params.retire_missing or known.word is None)
        retired = known is not None and known.retired
        if said.retired and not retired:
            self._open.more.append(RetireProducts((product.sku,), self._source))
        elif retired and (said.retired is False or (back and said.retired is None)):
            self._open.more.append(RestoreProducts((product.sku,), self._source))

    def _without_locked(self, entry: EntryFrame, product: Product) -> Product:
        """The row without fields controlled by head office; each such field is noted. The rest of the row
        is imported.
        """
        refused = refused_of(self._db, product, self._source.name)
        for field in refused:
            value = str(getattr(product, field))[:VALUE_CHARS]
            self._open.notes.append(JobIssue(entry.line, COLUMN_OF[field], value, "field_of_office"))
        return msgspec.structs.replace(product, **dict.fromkeys(refused)) if refused else product

    def _opening_of(self, entry: EntryFrame, product: Product, on_hand: int) -> Command | None:
        """The command for a product's opening count.

        Invalid counts are noted and skipped, because a refused command would discard its whole step.
        """
        found = self._opening(self._db, product, on_hand)
        if not isinstance(found, str):
            return found
        self._open.notes.append(JobIssue(entry.line, self._on_hand_column, show_quantity(on_hand), found))
        return None

    def _propose_to_retire(self, entry: EntryFrame, known: Known | None) -> None:
        """Propose a discontinuation for approval; unknown or retired products are ignored."""
        assert entry.said is not None
        sku, gate = entry.said.product.sku, GateReason(RETIRED_AT_SOURCE)
        if known is None or known.retired:
            self._open.counts["passed_over"] += 1
            return
        self._open.counts["held"] += 1
        if self._params.dry_run:
            self._open.notes.append(JobIssue(entry.line, "", sku, gate.code))
        else:
            self._open.add(Product(sku), entry.line, held=True, gate=gate)

    def _close_chunk(self) -> Chunk:
        chunk, self._open = self._open.finish(), _Chunk(self._source, self._code_column)
        return chunk


class _Chunk:
    """A job step being filled."""

    def __init__(self, source: Source, code_column: str) -> None:
        self._source = source
        self._code_column = code_column
        self._products: list[Product] = []
        self._held: list[Product] = []
        self._gates: list[GateReason | None] = []
        self._lines: dict[str, int] = {}
        self._bytes = 0
        self.notes: list[JobIssue] = []
        self.counts: Counter[str] = Counter()
        self.more: list[Command] = []
        self.cursor = 0

    def add(self, product: Product, line: int, held: bool = False, gate: GateReason | None = None) -> None:
        (self._held if held else self._products).append(product)
        if held:
            self._gates.append(gate)
        self._lines[product.sku] = line
        self._bytes += len(_encode(product))

    def full(self) -> bool:
        return (
            len(self._products) + len(self._held) >= CHUNK_PRODUCTS
            or self._bytes >= CHUNK_BYTES
            or len(self.more) >= CHUNK_PRODUCTS
            or len(self.notes) >= CHUNK_NOTES
        )

    def finish(self) -> Chunk:
        lines = tuple(self._lines[product.sku] for product in self._products)
        first = (SetProducts(tuple(self._products), self._source, lines),) if self._products else ()
        explain = self._taken_codes if first else None
        held = (self._holding(),) if self._held else ()
        return Chunk((*first, *held, *self.more), self.cursor, tuple(self.notes), explain, counts=dict(self.counts))

    def _holding(self) -> HoldProducts:
        lines = tuple(self._lines[product.sku] for product in self._held)
        return HoldProducts(tuple(self._held), self._source, lines, tuple(self._gates) if any(self._gates) else ())

    def _taken_codes(self, results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
        """Notes on codes that stay with another product."""
        return tuple(
            JobIssue(self._lines[sku], self._code_column, code[:VALUE_CHARS], "code_taken", {"owner": owner})
            for sku, code, owner in results[0] or ()
        )
