"""Job that undoes an import: sales history, gift cards, customers with points, stock, products, then past receipts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from edge.analytics.forecast.commands import HISTORY_ROWS, RecordHistory, TakeBackHistory, TakeBackPastTotals
from edge.analytics.forecast.events import HistoryRecorded, HistoryRow, HistoryTakenBack, PastTotalsRecorded
from edge.backoffice.switching.commands import (
    CARDS_AT_ONCE,
    PUT_BACK_AT_ONCE,
    USERS_AT_ONCE,
    ImportedCard,
    PutBackCards,
    PutBackCustomers,
    PutBackStock,
    PutBackUsers,
    StockAt,
    TakeBackMove,
)
from edge.backoffice.switching.handlers import stock_moved
from edge.backoffice.switching.move_job import SPAN
from edge.backoffice.switching.moved import ImportedCustomer
from edge.core.jobs.store import Job, read_job
from edge.core.messages import Command
from edge.core.registry import Chunk, JobIssue
from edge.core.storage.database import Connection
from edge.counter.reports.commands import TakeBackPastReceipts
from edge.counter.reports.queries import imported_receipt_days
from edge.goods.catalog.categories.queries import NamedElsewhere
from edge.goods.ingest.commands import TakeBackImport
from edge.goods.ingest.take_back import commands_of, require_clear, take_back_chunks
from edge.goods.modifiers.commands import EndModifierGroup
from edge.goods.modifiers.events import ModifierGroupSet
from edge.goods.modifiers.modifier import ModifierGroup
from edge.goods.modifiers.queries import read_groups
from edge.goods.stock.events import StockMoved
from edge.lib.errors import NeedsHuman
from edge.ordering.recommend.commands import PAST_MOST, RemovePastPurchases
from edge.ordering.recommend.queries import count_past

_MADE = """
    SELECT seq, type, body FROM journal
    WHERE command_id >= ?1 AND command_id < ?2 AND surface = 'job' AND actor = ?3 AND type IN (
        'CardLoaded', 'CustomerSet', 'ConsentGiven', 'PointsMoved', 'AccountSet',
        'AccountBalanceImported', 'StockMoved', 'UserSet', 'ModifierGroupSet'
    ) ORDER BY seq
"""
_TOTALS = """
    SELECT body FROM journal
    WHERE command_id >= ?1 AND command_id < ?2 AND surface = 'job' AND actor = ?3 AND type = 'PastTotalsRecorded'
"""
_BEFORE = """
    SELECT max(seq), body ->> '$.id' AS customer FROM journal
    WHERE type = 'CustomerSet' AND seq < ?1 AND customer IN (SELECT value FROM json_each(?2)) GROUP BY customer
"""
_HISTORIES = """
    SELECT surface, command_id, type, body FROM journal
    WHERE type IN ('HistoryRecorded', 'HistoryTakenBack') ORDER BY seq
"""
_UNDONE = "SELECT id, state FROM job WHERE kind = 'take_back_move'"
STEPS = 5
_encode = msgspec.json.Encoder().encode


class _SaidAccount(msgspec.Struct, frozen=True):
    customer: str = ""


class _Said(msgspec.Struct, frozen=True):
    """The fields read from any event of an import: its customer and amounts."""

    id: str = ""
    customer: str = ""
    purpose: str = ""
    points: int = 0
    card: str = ""
    tail: str = ""
    minor: int = 0
    account: _SaidAccount = _SaidAccount()


class _Made(NamedTuple):
    """An import's effects: cards, customers, users, modifier groups, and opening counts by SKU, with their last journal
    row and the thousandths by location."""

    cards: list[ImportedCard]
    customers: list[ImportedCustomer]
    stock: dict[str, tuple[int, Counter[str]]]
    users: list[str]
    groups: dict[str, ModifierGroup]


class _Layer(NamedTuple):
    """One import's figures for a product on one day. `import_ms`: see `_moment`; 0 if it wasn't imported by a job."""

    import_ms: int
    source: str
    row: HistoryRow


_decode = msgspec.json.Decoder(_Said).decode
_history = msgspec.json.Decoder(HistoryRecorded).decode
_totals = msgspec.json.Decoder(PastTotalsRecorded).decode
_taken_back = msgspec.json.Decoder(HistoryTakenBack).decode
_group = msgspec.json.Decoder(ModifierGroupSet).decode
_stock_moved = msgspec.json.Decoder(StockMoved).decode


def undo_chunks(named: NamedElsewhere) -> Callable[[Connection, Any, int], Iterator[Chunk]]:
    """Return the job's function. `named`: categories used by other capabilities (see `take_back_chunks`)."""
    products = take_back_chunks(named, {})

    def chunks(db: Connection, params: Any, cursor: int) -> Iterator[Chunk]:
        job = read_job(db, msgspec.convert(params, TakeBackMove).job)
        if job is None:
            raise NeedsHuman("This import is no longer stored.", "", "ingest.import_unknown", {"job": params["job"]})
        require_clear(db, job)
        steps = (
            _people_and_sales(db, job),
            _past_purchases(db, job),
            _stock(db, job),
            _products(products, db, job),
            _past_receipts(db, job),
        )
        for number, step in enumerate(steps):
            begin = number * SPAN
            for chunk in step(max(0, cursor - begin)) if cursor < begin + SPAN else ():
                yield msgspec.structs.replace(chunk, cursor=begin + chunk.cursor, total=None)
            yield Chunk((), max(cursor, begin + SPAN))

    return chunks


