"""Killed at any moment, the shop has every sale that it said was done, each once, and the baskets too."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge.core.clock import SystemClock
from edge.core.journal import shadow_rebuild
from edge.core.journal.projections import follow_together
from edge.core.journal.rows import find_command, read_head
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import read_basket, read_receipts
from edge.goods.catalog.commands import SetProducts
from edge.operations.ledger import Ledger
from tests.flow.load_client import PAYS_EVERY, REGISTERS, TEXT, command_id
from tests.shop_fixture import CASHIER, MILK, PRODUCTS, SYSTEM, config, open_shop, run

ROOT = Path(__file__).parents[3]
CRASHES = 10


def sell_until_killed(folder: Path, begin: dict[str, int], lines: int) -> dict[str, int]:
    """The newest command that each register was told is done, when the process was killed behind so many answers."""
    arguments = [sys.executable, "-m", "tests.flow.load_client", str(folder), *(str(begin[name]) for name in REGISTERS)]
    told: dict[str, int] = {}
    with subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for count, line in enumerate(process.stdout, 1):
            register, number = line.split()
            told[register] = int(number)
            if count == lines:
                process.kill()
        assert process.wait(10) == -9, process.stderr.read() if process.stderr else ""
    return told


def stock_up(folder: Path) -> None:
    async def scenario() -> None:
        ledger = Ledger(config(folder, TEXT), SystemClock())
        shop = ledger.shop()
        shop.start()
        assert isinstance(await shop.do(SetProducts(PRODUCTS), SYSTEM), Done)
        shop.close()
        ledger.close()

    run(scenario())


@pytest.mark.slow
def test_every_sale_that_was_told_is_there_once(tmp_path: Path) -> None:
    """After each crash the registers ask their last command again under its id, as a page does that is not sure."""
    chance = random.Random(20260101)
    stock_up(tmp_path)
    begin = dict.fromkeys(REGISTERS, 0)
    for _ in range(CRASHES):
        told = sell_until_killed(tmp_path, begin, lines=chance.randrange(1, 600))
        ledger = Ledger(config(tmp_path, TEXT))
        assert verify(ledger.db, ledger.registry).faults == ()
        for register, last in told.items():
            paid = last // PAYS_EVERY if last % PAYS_EVERY != PAYS_EVERY - 1 else last // PAYS_EVERY + 1
            receipts = read_receipts(ledger.db, register, limit=200)
            # the one after the last that was told may have been done too, unheard
            assert len(receipts) in (paid, paid + 1)
            for number in range(PAYS_EVERY - 1, last + 1, PAYS_EVERY):
                rows = find_command(ledger.db, command_id(register, number))
                assert [row.type for row in rows] == ["SaleCompleted"]
            assert -sum_of_milk(ledger, register) == (PAYS_EVERY - 1) * len(receipts)
            begin[register] = last
        ledger.close()


@pytest.mark.slow
def test_what_follows_equals_a_rebuild_behind_every_crash(tmp_path: Path) -> None:
    """Killed between a sale and what follows it, within what follows, or behind it: no row is lost or counted twice."""
    chance = random.Random(74)
    stock_up(tmp_path)
    begin, behind = dict.fromkeys(REGISTERS, 0), set[int]()
    for crash in range(CRASHES):
        told = sell_until_killed(tmp_path, begin, lines=chance.randrange(1, 600))
        begin |= {register: last + 1 for register, last in told.items()}
        ledger = Ledger(config(tmp_path, TEXT))
        db, registry = ledger.db, ledger.registry
        following = [one for one in registry.projectors if not one.strict]
        at: dict[str, int] = dict(db.execute("SELECT name, seq FROM projection").fetchall())
        behind.add(read_head(db).seq - at["figures"])
        while True:
            db.execute("BEGIN")
            steps = follow_together(db, registry, following)
            db.execute("COMMIT")
            if not any(step.behind for step in steps.values()):
                break
        built = shadow_rebuild.build(tmp_path / f"{crash}.db", db, registry, registry.projectors)
        for table in (table for one in following if one.process_pending is None for table in one.tables):
            query = f"SELECT * FROM {table}"
            assert sorted(db.execute(query), key=repr) == sorted(built.execute(query), key=repr), table
        built.close()
        ledger.close()
    assert len(behind) > 1, "some crashes came between a sale and what follows it"


def sum_of_milk(ledger: Ledger, register: str) -> int:
    query = "SELECT sum(json_extract(body, '$.moves[0][1]')) FROM journal WHERE type = 'StockMoved' AND register = ?"
    return int(ledger.db.execute(query, (register,)).fetchone()[0] or 0) // 1000


def test_at_most_the_line_of_the_last_moment_is_lost_from_a_basket(tmp_path: Path) -> None:
    stock_up(tmp_path)
    told = sell_until_killed(tmp_path, dict.fromkeys(REGISTERS, 0), lines=333)
    ledger = Ledger(config(tmp_path, TEXT))
    for register, last in told.items():
        told_revision = last + 1  # each command is one change of the basket
        assert told_revision - 1 <= read_basket(ledger.db, register).revision <= told_revision + 1
    ledger.close()


@pytest.mark.slow
def test_whatever_of_the_write_ahead_log_reached_the_disk_is_a_whole_shop(tmp_path: Path) -> None:
    """A power cut keeps some beginning of the WAL: every such beginning is a consistent history."""
    live, chance = tmp_path / "live", random.Random(7)
    live.mkdir()

    async def sell() -> tuple[bytes, bytes]:
        async with open_shop(live) as shop:
            for _ in range(60):
                await shop.do(AddLine(MILK), CASHIER)
                await shop.do(Pay("cash", 1000), CASHIER)
            data = live / "data"
            return (data / "ledger.db").read_bytes(), (data / "ledger.db-wal").read_bytes()

    database, wal = run(sell())
    heads = set()
    for length in sorted({len(wal), *(chance.randrange(len(wal)) for _ in range(30))}):
        folder = tmp_path / "cut"
        (folder / "data").mkdir(parents=True)
        (folder / "data/ledger.db").write_bytes(database)
        (folder / "data/ledger.db-wal").write_bytes(wal[:length])
        ledger = Ledger(config(folder))
        assert verify(ledger.db, ledger.registry).faults == ()
        heads.add(read_head(ledger.db).seq)
        receipts = read_receipts(ledger.db, "1", limit=200)
        assert [receipt.number for receipt in receipts] == list(range(len(receipts), 0, -1))
        ledger.close()
        shutil.rmtree(folder)
    assert len(heads) > 5
