"""What a leader commits is in the follower's file, page by page, whatever is spilled, undone and checkpointed; and a
shell that would read the WAL only behind the commit is found out."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.backoffice.twin.copy import ledger_copy
from edge.backoffice.twin.copy.ledger_copy import LedgerCopy
from edge.backoffice.twin.copy.shipment_body import ShippedBody, pack
from edge.backoffice.twin.copy.shipping_gate import ShippingGate
from edge.backoffice.twin.copy.wal_reader import WalReader
from edge.backoffice.twin.limits import PAGE_BYTES
from edge.core.storage.database import APPLICATION_ID, Connection, DatabaseError, open_reader, open_writer
from twin.records import Mark, Shipment, mark_after

TABLE = "CREATE TABLE twin_mark (one INTEGER PRIMARY KEY, term INTEGER, position INTEGER, checksum BLOB)"
COMMITS, SEEDS = 25, 40
WITHIN_S = 30.0


class Shipped:
    """A committer whose follower is a folder beside it; `is_refused`: what is committed now is never let out."""

    term = 1

    def __init__(self, copy: LedgerCopy) -> None:
        self.copy, self.last = copy, Mark()
        self.is_refused = False
        self.seen: list[int] = []
        self.rows: Callable[[], int] = lambda: 0

    def ship(self, mark: Mark, body: bytes) -> bool:
        self.seen.append(self.rows())
        if self.is_refused:
            return False
        self.copy.append((Shipment(mark, body),))
        self.last = mark
        return True

    def wait(self, mark: Mark) -> bool:
        return True

    def broke(self, why: str) -> None:
        raise AssertionError(why)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    for name in ("leader", "follower"):
        (tmp_path / name / "twin").mkdir(parents=True)
    return tmp_path / "leader", tmp_path / "follower"


def opened(folder: Path, gate: ShippingGate) -> Connection:
    gate.begin(folder / "ledger.db")
    db = open_writer(folder / "ledger.db", gate)
    db.execute("PRAGMA cache_size = 10")  # pages of a large transaction go to the WAL before it is committed
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(TABLE)
    db.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, body BLOB)")
    return db


def commit(db: Connection, gate: ShippingGate, chance: random.Random, undo: bool = False) -> None:
    db.execute("BEGIN IMMEDIATE")
    for _ in range(chance.choice((1, 3, 200))):
        db.execute("INSERT INTO thing (body) VALUES (?)", (chance.randbytes(chance.choice((10, 900, 9_000))),))
    db.execute("DELETE FROM thing WHERE id % 7 = ?", (chance.randrange(7),))
    if undo:
        db.execute("ROLLBACK")
        return
    gate.mark(db)
    db.execute("COMMIT")
    gate.unmark()


def pages(ledger: Path) -> list[bytes]:
    content = ledger.read_bytes()
    return [content[at : at + PAGE_BYTES] for at in range(0, len(content), PAGE_BYTES)]


def _history(folders: tuple[Path, Path], seed: int) -> None:
    leader, follower = folders
    chance = random.Random(seed)
    shipped = Shipped(LedgerCopy(follower))
    gate = ShippingGate(leader, shipped)
    with closing(opened(leader, gate)) as db, closing(open_writer(leader / "ledger.db")) as beside:
        beside.execute("PRAGMA busy_timeout = 0")
        for _ in range(COMMITS):
            commit(db, gate, chance, undo=chance.random() < 0.2)
            if chance.random() < 0.3:
                beside.execute(f"PRAGMA wal_checkpoint({chance.choice(('PASSIVE', 'RESTART', 'TRUNCATE'))})").fetchone()
            if chance.random() < 0.1:
                shipped.copy.catch_up()
        commit(db, gate, chance)
        beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    shipped.copy.catch_up()
    assert pages(follower / "ledger.db") == pages(leader / "ledger.db")
    assert LedgerCopy(follower).last == shipped.last, "it knows where it stands when it is started anew"


@pytest.mark.parametrize("seed", range(6))
def test_a_follower_has_every_page(folders: tuple[Path, Path], seed: int) -> None:
    _history(folders, seed)


def test_a_follower_that_ends_at_any_moment_has_what_it_said(folders: tuple[Path, Path]) -> None:
    leader, follower = folders
    shipped = Shipped(LedgerCopy(follower))
    gate = ShippingGate(leader, shipped)
    with closing(opened(leader, gate)) as db:
        for seed in range(5):
            commit(db, gate, random.Random(seed))
            shipped.copy = LedgerCopy(follower)  # as after a kill: nothing was applied
            assert shipped.copy.last == shipped.last
    with (follower / "twin" / "shipped-1.log").open("ab") as log:
        log.write(b"half of a record")
    torn = LedgerCopy(follower)
    torn.catch_up()
    with closing(open_reader(leader / "ledger.db")) as ours, closing(open_reader(follower / "ledger.db")) as theirs:
        assert ours.execute("SELECT * FROM thing").fetchall() == theirs.execute("SELECT * FROM thing").fetchall()


def test_no_one_reads_what_was_not_let_out(folders: tuple[Path, Path]) -> None:
    leader, follower = folders
    shipped = Shipped(LedgerCopy(follower))
    gate = ShippingGate(leader, shipped)
    with closing(opened(leader, gate)) as db, closing(open_reader(leader / "ledger.db")) as reader:
        shipped.rows = lambda: int(reader.execute("SELECT count(*) FROM thing").fetchone()[0])
        db.execute("BEGIN IMMEDIATE")
        db.execute("INSERT INTO thing (body) VALUES (x'00')")
        gate.mark(db)
        db.execute("COMMIT")
        assert shipped.seen == [0] and shipped.rows() == 1
        shipped.is_refused = True
        with pytest.raises(DatabaseError):
            db.execute("BEGIN IMMEDIATE")
            db.execute("INSERT INTO thing (body) VALUES (x'01')")
            gate.mark(db)
            db.execute("COMMIT")
        assert shipped.rows() == 1
        with pytest.raises(DatabaseError):
            db.execute("INSERT INTO thing (body) VALUES (x'02')")  # this box writes no more


def test_a_shell_that_reads_behind_the_commit_is_found(tmp_path: Path) -> None:
    """Planted: checkpoint early. Pages are looked for once the commit is done, and the WAL may begin again before."""
    for seed in range(SEEDS):
        chance, found = random.Random(seed), {}
        ledger = tmp_path / f"{seed}.db"
        with closing(open_writer(ledger)) as db, closing(open_writer(ledger)) as beside:
            reader = WalReader(ledger.with_name(f"{ledger.name}-wal"))
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, body BLOB)")
            for _ in range(5):
                db.execute("INSERT INTO thing (body) VALUES (?)", (chance.randbytes(900),))
                if chance.random() < 0.3:
                    beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                while (commit := reader.next_commit()) is not None:
                    found.update(commit[1])
            beside.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            reader.close()
        there = pages(ledger)
        if any(found.get(number) != page for number, page in enumerate(there, 1)):
            return
    raise AssertionError("the planted bug was not found")


class _Woken(threading.Event):
    """One that says when whoever waits for it has heard it."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = threading.Event()

    def clear(self) -> None:
        super().clear()
        self.heard.set()


def test_a_box_that_is_about_to_lead_waits_for_nothing_but_the_disk(
    folders: tuple[Path, Path], monkeypatch: Any
) -> None:
    """What it was shipped just now is applied a while later, as more may come; not when it is needed."""
    monkeypatch.setattr(ledger_copy, "APPLY_S", 120.0)
    copy = LedgerCopy(folders[1])
    wakes = copy._wakes = _Woken()
    copy.begin()
    body = pack(ShippedBody(1, {1: bytes(PAGE_BYTES)}))
    copy.append([Shipment(mark_after(copy.last, 1, body), body)])
    assert wakes.heard.wait(WITHIN_S)
    settling = threading.Thread(target=copy.settle, daemon=True)
    settling.start()
    settling.join(WITHIN_S)
    assert not settling.is_alive()
    assert copy.ledger.stat().st_size == PAGE_BYTES
