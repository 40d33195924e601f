"""Both ends of sync for tests: a journal in memory, and a hub's store in memory."""

from __future__ import annotations

import asyncio
import json
import random
from bisect import insort
from collections.abc import Callable, Generator
from typing import Any

import msgspec

from sync import row_packing, wire
from sync.hub.model import Device, GetLinks, Key, Link, Outcome, PutRows, Record
from sync.hub.row_verifier import open_rows
from sync.uplink import Head
from sync.wire import Directive, Epoch, Row

KEY = Key("acme", "corner", "till-1")
AT_US = 1_760_000_000_000_000
NAMES = ("Milk 3% 1 l", "Bread, whole wheat", "Cottage cheese 5%", "Tomatoes", "Cola 1.5 l", "Olive oil 750 ml")


class History:
    """A device's journal: append rows, or go back to an earlier one and begin a new epoch there."""

    def __init__(self, key: Key = KEY, seed: int = 0) -> None:
        self.key = key
        self.rows: list[Row] = []
        self.epochs: tuple[Epoch, ...] = ()
        self._random = random.Random(seed)
        self._epoch = 0
        self.begin_epoch()

    @property
    def head(self) -> Head:
        last = self.rows[-1]
        return Head(last.epoch, last.seq, last.hash)

    def append(
        self, count: int = 1, *, type: str = "SaleCompleted", body: bytes | None = None, version: int = 1
    ) -> None:
        for _ in range(count):
            self._add(type, sale(self._random, len(self.rows) + 1) if body is None else body, version)

    def again(self, row: Row) -> None:
        """A command that is done once more, after a restore to before it."""
        given = msgspec.structs.astuple(row)
        fields = (self._epoch, len(self.rows) + 1, *given[2:-2], self.rows[-1].hash)
        self.rows.append(Row(*fields, wire.row_hash(*fields)))

    def begin_epoch(self, epoch: int | None = None) -> None:
        last = self.rows[-1] if self.rows else None
        parent = (last.epoch, last.seq, last.hash) if last else (0, 0, wire.origin(*msgspec.structs.astuple(self.key)))
        self._epoch = self._epoch + 1 if epoch is None else epoch
        self.epochs += (Epoch(self._epoch, parent[1] + 1, *parent),)
        self._add("EpochStarted", b'{"reason":"opened"}')

    def restore(self, seq: int, epoch: int | None = None) -> None:
        """As from a backup made after row `seq`; the next epoch's number is above all there were."""
        del self.rows[seq:]
        self.epochs = tuple(begun for begun in self.epochs if begun.first_seq <= seq)
        self.begin_epoch(epoch)

    def _add(self, type: str, body: bytes, version: int = 1) -> None:
        seq = len(self.rows) + 1
        chance = self._random
        prev = self.rows[-1].hash if self.rows else self.epochs[0].parent_hash
        fields: tuple[Any, ...] = (
            *(self._epoch, seq, chance.randbytes(16), 0, chance.randbytes(32)),
            *("1", "cashier-7", "cashier", "2025-11-20", AT_US + seq * 1000, 10**9 + seq * 1000),
            *(bytes(16), "ok", type, version, body, prev),
        )
        self.rows.append(Row(*fields, wire.row_hash(*fields)))


def records(rows: list[Row]) -> list[Record]:
    """Rows as the hub's machine sees and stores them."""
    found: list[Record] = []
    while len(found) < len(rows):
        found += open_rows(row_packing.pack(rows[-1].epoch, rows[len(found) :])).records
    return found


def sale(chance: random.Random, number: int) -> bytes:
    """About 1.2 KB: a sale of eight lines."""
    lines = [
        {
            "line": line,
            "product": f"P{chance.randrange(100_000):06}",
            "name": chance.choice(NAMES),
            "gtin": f"{chance.randrange(10**13):013}",
            "quantity": 1000 * chance.randrange(1, 4),
            "price_minor": chance.randrange(100, 9000),
            "total_minor": chance.randrange(100, 27000),
        }
        for line in range(1, 9)
    ]
    tender = {"kind": "cash", "amount_minor": chance.randrange(20_000)}
    body = {"receipt": number, "currency": "EUR", "lines": lines, "tenders": [tender]}
    return json.dumps(body, separators=(",", ":")).encode()


