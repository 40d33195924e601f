"""Job that imports another system's files: products, customers, gift cards, sales history, totals of days."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from itertools import chain, count, islice
from pathlib import Path
from typing import Any, Protocol

import msgspec

from edge.analytics.forecast.commands import HISTORY_ROWS, RecordHistory, RecordPastTotals
from edge.analytics.forecast.events import HistoryRow, PastTotal
from edge.analytics.forecast.history.history_preview import days_of_papers
from edge.backoffice.switching.catalogue_file import catalogue_mapping, products_in, source_in
from edge.backoffice.switching.commands import (
    CARDS_AT_ONCE,
    CUSTOMERS_AT_ONCE,
    MoveIn,
    StockAt,
    TakeCards,
    TakeCustomers,
    TakeStock,
    TakeUsers,
)
from edge.backoffice.switching.handlers import find_customer, find_user, keys_of, shop_choices, split_new
from edge.backoffice.switching.moved import TAKEN, TOTALS, MovedCustomer, MovedFile
from edge.backoffice.switching.products import SoldProducts
from edge.backoffice.switching.protocol import (
    ASK_PLACE,
    BuyerRows,
    CardRows,
    CategoryRows,
    CustomerRows,
    ModifierRows,
    MovedModifiers,
    ReceiptRows,
    SalesCustomer,
    SoldDay,
    SoldReceipt,
    SoldRows,
    StaffRows,
    StockOf,
    StockRows,
    TotalRows,
    answers_to,
)
from edge.backoffice.switching.reader_client import MoveReader
from edge.backoffice.switching.settings import SwitchingSettings
from edge.core.messages import Command
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.counter.reports.commands import RECEIPTS_LIMIT, RecordPastReceipts
from edge.counter.reports.events import PastLine, PastReceipt
from edge.goods.catalog.categories.queries import read_categories
from edge.goods.catalog.commands import SetCategories
from edge.goods.catalog.product import Product, Source
from edge.goods.catalog.queries import read_products
from edge.goods.ingest.commands import ImportCatalog
from edge.goods.ingest.field_changes import notes_of
from edge.goods.ingest.import_job import Opening, import_chunks
from edge.goods.ingest.mapping.category_builder import Tree
from edge.goods.ingest.mapping.category_words import words_of
from edge.goods.ingest.mapping.cell_parsers import CellError
from edge.goods.modifiers.commands import SetModifierGroup
from edge.goods.modifiers.modifier import Modifier, ModifierGroup
from edge.goods.modifiers.queries import read_groups
from edge.lib.i18n.folding import without_marks
from edge.lib.units.quantity import show_quantity
from edge.money.gift_cards.queries import read_card
from edge.ordering.recommend.commands import NotePastPurchases, PastCustomer, PastPurchase
from edge.people.customers.queries import warm_up

SPAN = 100_000_000
"""Cursor range per file of a job; larger than any file's row count."""
STOCK_BEGINS = SPAN // 2
"""Where the cursor of a product file's stock begins, if its places were assigned."""
CUSTOMERS_OF_STEP, CUSTOMERS_OF_TURN = 20 * CUSTOMERS_AT_ONCE, 2 * CUSTOMERS_AT_ONCE
"""Customers compared with the shop's at a time, and per turn. A till that scans meanwhile waits for a command or the
turn's commit, and a customer changes up to twenty pages."""
HISTORY_EVENTS = 10
"""Commands of sales history per turn."""
RECEIPT_LINES, RECEIPT_COMMANDS = 300, 3
"""Lines of past receipts per command, and commands per turn."""
TOTALS_OF_STEP = 400
"""Rows of daily totals per event; one event per turn."""
CATEGORIES_OF_STEP = 20
GROUP_PRODUCTS = 200
"""Products of an imported group of modifiers; more must be assigned by category."""
STOCK_OF_STEP = 10
"""Opening counts per turn."""
UNKNOWN_SHOWN = 200
"""Unknown products listed in the report."""
_OF_JOB = "SELECT queued_us, id FROM job WHERE kind = 'move_in' AND state = 'running' LIMIT 1"


class _Stoppable(Protocol):
    def stop(self) -> None: ...