Step = Callable[[int], Iterator[Chunk]]


def _products(products: Callable[[Connection, Any, int], Iterator[Chunk]], db: Connection, job: Job) -> Step:
    return lambda cursor: products(db, msgspec.to_builtins(TakeBackImport(job.id)), cursor)


def _past_purchases(db: Connection, job: Job) -> Step:
    """Commands that delete imported purchases, one for each batch of remaining rows."""

    def step(cursor: int) -> Iterator[Chunk]:
        for number in range(-(-count_past(db, job.id) // PAST_MOST)):
            yield Chunk((RemovePastPurchases(job.id),), cursor + number + 1)

    return step


def _past_receipts(db: Connection, job: Job) -> Step:
    """Commands that remove imported receipts, one for each remaining day."""

    def step(cursor: int) -> Iterator[Chunk]:
        for number, day in enumerate(imported_receipt_days(db, job.queued_us), 1):
            yield Chunk((TakeBackPastReceipts(job.queued_us, day, day),), cursor + number)

    return step


def _stock(db: Connection, job: Job) -> Step:
    """Commands that remove opening counts, except for products that have moved since."""

    def step(cursor: int) -> Iterator[Chunk]:
        for at, (sku, (last, places)) in enumerate(_read_made(db, job).stock.items(), 1):
            if at <= cursor:
                continue
            moved = stock_moved(db, sku, last, sum(places.values()))
            command = PutBackStock(job.id, sku, last, tuple(StockAt(*one) for one in places.items()))
            notes = (JobIssue(0, "", sku, "stock_moved_since"),) if moved else ()
            yield Chunk(() if moved else (command,), at, notes, counts={} if moved else {"stock_back": 1})

    return step


def _people_and_sales(db: Connection, job: Job) -> Step:
    """Commands for customers and sales in a fixed order, so that the job can resume."""

    def step(cursor: int) -> Iterator[Chunk]:
        made = _read_made(db, job)
        chunks: list[Chunk] = [Chunk((one,), 0) for one in _history_commands(db, job)]
        chunks += [Chunk((one,), 0) for one in _total_commands(db, job)]
        for cards in _parts(made.cards, CARDS_AT_ONCE):
            chunks.append(Chunk((PutBackCards(cards),), 0, explain=_stay, counts={"cards_back": len(cards)}))
        groups = {one.id: one for one in read_groups(db)}
        for id, group in made.groups.items():
            if groups.get(id) == group:
                chunks.append(Chunk((EndModifierGroup(id),), 0, counts={"modifiers_back": 1}))
            else:
                chunks.append(Chunk((), 0, (JobIssue(0, "", id, "modifiers_changed"),) if id in groups else ()))
        for ids in _parts(made.users, USERS_AT_ONCE):
            chunks.append(Chunk((PutBackUsers(ids),), 0, explain=_stay, counts={"users_back": len(ids)}))
        for people in _parts(made.customers, PUT_BACK_AT_ONCE):
            chunks.append(Chunk((PutBackCustomers(people),), 0, explain=_stay, counts={"customers_back": len(people)}))
        for at, chunk in enumerate(chunks, 1):
            if at > cursor:
                yield msgspec.structs.replace(chunk, cursor=at)

    return step


def _read_made(db: Connection, job: Job) -> _Made:
    cards, users, groups = list[ImportedCard](), dict[str, None](), dict[str, ModifierGroup]()
    rows: dict[str, tuple[int, int]] = {}
    points: dict[str, int] = {}
    purposes: dict[str, tuple[str, ...]] = {}
    openings: dict[str, tuple[int, ...]] = {}
    accounts: dict[str, int] = {}
    stock: dict[str, tuple[int, Counter[str]]] = {}
    for seq, type, body in db.execute(_MADE, (*commands_of(job), job.actor)):
        if type == "StockMoved":
            for move in _stock_moved(body).moves:
                _, places = stock.get(move.sku, (0, Counter[str]()))
                places[move.location] += move.delta
                stock[move.sku] = int(seq), places
            continue
        if type == "ModifierGroupSet":
            group = _group(body).group
            groups[group.id] = group
            continue
        said = _decode(body)
        if type == "UserSet":
            users[said.id] = None
        elif type == "CardLoaded":
            cards.append(ImportedCard(said.card, said.tail, said.minor))
        elif type == "CustomerSet":
            rows[said.id] = (rows.get(said.id, (int(seq), 0))[0], int(seq))
        elif type == "PointsMoved":
            points[said.customer] = points.get(said.customer, 0) + said.points
        elif type == "AccountBalanceImported":
            openings[said.customer] = (*openings.get(said.customer, ()), int(seq))
        elif type == "AccountSet":
            accounts[said.account.customer] = int(seq)
        else:
            purposes[said.customer] = (*purposes.get(said.customer, ()), said.purpose)
    touched = dict.fromkeys((*rows, *points, *purposes, *openings, *accounts))
    first = min((begin for begin, _ in rows.values()), default=0)
    before = _rows_before(db, first, list(touched))
    customers = [
        ImportedCustomer(
            id,
            *rows.get(id, (before.get(id, 0), before.get(id, 0))),
            before.get(id, 0),
            points.get(id, 0),
            purposes.get(id, ()),
            openings.get(id, ()),
            accounts.get(id, 0),
        )
        for id in touched
    ]
    return _Made(cards, customers, stock, list(users), groups)


def _rows_before(db: Connection, seq: int, ids: Sequence[str]) -> dict[str, int]:
    """Each customer's last journal row before `seq`."""
    found = db.execute(_BEFORE, (seq or 2**62, _encode(ids).decode()))
    return {customer: int(last) for last, customer in found}


def _history_commands(db: Connection, job: Job) -> Iterator[Command]:
    """Commands that restore days to the newest other import, or to unknown. Values from later imports stay."""
    mine, before, sources = _moment(job), dict[tuple[str, str], _Layer](), set[str]()
    unknown: list[tuple[str, str]] = []
    for key, layers in _layers(db).items():
        if not layers or layers[-1].import_ms != mine:
            continue
        sources.add(layers[-1].source)
        if others := [one for one in layers if one.import_ms != mine]:
            before[key] = others[-1]
        else:
            unknown.append(key)
    for source in sorted({one.source for one in before.values()}):
        for part in _parts([one.row for one in before.values() if one.source == source], HISTORY_ROWS):
            yield RecordHistory(source, part)
    for part in _parts(unknown, HISTORY_ROWS):
        yield TakeBackHistory(min(sources), part)


def _total_commands(db: Connection, job: Job) -> Iterator[Command]:
    """Commands that remove daily totals, by month."""
    bodies = db.execute(_TOTALS, (*commands_of(job), job.actor))
    months = {row.day[:7] for (body,) in bodies for row in _totals(body).rows}
    for month in sorted(months):
        yield TakeBackPastTotals(job.queued_us, f"{month}-01", f"{month}-31")


def _layers(db: Connection) -> dict[tuple[str, str], list[_Layer]]:
    """The imports' records of each product's day, without undone ones; the effective record is last.

    An undo restores an earlier import's values, so its own events add nothing: they only end the undone import's.
    """
    undone, whole = dict[int, int](), set[int]()
    for id, state in db.execute(_UNDONE).fetchall():
        undo = read_job(db, id)
        job = read_job(db, msgspec.json.decode(undo.params, type=TakeBackMove).job) if undo else None
        if undo and job:
            undone[_moment(undo)] = _moment(job)
            whole |= {_moment(job)} if state == "done" else set()
    layers: dict[tuple[str, str], list[_Layer]] = {}
    for surface, command_id, type, body in db.execute(_HISTORIES):
        import_ms = int.from_bytes(command_id[:6], "big") if surface == "job" else 0
        if import_ms in whole:
            continue
        source, rows = "", list[tuple[tuple[str, str], HistoryRow | None]]()
        if type == "HistoryTakenBack":
            rows = [(key, None) for key in _taken_back(body).rows]
        else:
            event = _history(body)
            source, rows = event.source, [((row.sku, row.day), row) for row in event.rows]
        for key, row in rows:
            had = layers.get(key, [])
            if import_ms in undone:
                layers[key] = [one for one in had if one.import_ms != undone[import_ms]]
            elif row is None:
                layers.pop(key, None)
            else:
                layers[key] = [*(one for one in had if one.import_ms != import_ms), _Layer(import_ms, source, row)]
    return layers


def _moment(job: Job) -> int:
    """The time at which the ids of a job's commands start, in milliseconds (`commands_of`)."""
    return int.from_bytes(commands_of(job)[0], "big")


def _parts(items: Sequence[Any], size: int) -> Iterator[tuple[Any, ...]]:
    return (tuple(items[begin : begin + size]) for begin in range(0, len(items), size))


def _stay(results: tuple[Any, ...]) -> tuple[JobIssue, ...]:
    return tuple(JobIssue(0, "", what, why) for found in results for what, why in found or ())