class MemoryStore:
    """The hub's store as the machine sees it; `run` is one transaction."""

    def __init__(self) -> None:
        self.devices: dict[Key, Device] = {}
        self.journal: dict[tuple[Key, int, int], Record] = {}
        self._seqs: dict[tuple[Key, int], list[int]] = {}

    def device(self, key: Key) -> Device:
        return self.devices.get(key) or Device(wire.origin(key.tenant, key.store, key.device))

    def run(self, key: Key, steps: Generator[GetLinks | PutRows, list[Link], Outcome]) -> Outcome:
        answer: list[Link] = []
        need = None
        while True:
            try:
                need = next(steps) if need is None else steps.send(answer)
            except StopIteration as done:
                outcome: Outcome = done.value
                self.devices[key] = outcome.device
                return outcome
            answer = self._links(key, need) if isinstance(need, GetLinks) else self._put(key, need)

    def prefix(self, key: Key) -> list[Record]:
        """The rows of the device's history through its acknowledged number."""
        device = self.device(key)
        rows: list[Record] = []
        for number, epoch in enumerate(device.epochs):
            later = device.epochs[number + 1 : number + 2]
            last = min(device.through, later[0].first_seq - 1 if later else device.through)
            rows += [self.journal[key, epoch.epoch, seq] for seq in range(epoch.first_seq, last + 1)]
        return rows

    def _put(self, key: Key, need: PutRows) -> list[Link]:
        for row in need.records:
            place = (key, row.epoch, row.seq)
            assert place not in self.journal, f"{place} is stored twice"
            self.journal[place] = row
            insort(self._seqs.setdefault((key, row.epoch), []), row.seq)
        return []

    def _links(self, key: Key, need: GetLinks) -> list[Link]:
        found = [
            self.journal[key, span.epoch, seq]
            for span in need.spans
            for seq in self._seqs.get((key, span.epoch), [])
            if span.first <= seq <= span.last
        ]
        return [Link(row.epoch, row.seq, row.prev, row.hash) for row in found[: need.limit]]


class MemoryJournal:
    """A history as `sync.store_link.Journal`; what was saved and applied can be looked at."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.grown = asyncio.Event()
        self.position = (0, 0)
        self.applied: list[Directive] = []
        self.refusal: str | None = None

    def append(self, count: int = 1) -> None:
        self.history.append(count)
        self.grown.set()

    async def head(self) -> Head:
        return self.history.head

    async def epochs(self) -> tuple[Epoch, ...]:
        return self.history.epochs

    async def read(self, from_seq: int, max_rows: int, max_bytes: int) -> list[Row]:
        rows: list[Row] = []
        for row in self.history.rows[from_seq - 1 : from_seq - 1 + max_rows]:
            max_bytes -= len(row.body)
            if rows and max_bytes < 0:
                break
            rows.append(row)
        return rows

    async def hash_at(self, seq: int) -> bytes | None:
        return self.history.rows[seq - 1].hash if seq <= len(self.history.rows) else None

    async def save_position(self, epoch: int, through: int, hash: bytes) -> None:
        self.position = (epoch, through)

    async def applied_version(self) -> int:
        return self.applied[-1].version if self.applied else 0

    async def apply(self, directive: Directive) -> str | None:
        if self.refusal is None:
            self.applied.append(directive)
        return self.refusal


async def until(true: Callable[[], object], what: str, within_s: float = 20.0) -> None:
    """Return once it is true; fail when it does not become so in time."""
    deadline = asyncio.get_running_loop().time() + within_s
    while not true():
        assert asyncio.get_running_loop().time() < deadline, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.01)
