"""Files that someone, or a dying disk, has changed: nothing is sold on them, and the owner is told what to do."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from edge.app.cli.ledger_reader import reading
from edge.core.journal import highwater
from edge.core.journal.rows import read_head
from edge.core.journal.verify import verify
from edge.core.messages import Refused
from edge.core.storage.database import DatabaseError, open_reader
from edge.counter.till.commands import AddLine, Pay
from edge.lib.errors import EdgeError
from edge.operations.ledger import Ledger, build_registry
from tests.shop_fixture import CASHIER, MILK, config, open_shop, run

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
FLIPS = 150
PAGE = 4096
NEWEST = 64 * PAGE
"""Of a WAL, what its last two sales take: damage there looks like a commit that the power was cut in."""
NOBODY = ("setpriv", "--reuid", "nobody", "--clear-groups", "--")


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a shop with a past, closed in good order."""
    folder = tmp_path_factory.mktemp("sold")
    run(_sell(folder, 150))
    return folder


@pytest.fixture
def shop(sold: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    shutil.copytree(sold / "data", tmp_path / "data")
    return tmp_path


async def _sell(folder: Path, sales: int) -> None:
    async with open_shop(folder) as door:
        for _ in range(sales):
            await door.do(AddLine(MILK), CASHIER)
            await door.do(Pay("cash", 1000), CASHIER)


def said(folder: Path) -> str:
    """What a start says that is refused; empty when the shop opens."""
    try:
        Ledger(config(folder)).close()
    except EdgeError as error:
        return str(error)
    return ""


def edge(folder: Path, *words: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """A command of the command line, perhaps as someone else."""
    (folder / "config.toml").write_text('[store]\nid = "corner"\nheader = ["Corner Shop"]\ncurrency = "EUR"\n')
    (folder / "config.toml").chmod(0o644)
    command = [*prefix, sys.executable, "-m", "edge", "--config", str(folder / "config.toml"), *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def content(ledger: Path) -> dict[str, Any]:
    """All that a ledger says, table by table, or why it can't be read. `DatabaseError`: it can't be opened."""
    with closing(open_reader(ledger)) as db:

        def told(query: str) -> Any:
            try:
                return db.execute(query).fetchall()
            except DatabaseError as error:
                return str(error)

        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE sql LIKE 'CREATE TABLE%'")]
        found = {name: told(f"SELECT * FROM {name} NOT INDEXED") for name in tables}
        marks = {name: told(f"PRAGMA {name}") for name in ("application_id", "user_version")}
        # names and words of SQL are the same in capitals and small letters
        schema = "SELECT type, lower(name), lower(tbl_name), rootpage, lower(sql) FROM sqlite_schema"
        return {**found, **marks, "schema": told(schema)}


def flipped(data: bytes, chance: random.Random) -> bytes:
    """One bit of the file is another; often in its first page, where header and schema begin."""
    changed = bytearray(data)
    changed[chance.randrange(chance.choice([100, PAGE, len(data), len(data)]))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def test_every_flipped_bit_that_changes_what_the_ledger_says_is_found(shop: Path) -> None:
    """But for local state (an open basket, a print job's words): that is not derived from the journal."""
    loaded = config(shop)
    verified = {"journal", "header", "schema", "application_id", "user_version", "opening it"}
    verified |= {table for made in build_registry(loaded).projectors if made.exact for table in made.tables}
    data, whole, chance = loaded.ledger.read_bytes(), content(loaded.ledger), random.Random(20261120)
    found = 0
    for _ in range(FLIPS):
        loaded.ledger.write_bytes(flipped(data, chance))
        try:
            now = content(loaded.ledger)
            changed = {name for name in whole.keys() | now.keys() if whole.get(name) != now.get(name)}
        except DatabaseError:
            changed = {"opening it"}
        if changed & verified:
            assert edge_faults(shop), f"a change in {changed} was not found"
            found += 1
        for file in loaded.folder.glob("ledger.db-*"):
            file.unlink()
    assert found > FLIPS // 10  # or nothing much was tried


def edge_faults(folder: Path) -> list[str]:
    """What `edge verify` finds, without a process of its own."""
    try:
        with reading(config(folder)) as db:
            return list(verify(db, build_registry(config(folder))).faults)
    except EdgeError as error:
        return [str(error)]


def test_a_flip_in_a_fact_keeps_the_shop_shut_and_is_explained(shop: Path) -> None:
    """The newest facts are looked at whenever the shop opens; what is older, by `edge verify`."""
    loaded = config(shop)
    with closing(open_reader(loaded.ledger)) as db:
        rows = db.execute(
            "SELECT seq, CAST(body AS BLOB) FROM journal WHERE type = 'SaleCompleted' ORDER BY seq"
        ).fetchall()
    seq, stored = rows[len(rows) // 2]
    data = loaded.ledger.read_bytes()
    at = data.index(bytes(stored)) + 20
    loaded.ledger.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
    assert f"row #{seq} (SaleCompleted) was changed after it was written" in said(shop)
    shown = edge(shop, "verify")
    assert shown.returncode == 1
    assert f"Intact: #1 to #{seq - 1}, from 2027-01-15" in shown.stdout
    assert "edge restore --newest" in shown.stdout and "edge recover" in shown.stdout
    assert "Traceback" not in shown.stderr


def test_a_flip_in_the_wal_loses_nothing_unnoticed(sold: Path, tmp_path: Path) -> None:
    """SQLite itself reads a WAL up to the first thing that is wrong, and says nothing of what lies behind."""
    data = tmp_path / "data"
    shutil.copytree(sold / "data", data)
    crashed(tmp_path, data)
    kept = {file: file.read_bytes() for file in (data / "ledger.db", data / "ledger.db-wal", data / highwater.NAME)}
    wal, chance = kept[data / "ledger.db-wal"], random.Random(7)
    whole = content(data / "ledger.db")
    for number in range(60):
        for file in data.glob("ledger.*"):
            file.unlink()
        for file, stored in kept.items():
            if number % 2 or file.name != highwater.NAME:
                file.write_bytes(stored)
        changed = bytearray(wal)
        changed[chance.randrange(len(wal) - NEWEST)] ^= 1 << chance.randrange(8)
        (data / "ledger.db-wal").write_bytes(changed)
        now = content(data / "ledger.db")
        assert now == whole or "is damaged" in said(tmp_path), number
        assert now == whole or "is damaged" in said(tmp_path), f"{number}: the second start forgot what the first saw"


def test_a_sector_of_the_wal_that_never_reached_the_disk_is_noticed(sold: Path, tmp_path: Path) -> None:
    """Also where how far the journal was is not known: from what was committed behind it. A frame is longer than a
    sector of 4 KiB, so that two of them are torn."""
    data = tmp_path / "data"
    shutil.copytree(sold / "data", data)
    crashed(tmp_path, data)
    kept = {file: file.read_bytes() for file in (data / "ledger.db", data / "ledger.db-wal")}
    wal, whole = kept[data / "ledger.db-wal"], content(data / "ledger.db")
    noticed = 0
    for at in range(PAGE, len(wal) - NEWEST, 7 * PAGE):
        for file in data.glob("ledger.*"):
            file.unlink()
        for file, stored in kept.items():
            file.write_bytes(stored)
        (data / "ledger.db-wal").write_bytes(wal[:at] + bytes(PAGE) + wal[at + PAGE :])
        assert content(data / "ledger.db") != whole
        assert "is damaged" in said(tmp_path), f"the sector at {at}"
        noticed += 1
    assert noticed > 20


def crashed(folder: Path, data: Path) -> None:
    """Sell, and leave the files as a crash would."""
    copy = folder / "copy"

    async def scenario() -> None:
        async with open_shop(folder, stocked=False) as door:
            for _ in range(40):
                await door.do(AddLine(MILK), CASHIER)
                await door.do(Pay("cash", 1000), CASHIER)
            highwater.write(data, highwater.mark_of(door.reader) or pytest.fail("there are facts"))
            shutil.copytree(data, copy)

    run(scenario())
    shutil.rmtree(data)
    copy.rename(data)
    (data / "ledger.db-shm").unlink()


def _empty(ledger: Path, older: bytes) -> None:
    ledger.write_bytes(b"")


def _halve(ledger: Path, older: bytes) -> None:
    ledger.write_bytes(ledger.read_bytes()[: _behind_the_schema(ledger)])


def _remove(ledger: Path, older: bytes) -> None:
    ledger.unlink()


def _set_back(ledger: Path, older: bytes) -> None:
    ledger.write_bytes(older)


def _zeros(ledger: Path, older: bytes) -> None:
    ledger.write_bytes(bytes(ledger.stat().st_size))


def _zeros_in_the_middle(ledger: Path, older: bytes) -> None:
    data, at = ledger.read_bytes(), _behind_the_schema(ledger)
    ledger.write_bytes(data[:at] + bytes(10 * PAGE) + data[at + 10 * PAGE :])


def _behind_the_schema(ledger: Path) -> int:
    """A place among the facts: the first pages are one or more of each table."""
    return ledger.stat().st_size * 4 // 5 // PAGE * PAGE


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_empty, "it is empty, but had already reached #"),
        (_remove, "it is empty, but had already reached #"),
        (_set_back, "later entries are missing"),
        (_halve, "malformed"),
        (_zeros, "not a database"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_file_that_is_not_what_it_was_is_noticed_and_left_as_it_is(
    sold: Path, tmp_path: Path, harm: Callable[[Path, bytes], None], words: str
) -> None:
    shutil.copytree(sold / "data", tmp_path / "data")
    loaded = config(tmp_path)
    older = loaded.ledger.read_bytes()
    run(_sell(tmp_path, 3))
    harm(loaded.ledger, older)
    harmed = loaded.ledger.read_bytes() if loaded.ledger.exists() else None
    for _ in range(2):
        refused = said(tmp_path)
        assert words in refused and "edge restore" in refused
    assert (loaded.ledger.read_bytes() if loaded.ledger.exists() else None) == harmed


OTHERS = "SELECT rootpage FROM sqlite_schema WHERE type = 'index' AND tbl_name <> 'journal'"


def test_damage_that_selling_comes_upon_ends_the_selling_and_is_said(shop: Path) -> None:
    """In an index of another table than the journal's, where a start does not look."""

    async def scenario() -> None:
        async with open_shop(shop, stocked=False) as door:
            await door.do(AddLine(MILK), CASHIER)
            refused = Refused("read_only", {"why": "the ledger is damaged"})
            assert await door.do(Pay("cash", 1000), CASHIER) == refused
            assert door.why_read_only == "the ledger is damaged"
            assert await door.do(AddLine(MILK), CASHIER) == refused, "no probe makes it whole"

    ledger = config(shop).ledger
    facts = len(edge(shop, "journal", "export").stdout.splitlines())
    data = bytearray(ledger.read_bytes())
    with closing(open_reader(ledger)) as db:
        roots = [root for (root,) in db.execute(OTHERS)]
    leaves = [root for root in roots if data[(root - 1) * PAGE] == 10]  # sqlite.org/fileformat2.html, 1.6
    for root in leaves:
        data[(root - 1) * PAGE + 8 : (root - 1) * PAGE + 56] = b"\xff" * 48
    ledger.write_bytes(data)
    assert leaves and said(shop) == ""
    run(scenario())
    assert edge_faults(shop) and len(edge(shop, "journal", "export").stdout.splitlines()) == facts


def test_of_a_file_that_was_cut_off_it_is_said_how_far_it_is_good(shop: Path) -> None:
    run(_sell(shop, 30))
    ledger = config(shop).ledger
    os.truncate(ledger, ledger.stat().st_size - 8 * PAGE)
    told = edge(shop, "verify")
    assert told.returncode == 1 and "and later rows can't be read" in told.stdout, told
    good = re.search(r"Intact: #1 to #(\d+)", told.stdout)
    assert good and int(good[1]) > 0 and "edge restore" in told.stdout


@pytest.mark.parametrize("harm", [_halve, _zeros_in_the_middle], ids=lambda harm: harm.__name__)
def test_what_is_good_of_a_damaged_ledger_goes_on_where_there_is_nothing_better(
    shop: Path, harm: Callable[[Path, bytes], None]
) -> None:
    run(_sell(shop, 150))
    ledger = config(shop).ledger
    before = edge(shop, "journal", "export").stdout.splitlines()
    harm(ledger, b"")
    harmed = ledger.read_bytes()
    refused = edge(shop, "restore", "--as-is")
    good = re.search(r"Intact: #1 to #(\d+), from ", refused.stderr)
    assert refused.returncode == 1 and good and good[0] in said(shop), refused
    assert "edge restore --newest --replace" in refused.stderr and "--as-is --replace" in refused.stderr
    assert ledger.read_bytes() == harmed, "it is left as it was found"
    gone_on = edge(shop, "restore", "--as-is", "--replace")
    assert gone_on.returncode == 0 and f"The shop continues from #{good[1]}" in gone_on.stdout, gone_on
    assert edge(shop, "journal", "export").stdout.splitlines()[: int(good[1])] == before[: int(good[1])]
    (aside,) = ledger.parent.glob("aside-*/ledger.db")
    assert aside.read_bytes() == harmed
    run(_sell(shop, 1))
    assert edge_faults(shop) == []


def test_of_a_ledger_of_which_nothing_is_good_nothing_goes_on(shop: Path) -> None:
    ledger = config(shop).ledger
    _zeros(ledger, b"")
    for words in (("--as-is",), ("--as-is", "--replace")):
        refused = edge(shop, "restore", *words)
        assert refused.returncode == 1 and "edge recover" in refused.stderr, refused
        assert (
            any(said in refused.stderr for said in ("no valid rows", "Nothing in its journal is intact"))
            and "Traceback" not in refused.stderr
        )
    assert ledger.read_bytes() == bytes(ledger.stat().st_size)
    assert not list(ledger.parent.glob("restore-*")), "nothing half-done is left"


def test_going_on_without_what_is_lost_takes_a_word_and_a_new_epoch(shop: Path) -> None:
    """Where there is neither a backup nor a head office: the manager says so, and head office sees a new epoch."""
    older = config(shop).ledger.read_bytes()
    run(_sell(shop, 3))
    config(shop).ledger.write_bytes(older)
    assert "later entries are missing" in said(shop)
    gone_on = edge(shop, "restore", "--as-is")
    assert gone_on.returncode == 0, gone_on
    assert said(shop) == ""
    with closing(open_reader(config(shop).ledger)) as db:
        assert read_head(db).epoch > 1
    run(_sell(shop, 1))
    assert edge_faults(shop) == []


@pytest.mark.parametrize(
    ("owner", "mode", "folder_mode", "words"),
    [
        ("root", 0o600, 0o755, "belongs to root, and this is run by nobody"),
        ("nobody", 0o400, 0o755, "is marked as read-only"),
        ("nobody", 0o600, 0o555, "is marked as read-only"),
    ],
)
def test_a_ledger_of_someone_else_is_named_with_its_owner(
    sold: Path, owner: str, mode: int, folder_mode: int, words: str
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can play two users")
    with tempfile.TemporaryDirectory(prefix="edge-owners-", dir="/tmp") as name:
        folder = Path(name)
        shutil.copytree(sold / "data", folder / "data")
        for file in (folder / "data").iterdir():
            shutil.chown(file, owner)
            file.chmod(mode)
        (folder / "data" / "edge.lock").chmod(0o666)
        shutil.chown(folder / "data", "nobody")
        (folder / "data").chmod(folder_mode)
        folder.chmod(0o755)
        if subprocess.run(
            [*NOBODY, sys.executable, "-c", "import edge"], cwd=ROOT, check=False, capture_output=True
        ).returncode:
            pytest.skip("nobody may not read this project")
        started = edge(folder, "run", prefix=NOBODY)
    assert (started.returncode, "Traceback" in started.stderr) == (1, False), started
    assert words in started.stderr
    assert "chown" in started.stderr or "chmod" in started.stderr