def move_chunks(settings: SwitchingSettings, opening: Opening) -> Callable[[Connection, Any, int], MoveChunks]:
    """Return a function that creates the import job of a store with these settings."""

    def chunks(db: Connection, params: Any, cursor: int) -> MoveChunks:
        return MoveChunks(db, settings, msgspec.convert(params, MoveIn), cursor, opening)

    return chunks


class MoveChunks:
    """The chunks of an import. `stop` ends it from another thread."""

    def __init__(
        self, db: Connection, settings: SwitchingSettings, params: MoveIn, cursor: int, opening: Opening
    ) -> None:
        self._db = db
        self._settings = settings
        self._dry = params.dry_run
        self._files = in_order(params.files)
        self._cursor = cursor
        self._catalogue = import_chunks(settings.imports, opening)
        self._opening = opening
        self._now: _Stoppable | None = None
        self._given = set[tuple[str, str]]()
        self._trial_products = dict[str, tuple[str, Product]]()
        self._trial_known = set[tuple[str, str]]()
        """For dry runs: products, customers and cards of earlier files, which a real run would already have imported.
        """
        row = db.execute(_OF_JOB).fetchone()
        self._at_us, self._id = map(int, row or (0, 0))
        self._choices = shop_choices(db)
        self._chunks = self._all()

    def __iter__(self) -> MoveChunks:
        return self

    def __next__(self) -> Chunk:
        return next(self._chunks)

    def stop(self) -> None:
        if self._now is not None:
            self._now.stop()

    def _all(self) -> Iterator[Chunk]:
        for file in self._files:
            self._settings.check_stamp(file, self._choices)
        for number, file in enumerate(self._files):
            begin, end = number * SPAN, (number + 1) * SPAN
            if self._cursor >= end:
                if file.kind in TOTALS:
                    deque(self._totals(file, SPAN), 0)  # learn which days the file has
                continue
            for chunk in self._of_file(file, max(0, self._cursor - begin)):
                yield msgspec.structs.replace(chunk, cursor=begin + chunk.cursor, total=None)
            yield Chunk((), end, counts={"files": 1})
            # The runner asks for the next chunk while it writes this one. An empty chunk in between makes sure that the
            # products are written before the next file's sales look them up.
            yield Chunk((), end)

    def _of_file(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        match file.kind:
            case "catalogue":
                return self._products(file, cursor)
            case "modifiers":
                return self._modifiers(file, cursor)
            case "categories":
                return self._new_categories(file, cursor)
            case "staff":
                return self._users(file, cursor)
            case "stock":
                return self._stock(file, cursor)
            case "customers":
                return self._customers(file, cursor)
            case "gift_cards":
                return self._cards(file, cursor)
            case "sales_lines":
                return self._sales(file, cursor)
            case "sales_days" | "receipts":
                return self._totals(file, cursor)
        return iter(())

    def _products(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        # A stock file says more than the stock column of a product file: it has locations and all batches.
        is_counted = any(one.kind == "stock" for one in self._files)
        by_place = bool(answers_to(file.answers, ASK_PLACE))
        if cursor < STOCK_BEGINS:
            yield from self._goods(file, cursor, with_stock=not is_counted and not by_place)
        if by_place and not is_counted:
            yield from (Chunk((), max(cursor, STOCK_BEGINS)) for _ in range(2))  # products first, as in `_all`
            stock = msgspec.structs.replace(file, kind="stock")
            for chunk in self._stock(stock, max(0, cursor - STOCK_BEGINS)):
                yield msgspec.structs.replace(chunk, cursor=STOCK_BEGINS + chunk.cursor)

    def _goods(self, file: MovedFile, cursor: int, with_stock: bool) -> Iterator[Chunk]:
        mapping = catalogue_mapping(self._settings.imports, file, with_stock)
        wanted = ImportCatalog(file.path, mapping, dry_run=self._dry)
        self._now = chunks = self._catalogue(self._db, msgspec.to_builtins(wanted), cursor)
        for chunk in chunks:
            yield self._categories_again(chunk) if self._dry and "categories" in chunk.counts else chunk
        if self._dry and sum(one.kind == "catalogue" for one in self._files) > 1:
            yield Chunk((), cursor, counts=self._products_again(file))

    def _categories_again(self, chunk: Chunk) -> Chunk:
        """A dry run's chunk without categories that earlier files already have, by id or by name."""

        def is_known(note: JobIssue) -> bool:
            name = str(note.values.get("after", "")).casefold()
            return not {("category", note.field + note.value), ("category name", name)}.isdisjoint(self._trial_known)

        notes = tuple(note for note in chunk.notes if not is_known(note))
        self._trial_known.update(("category", note.field + note.value) for note in notes)
        left = len(chunk.notes) - len(notes)
        return msgspec.structs.replace(chunk, notes=notes, counts={"categories": chunk.counts["categories"] - left})

    def _products_again(self, file: MovedFile) -> dict[str, int]:
        """Counts of a file's products that earlier files already had, for a dry run: they mustn't count as
        new again."""
        counts, before = Counter[str](), self._trial_products
        source = source_in(self._settings.imports, file)
        found = {product.sku: (source, product) for product in products_in(self._settings.imports, file)}
        here = read_products(self._db, [*found])
        for sku, (_, product) in found.items():
            if sku not in before or sku in here:
                continue
            counts["new"] -= 1
            of, earlier = before[sku]
            if of == source and earlier == product:
                counts["same"] += 1
            elif of == source and msgspec.structs.replace(earlier, price_minor=product.price_minor) == product:
                counts["price"] += 1
            else:
                counts["changed"] += 1
        before.update(found)
        return dict(counts)

    def _rows(self, file: MovedFile) -> Iterator[Any]:
        """The rows from the reader process, in batches."""
        with closing(MoveReader(self._settings.question(file, "rows", self._at_us, self._choices))) as reader:
            self._now = reader
            yield from reader.answers()

    def _stock(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        """Opening counts of products whose stock isn't known here yet."""
        known = self._known_products()
        stock: dict[str, tuple[int, Counter[str]]] = {}
        unknown: dict[tuple[int, str], int] = {}
        file_sum = 0
        for answer in self._rows(file):
            assert isinstance(answer, StockRows)
            for one in answer.rows:
                file_sum += one.thousandths
                if found := known.find(one):
                    stock.setdefault(found[0], (one.line, Counter()))[1][one.location] += one.thousandths * found[1]
                else:
                    name = " ".join(part for part in (one.item or one.sku or one.code, one.variant) if part)
                    unknown[one.line, name[:80]] = unknown.get((one.line, name[:80]), 0) + one.thousandths
        skus = list(stock)
        for at in range(cursor, len(skus), STOCK_OF_STEP):
            yield self._stock_chunk({sku: stock[sku] for sku in skus[at : at + STOCK_OF_STEP]}, known, at)
        if cursor <= len(skus):
            counts = {"unknown_stock": len(unknown)} if unknown else {}
            notes = (
                JobIssue(line, "", name, "moved_no_product", {"quantity": show_quantity(thousandths)})
                for (line, name), thousandths in islice(unknown.items(), UNKNOWN_SHOWN)
            )
            sums = {"stock": show_quantity(file_sum), "unknown": show_quantity(sum(unknown.values()))}
            note = JobIssue(0, "", Path(file.path).name[:80], "moved_stock", dict(sums), fault=False)
            yield Chunk((), len(skus) + 1, (note, *notes), counts=counts)

    def _stock_chunk(self, some: Mapping[str, tuple[int, Counter[str]]], known: SoldProducts, at: int) -> Chunk:
        commands, notes, counts = list[Command](), list[JobIssue](), Counter[str]()
        for sku, (line, places) in some.items():
            product = known.added.get(sku) or Product(sku)
            found = [self._opening(self._db, product, thousandths) for thousandths in places.values()]
            if why := next((one for one in found if isinstance(one, str)), ""):
                notes.append(JobIssue(line, "", sku, why))
            elif None in found:
                counts["stock_known"] += 1
            else:
                counts["stocked"] += 1
                commands.append(TakeStock(sku, tuple(StockAt(*one) for one in places.items())))
        return Chunk(() if self._dry else tuple(commands), at + len(some), tuple(notes), counts=counts)

    def _new_categories(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        """Categories that the shop doesn't have yet, parents first."""
        known = read_categories(self._db)
        tree = Tree(frozenset(one.id for one in known), self._settings.imports.language, False, words_of(known))
        for answer in self._rows(file):
            assert isinstance(answer, CategoryRows)
            for path in answer.rows:
                with suppress(CellError):  # a shop with regulated categories adds none by itself
                    tree.id_of(" > ".join(path))
        new, source = tree.new(), Source(Path(file.path).name[:40])
        if self._dry:
            names = [next(iter(one.names.values())) for one in new]
            found = zip((one.id for one in new), names, strict=True)
            notes = tuple(note for id, name in found for note in notes_of(0, id, [("category", "", name)]))
            yield self._categories_again(Chunk((), 1, notes, counts={"categories": len(new)}))
            self._trial_known.update(("category name", name.casefold()) for name in names)
            return
        for at in range(cursor, len(new), CATEGORIES_OF_STEP):
            some = new[at : at + CATEGORIES_OF_STEP]
            command = SetCategories(some, source, only_new=True)
            yield Chunk((command,), at + len(some), counts={"categories": len(some)})

    def _modifiers(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        """Groups of modifiers that the shop doesn't have yet, with the products that the files name for them."""
        known, here = (
            self._known_products(),
            {_first_name(one.names).casefold(): one.id for one in read_groups(self._db)},
        )
        found = list(self._sets_in(file))
        named: dict[str, list[StockOf]] = {}
        goods = (one for one in self._files if one.kind == "catalogue")
        for more in chain.from_iterable(map(self._sets_in, goods)):
            named.setdefault(more.name.casefold(), []).extend(more.products)
        for at, one in enumerate(found, 1):
            if at <= cursor or not one.options:
                continue
            if one.name.casefold() in here:
                yield Chunk((), at, counts={"modifiers_known": 1})
                continue
            products = [*one.products, *named.get(one.name.casefold(), ())]
            skus = list(dict.fromkeys(sku for product in products if (sku := _sku_of(known, product))))
            group = group_of(one, self._settings.imports.language, skus[:GROUP_PRODUCTS], [*here.values()])
            here[one.name.casefold()] = group.id
            notes = []
            if len(skus) > GROUP_PRODUCTS:
                notes.append(JobIssue(0, "", one.name, "modifier_products", {"count": len(skus) - GROUP_PRODUCTS}))
            commands = () if self._dry else (SetModifierGroup(group),)
            yield Chunk(commands, at, tuple(notes), counts={"modifiers_new": 1})

    def _sets_in(self, file: MovedFile) -> Iterator[MovedModifiers]:
        for answer in self._rows(msgspec.structs.replace(file, kind="modifiers")):
            assert isinstance(answer, ModifierRows)
            yield from answer.rows

    def _users(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        at = 0
        for answer in self._rows(file):
            assert isinstance(answer, StaffRows)
            for one in answer.rows:
                at += 1
                counts = {"users_known" if find_user(self._db, one) else "users_new": 1}
                if at > cursor:
                    yield Chunk(() if self._dry else (TakeUsers((one,)),), at, explain=issues_of, counts=counts)

    def _customers(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        warm_up(self._db)
        at = owed = credit = 0
        for answer in self._rows(file):
            assert isinstance(answer, CustomerRows)
            owed += sum(max(0, one.owed_minor) for one in answer.rows)
            credit -= sum(min(0, one.owed_minor) for one in answer.rows)
            for begin in range(0, len(answer.rows), CUSTOMERS_OF_STEP):
                some = answer.rows[begin : begin + CUSTOMERS_OF_STEP]
                at += len(some)
                if at > cursor:
                    yield from self._customer_chunks(some, at - len(some), cursor)
        if (owed or credit) and not cursor:
            yield Chunk((), at, (_sums(file, "moved_balances", owed_minor=owed, credit_minor=credit),))

    def _customer_chunks(self, some: Sequence[MovedCustomer], at: int, cursor: int) -> Iterator[Chunk]:
        new, _ = split_new(self._db, some)
        if self._dry:
            again = [one for one in new if self._trial_known & keys_of(one)]
            new = [one for one in new if one not in again]
            self._trial_known.update(*map(keys_of, some))
            yield Chunk((), at + len(some), counts=_count_customers(some, new))
            return
        for begin in range(0, len(some), CUSTOMERS_OF_TURN):
            part = some[begin : begin + CUSTOMERS_OF_TURN]
            at += len(part)
            if at > cursor:
                parts = (tuple(part[n : n + CUSTOMERS_AT_ONCE]) for n in range(0, len(part), CUSTOMERS_AT_ONCE))
                commands = tuple(map(TakeCustomers, parts))
                yield Chunk(commands, at, explain=issues_of, counts=_count_customers(part, new))

    def _cards(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        at = taken = known = 0
        for answer in self._rows(file):
            assert isinstance(answer, CardRows)
            for begin in range(0, len(answer.rows), CARDS_AT_ONCE):
                some = answer.rows[begin : begin + CARDS_AT_ONCE]
                at += len(some)
                here = [one for one in some if ("card", one.card) in self._trial_known or read_card(self._db, one.card)]
                if self._dry:
                    self._trial_known.update(("card", one.card) for one in some)
                known += sum(one.minor for one in here)
                taken += sum(one.minor for one in some) - sum(one.minor for one in here)
                if at <= cursor:
                    continue
                counts = +Counter(cards_new=len(some) - len(here), cards_known=len(here))
                if self._dry:
                    yield Chunk((), at, counts=counts)
                else:
                    yield Chunk((TakeCards(some),), at, explain=issues_of, counts=counts)
        if not cursor:
            yield Chunk((), at, (_sums(file, "moved_cards", taken_minor=taken, known_minor=known),))

    def _sales(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        days = _SoldDays(self._known_products(), days_of_papers(self._db))
        source, at = Path(file.path).name[:80], 0
        answers, after_days = self._rows(file), list[BuyerRows | ReceiptRows]()
        parts = days.of(_sold_rows(answers, after_days))
        while some := tuple(islice(parts, HISTORY_EVENTS)):
            count = sum(map(len, some))
            at += count
            if at > cursor:
                commands = () if self._dry else tuple(RecordHistory(source, tuple(rows)) for rows in some)
                yield Chunk(commands, at, counts={"days": count})
        values = {"taken_minor": days.taken, "unknown_minor": days.unknown_minor, "own_minor": days.own}
        shown = list(days.unknown.items())[:UNKNOWN_SHOWN]
        notes = tuple(JobIssue(0, "", name[:80], "moved_unknown", {"sum_minor": minor}) for name, minor in shown)
        counts = {"unknown_products": len(days.unknown)} if days.unknown else {}
        yield Chunk((), at + 1, (_sums(file, "moved_sales", **values), *notes), counts=counts)
        left, after_receipts = chain(after_days, answers), list[BuyerRows]()
        parts_of = _receipt_commands(_receipts_in(left, after_receipts), days.known, self._at_us, source)
        at += 1
        while turn := tuple(islice(parts_of, RECEIPT_COMMANDS)):
            count = sum(len(command.rows) for command in turn)
            at += count
            if at > cursor:
                yield Chunk(() if self._dry else turn, at, counts={"past_receipts": count})
        if not self._dry:  # the other files' customers aren't here yet
            yield from self._past_purchases(chain(after_receipts, left), days, at, cursor)

    def _totals(self, file: MovedFile, cursor: int) -> Iterator[Chunk]:
        """Daily totals. Days that another file of this import also has count once."""
        own_days, source, at = days_of_papers(self._db), Path(file.path).name[:80], 0
        sums = dict.fromkeys(("taken_minor", "own_minor", "again_minor"), 0)
        given = set[tuple[str, str]]()

        def rows() -> Iterator[PastTotal]:
            for answer in self._rows(file):
                assert isinstance(answer, TotalRows)
                for one in answer.rows:
                    why = (
                        "own" if one.day in own_days else "again" if (one.grouped, one.day) in self._given else "taken"
                    )
                    if one.grouped == "day":
                        sums[f"{why}_minor"] += one.minor
                    if why == "taken":
                        given.add((one.grouped, one.day))
                        yield one

        parts = rows()
        while some := tuple(islice(parts, TOTALS_OF_STEP)):
            at += len(some)
            if at > cursor:
                days = sum(one.grouped == "day" for one in some)
                commands = () if self._dry else (RecordPastTotals(self._at_us, source, some),)
                yield Chunk(commands, at, counts={"total_days": days} if days else {})
        self._given |= given
        if at >= cursor:
            yield Chunk((), at + 1, (_sums(file, "moved_totals", **sums),))

    def _past_purchases(self, answers: Iterable[Any], days: _SoldDays, at: int, cursor: int) -> Iterator[Chunk]:
        """Commands that import known customers' purchases, a few each."""
        for answer in answers:
            assert isinstance(answer, BuyerRows)
            at += len(answer.rows)
            if at <= cursor:
                continue
            people = [person for buyer in answer.rows if (person := self._past_of(buyer, days))]
            counts = +Counter(buyers_known=len(people), buyers_unknown=len(answer.rows) - len(people))
            yield Chunk(tuple(NotePastPurchases(self._id, (one,)) for one in people), at, counts=counts)

    def _past_of(self, buyer: SalesCustomer, days: _SoldDays) -> PastCustomer | None:
        """A known customer's purchases of known products; None if there are none."""
        who = MovedCustomer(0, phone=buyer.phone, email=buyer.email, code=buyer.code)
        if (customer := find_customer(self._db, who)) is None:
            return None
        bought: Counter[tuple[str, str]] = Counter()
        for one in buyer.bought:
            if found := days.known.find(one):
                bought[found[0], one.day] += one.sold * found[1]
        rows = tuple(PastPurchase(sku, day, quantity) for (sku, day), quantity in bought.items() if quantity)
        return PastCustomer(customer, rows) if rows else None

    def _known_products(self) -> SoldProducts:
        known = SoldProducts(self._db)
        if self._dry:  # a real run will have imported the other files' products before
            for file in self._files:
                if file.kind == "catalogue":
                    for product in products_in(self._settings.imports, file):
                        known.add(product)
        return known


class _SoldDays:
    """Sales history by day, matched to the shop's products. `taken`: the sum imported; `own`: the sum on days with the
    shop's own receipts; `unknown_minor`: the sum of unknown products (`unknown`, by name)."""

    def __init__(self, known: SoldProducts, own_days: frozenset[str]) -> None:
        self.known = known
        self._own_days = own_days
        self.taken = self.own = self.unknown_minor = 0
        self.unknown: dict[str, int] = {}

    def of(self, sold: Iterator[SoldDay]) -> Iterator[list[HistoryRow]]:
        """Batches of whole days, as each product is reported once per day."""
        ready: list[HistoryRow] = []
        day, sums = "", dict[str, list[int]]()
        for one in sold:
            if one.day != day:
                ready += _as_rows(day, sums)
                day, sums = one.day, {}
                while len(ready) >= HISTORY_ROWS:
                    yield ready[:HISTORY_ROWS]
                    ready = ready[HISTORY_ROWS:]
            self._add(one, sums)
        ready += _as_rows(day, sums)
        for begin in range(0, len(ready), HISTORY_ROWS):
            yield ready[begin : begin + HISTORY_ROWS]

    def _add(self, one: SoldDay, sums: dict[str, list[int]]) -> None:
        if one.day in self._own_days:
            self.own += one.minor
            return
        found = self.known.find(one)
        if found is None:
            name = " ".join(part for part in (one.item or one.sku or one.code, one.variant) if part)
            self.unknown[name] = self.unknown.get(name, 0) + one.minor
            self.unknown_minor += one.minor
            return
        sku, units = found
        had = sums.setdefault(sku, [0, 0, 0])
        for place, value in enumerate((one.sold * units, one.returned * units, one.minor)):
            had[place] += value
        self.taken += one.minor


def _sold_rows(answers: Iterable[Any], after_days: list[BuyerRows | ReceiptRows]) -> Iterator[SoldDay]:
    """The days of sales in a file. The first answer after them is added to `after_days`."""
    for answer in answers:
        if isinstance(answer, BuyerRows | ReceiptRows):
            after_days.append(answer)
            return
        assert isinstance(answer, SoldRows)
        yield from answer.rows


def _receipts_in(answers: Iterable[Any], after: list[BuyerRows]) -> Iterator[SoldReceipt]:
    """The receipts in a file. The first answer after them is added to `after`."""
    for answer in answers:
        if isinstance(answer, BuyerRows):
            after.append(answer)
            return
        assert isinstance(answer, ReceiptRows)
        yield from answer.rows


def _receipt_commands(
    receipts: Iterable[SoldReceipt], known: SoldProducts, import_us: int, source: str
) -> Iterator[RecordPastReceipts]:
    """Commands that import receipts, with about as many lines each."""
    rows, lines = list[PastReceipt](), 0
    for one in receipts:
        rows.append(PastReceipt(one.number, one.day, one.minor, tuple(_past_line(item, known) for item in one.rows)))
        lines += len(one.rows)
        if lines >= RECEIPT_LINES or len(rows) == RECEIPTS_LIMIT:
            yield RecordPastReceipts(import_us, source, tuple(rows))
            rows, lines = [], 0
    if rows:
        yield RecordPastReceipts(import_us, source, tuple(rows))


def _past_line(item: SoldDay, known: SoldProducts) -> PastLine:
    if found := known.find(item):
        return PastLine(found[0], "", item.sold * found[1], item.minor)
    name = " ".join(part for part in (item.item or item.sku or item.code, item.variant) if part)
    return PastLine("", name[:80], item.sold, item.minor)


def in_order(files: Sequence[MovedFile]) -> list[MovedFile]:
    """The files to import, in order of dependency."""
    return sorted((file for file in files if file.kind in TAKEN), key=lambda file: TAKEN.index(file.kind))


def issues_of(results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
    """The errors of commands, as issues of the job."""
    return tuple(JobIssue(line, field, "", why) for found in results for line, field, why in found or ())


def _first_name(names: Mapping[str, str]) -> str:
    return next(iter(names.values()))


def _sku_of(known: SoldProducts, named: StockOf) -> str:
    """The SKU of the product that a file names, or of the product that has it as a variant; "" if neither is known."""
    found = known.find(named)
    return found[0] if found else ""


def group_of(one: MovedModifiers, language: str, skus: Sequence[str], taken: Sequence[str]) -> ModifierGroup:
    """The shop's group for a set of modifiers, with an unused id. Presets are dropped if there are too many."""
    id = _free_name(one.name, taken)
    options, ids = list[Modifier](), list[str]()
    for option in one.options:
        ids.append(_free_name(option.name, ids))
        options.append(Modifier(ids[-1], {language: option.name}, option.price_minor, option.preset))
    if sum(option.preset for option in options) > one.most:
        options = [msgspec.structs.replace(option, preset=False) for option in options]
    return ModifierGroup(id, {language: one.name}, tuple(options), tuple(skus), (), one.least, one.most)


def _free_name(name: str, taken: Sequence[str]) -> str:
    """An id made of a name's letters and digits, numbered if it is taken."""
    plain = re.sub("[^a-z0-9]+", "-", without_marks(name.casefold())).strip("-")[:30] or "set"
    numbered = (f"{plain}-{number}" for number in count(2))
    return next(id for id in chain((plain,), numbered) if id not in taken)


def _count_customers(some: Sequence[MovedCustomer], new: Sequence[MovedCustomer]) -> Mapping[str, int]:
    """Counts of some customers, with those of them who are new."""
    added = sum(any(one is other for other in new) for one in some)
    counts = Counter(customers_new=added, customers_known=len(some) - added)
    counts["points_given"] = sum(one.points for one in some if one.member)
    counts["balances_new"] = sum(one.owed_minor != 0 for one in some)
    return +counts


def _as_rows(day: str, sums: Mapping[str, Sequence[int]]) -> list[HistoryRow]:
    return [HistoryRow(sku, day, sold, returned, 0, minor) for sku, (sold, returned, minor) in sums.items()]


def _sums(file: MovedFile, reason: str, **values: int) -> JobIssue:
    return JobIssue(0, "", Path(file.path).name[:80], reason, dict(values), fault=False)
