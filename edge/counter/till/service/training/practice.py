"""The ledger of somebody who practises: opened in a moment, with the goods of the shop or as a copy of yesterday, and
removed behind them."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from edge.core.bus import Bus
from edge.core.clock import Clock
from edge.core.command_bus import COMMITTED, CommandBus
from edge.core.journal.past import copy_view
from edge.core.journal.rows import EpochStarted, write_header
from edge.core.messages import Actor
from edge.core.registry import Registry
from edge.core.storage.database import BEHIND, Connection, open_writer, read_behind
from edge.core.storage.migrate import migrate
from edge.core.writer import Writer
from edge.counter.till.service.training.registry import practice_registry
from edge.counter.till.yesterday import ClockOfThen, Yesterday
from edge.foundation.access.rights import system
from edge.foundation.printing.commands import QueuePrint, SettlePrint
from edge.foundation.printing.queries import next_print_job
from edge.runtime.config import Config

FOLDER = "training"
"""In the data folder: what somebody practises on, a folder a register."""
OF_THE_SHOP = (
    *("access_", "person_", "category", "product", "price", "promotion", "quick_keys", "setting", "shown_text"),
    *("shop_tender", "foreign_rate", "search_"),
)
"""How the tables are called that a practice reads from the real ledger: goods and their prices, people who work here,
settings, and what the shop takes."""
OF_TODAY = ("access_", "person_", "search_")
"""Of these, what a copy of yesterday reads: who works here now and what is forgotten; the rest is as it was."""
OWN = ("access_session", "access_refresh")
"""Of these, what a practice has itself: who is signed in there."""
_TABLES = "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY sql LIKE 'CREATE VIRTUAL%' DESC"
PAPER_MS = 120_000
"""How long a paper of a practice waits for the printer."""
COPIED_ROWS = 4_096
"""Of the journal a copy of yesterday has the newest rows: papers that are older aren't known there."""


def register_of_practice(register: str) -> str:
    """What a register is called in its practice: its papers have numbers of their own."""
    return f"T-{register}"


def count_papers(db: Connection) -> int:
    """How many papers a practice made."""
    return int(db.execute("SELECT count(*) FROM print_job").fetchone()[0])


class Practice:
    """An open practice at a register of a shop."""

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
        """Make one, as a copy of `yesterday` or with today's goods alone, in the place of whatever a power cut left of
        an earlier one."""
        return cls(real, config, register, await asyncio.to_thread(_make, real, config, register, yesterday))

    def papers(self) -> int:
        return count_papers(self.shop.reader)

    async def print(self) -> None:
        """Bring its papers to the register's real printer, until cancelled."""
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
        """Remove it: nobody needs what was practised."""
        await asyncio.to_thread(self._close)

    def _system(self, register: str) -> Actor:
        return msgspec.structs.replace(system(), register=register)

    def _close(self) -> None:
        self.shop.close()
        self._db.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def folder_of(config: Config, register: str) -> Path:
    """Where the practice of a register lies."""
    return config.folder / FOLDER / register


def left_papers(config: Config, register: str) -> int:
    """How many papers a practice had made that was cut off; it is removed."""
    folder, papers = folder_of(config, register), 0
    if (folder / "ledger.db").exists():
        with suppress(Exception):  # cut off while it was made, or damaged since: nobody misses it
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
    db.execute("PRAGMA synchronous = OFF")  # a power cut ends the practice anyhow
    migrate(db)
    if not yesterday:
        write_header(db, config.header, real.clock.read().at_us)
        Writer(db, registry, clock, config.store.zone, config.day_turns_at_min).begin_epoch(EpochStarted("opened"))
    _leave_to_shop(db, OF_TODAY if yesterday else OF_THE_SHOP)
    read_behind(db, real.path)
    if yesterday:
        _copy_journal(db, yesterday.seq)
    return db, registry, Writer(db, registry, clock, config.store.zone, config.day_turns_at_min), clock


def _leave_to_shop(db: Connection, tables: tuple[str, ...]) -> None:
    """Drop what is read from the real ledger."""
    db.execute("PRAGMA foreign_keys = OFF")
    for (name,) in db.execute(_TABLES).fetchall():
        if name.startswith(tables) and name not in OWN:
            db.execute(f'DROP TABLE IF EXISTS "{name}"')  # with a virtual one go those that it keeps its rows in
    db.execute("PRAGMA foreign_keys = ON")


def _copy_journal(db: Connection, through: int) -> None:
    """The newest rows of the journal to row `through`, and no papers that are older than these."""
    first = through - COPIED_ROWS + 1
    db.execute("BEGIN")
    copied = f"INSERT OR IGNORE INTO main.journal SELECT * FROM {BEHIND}.journal WHERE seq BETWEEN ? AND ?"
    db.execute(copied, (first, through))
    (first,) = db.execute("SELECT min(seq) FROM main.journal").fetchone()
    for table in ("receipt", "z_report"):
        db.execute(f"DELETE FROM main.{table} WHERE seq < ?", (first,))
    db.execute("COMMIT")
