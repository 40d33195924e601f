"""The ledger of practice mode.

It's created quickly, with the shop's products or as a copy of yesterday, and deleted afterwards.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.past import append_only_tables, copy_view
from edge.core.journal.rows import EpochStarted, write_header
from edge.core.messages import Actor
from edge.core.registry import Registry
from edge.core.storage.database import BEHIND, Connection, open_writer, read_behind
from edge.core.storage.migrate import migrate
from edge.core.writer import Writer
from edge.counter.till.practice.yesterday import ClockOfThen, Yesterday
from edge.counter.till.service.training.registry import practice_registry
from edge.foundation.access.rights import system
from edge.foundation.printing.commands import QueuePrint, SettlePrint
from edge.foundation.printing.queries import next_print_job
from edge.runtime.config import Config

FOLDER = "training"
"""The subfolder of the data folder that contains practice ledgers, one folder per register."""
OF_THE_SHOP = (
    *("access_", "person_", "category", "product", "price", "promotion", "quick_keys", "setting", "shown_text"),
    *("shop_tender", "foreign_rate", "search_"),
)
"""Prefixes of tables that practice mode reads from the real ledger: products, prices, users, settings and tenders."""
OF_TODAY = ("access_", "person_", "search_")
"""Tables in `OF_THE_SHOP` that a copy of yesterday still reads from the real ledger.

They contain current users, forgotten people and the search index. All other tables are as of yesterday.
"""
OWN = ("access_session", "access_refresh")
"""Tables in `OF_THE_SHOP` of which practice mode has its own copy: sessions."""
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
_LAST_MOVEMENTS = f"""
    INSERT OR IGNORE INTO main.stock_movement
    SELECT m.* FROM main.stock s CROSS JOIN {BEHIND}.stock_movement m ON m.sku = s.sku AND (m.seq, m.n) = (
        SELECT seq, n FROM {BEHIND}.stock_movement WHERE sku = s.sku AND seq <= ? ORDER BY seq DESC, n DESC LIMIT 1)
"""
PAPER_MS = 120_000
"""How long a practice paper waits for the printer (milliseconds)."""
COPIED_ROWS = 4_096
"""Number of the newest journal rows in a copy of yesterday. Older papers are unknown there."""


def register_of_practice(register: str) -> str:
    """A register's name in practice mode, which gives its papers their own numbers."""
    return f"T-{register}"


def count_papers(db: Connection) -> int:
    """The number of papers that a practice made."""
    return int(db.execute("SELECT count(*) FROM print_job").fetchone()[0])


class Practice:
    """A running practice at a register."""

    def __init__(
        self, real: CommandBus, config: Config, register: str, opened: tuple[Connection, Registry, Writer, Clock]
    ) -> None:
        self._real = real
        self._db, registry, writer, clock = opened
        self._register = register
        self.register = register_of_practice(register)
        self.folder = folder_of(config, register)
        self.shop = CommandBus(self.folder / "ledger.db", registry, clock, writer, Bus(), behind=real.path)
        self.shop.start()

    @classmethod
    async def open(
        cls, real: CommandBus, config: Config, register: str, yesterday: Yesterday | None = None
    ) -> Practice:
        """Open a practice, as a copy of `yesterday` or with only today's products.

        It replaces a practice left behind by a power cut.
        """
        return cls(real, config, register, await asyncio.to_thread(_make, real, config, register, yesterday))

    def papers(self) -> int:
        return count_papers(self.shop.reader)

    async def print(self) -> None:
        """Print the practice's papers on the register's real printer, until cancelled."""
        subscription = self.shop.bus.subscribe(COMMITTED)
        try:
            while True:
                while job := next_print_job(self.shop.reader, self.register):
                    paper = QueuePrint("training", job.document, expires_ms=PAPER_MS)
                    await self.shop.do(SettlePrint(job.id, "sending"), self._system(self.register))
                    await self._real.do(paper, self._system(self._register))
                    await self.shop.do(SettlePrint(job.id, "sent"), self._system(self.register))
                await subscription.next()
        finally:
            self.shop.bus.unsubscribe(subscription)

    async def close(self) -> None:
        """Close the practice and delete its ledger."""
        await asyncio.to_thread(self._close)

    def _system(self, register: str) -> Actor:
        return msgspec.structs.replace(system(), register=register)

    def _close(self) -> None:
        self.shop.close()
        self._db.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def folder_of(config: Config, register: str) -> Path:
    """The folder of a register's practice."""
    return config.folder / FOLDER / register


def left_papers(config: Config, register: str) -> int:
    """Delete an interrupted practice; returns the number of papers it made."""
    folder, papers = folder_of(config, register), 0
    if (folder / "ledger.db").exists():
        with suppress(Exception):  # an incomplete or damaged practice ledger is no loss
            db = open_writer(folder / "ledger.db")
            papers = count_papers(db)
            db.close()
        shutil.rmtree(folder, ignore_errors=True)
    return papers


def _make(
    real: CommandBus, config: Config, register: str, yesterday: Yesterday | None
) -> tuple[Connection, Registry, Writer, Clock]:
    folder = folder_of(config, register)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    registry, clock = practice_registry(real.registry), real.clock
    if yesterday:
        clock = ClockOfThen(real.clock, yesterday.at_us)
        real.read(lambda ledger: copy_view(yesterday.view, folder / "ledger.db", ledger, real.registry))
    db = open_writer(folder / "ledger.db")
    db.execute("PRAGMA synchronous = OFF")  # durability isn't needed: a power cut ends the practice anyway
    migrate(db)
    if not yesterday:
        write_header(db, config.header, real.clock.read().at_us)
        Writer(db, registry, clock, config.store.zone, config.day_turns_at_min).begin_epoch(EpochStarted("opened"))
    _leave_to_shop(db, OF_TODAY if yesterday else OF_THE_SHOP)
    read_behind(db, real.path)
    if yesterday:
        _copy_journal(db, yesterday.seq, append_only_tables(real.registry))
    return db, registry, Writer(db, registry, clock, config.store.zone, config.day_turns_at_min), clock


def _leave_to_shop(db: Connection, tables: tuple[str, ...]) -> None:
    """Drop the tables read from the real ledger."""
    db.execute("PRAGMA foreign_keys = OFF")
    for (name,) in db.execute(_TABLES).fetchall():
        if name.startswith(tables) and name not in OWN:
            db.execute(f'DROP TABLE IF EXISTS "{name}"')  # dropping a virtual table drops its shadow tables too
    db.execute("PRAGMA foreign_keys = ON")


def _copy_journal(db: Connection, through: int, with_rows: Iterable[str]) -> None:
    """Copy the journal's newest rows up to `through`, their rows in these tables, and each product's last movement.

    Older papers are dropped.
    """
    first = through - COPIED_ROWS + 1
    db.execute("BEGIN")
    copied = f"INSERT OR IGNORE INTO main.journal SELECT * FROM {BEHIND}.journal WHERE seq BETWEEN ? AND ?"
    db.execute(copied, (first, through))
    (first,) = db.execute("SELECT min(seq) FROM main.journal").fetchone()
    for table in ("receipt", "z_report"):
        db.execute(f"DELETE FROM main.{table} WHERE seq < ?", (first,))
    for table in with_rows:
        rows = f"SELECT * FROM {BEHIND}.{table} WHERE seq BETWEEN ? AND ?"
        db.execute(f"INSERT INTO main.{table} {rows}", (first, through))
    db.execute(_LAST_MOVEMENTS, (through,))
    db.execute("COMMIT")
