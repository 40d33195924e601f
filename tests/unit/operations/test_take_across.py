"""A ledger of version 0.1.0 is taken across whole: facts, people, local state, Z reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3
import pytest

from edge.core.journal.rows import EpochStarted, facts, read_head
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.storage.database import open_reader
from edge.counter.till.closing.z_signature import read_z_signature
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import read_basket, read_receipts
from edge.foundation.access.queries import read_users, user_hashes
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.operations.maintenance.take_across import take_across
from tests.migration.make import live
from tests.shop_fixture import CASHIER, MILK, FakeClock, config, open_shop, run

LATER = FakeClock(1_800_100_000_000_000)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A shop after a short day, with an open basket."""
    run(live(tmp_path))
    return tmp_path / "data/ledger.db"


def change(path: Path, sql: str) -> None:
    with closing(pysqlite3.connect(path)) as db:
        db.executescript(sql)


def said(path: Path) -> list[tuple[int, str, str, str, int, Any]]:
    """What the facts of a ledger say, but for what speaks of the chain."""
    with closing(open_reader(path)) as db:
        registry = build_registry(config(path.parents[1]))
        return [
            (one.seq, one.register, one.actor, one.business_date, one.at_us, _without_signature(one.event))
            for one in facts(db, registry)
            if not isinstance(one.event, EpochStarted)
        ]


def _without_signature(event: Any) -> Any:
    return msgspec.structs.replace(event, signature="") if hasattr(event, "signature") else event


def test_a_ledger_of_0_1_0_comes_across_whole_and_sells(shop: Path) -> None:
    before, home = said(shop), shop.parents[1]
    with closing(open_reader(shop)) as db:
        old, users, hashes = read_head(db), read_users(db), user_hashes(db)
    change(shop, "ALTER TABLE receipt ADD COLUMN mood TEXT; ALTER TABLE person_key ADD COLUMN note TEXT DEFAULT ''")
    done = take_across(config(home), LATER, shop)
    assert (done.old, done.signed, done.unsigned, done.left) == (old, 1, 0, ())
    assert done.kept.parent.parent == shop.parent and done.kept.parent.name.startswith("aside-")

    async def scenario() -> None:
        async with open_shop(home, LATER, stocked=False) as taken:
            assert said(shop) == before
            (started,) = [one.event for one in facts(taken.reader, taken.registry, old.seq + 1, old.seq + 1)]
            assert isinstance(started, EpochStarted) and started.reason == "taken across"
            assert (started.was_epoch, started.parent_seq, started.was_hash) == (old.epoch, old.seq, old.hash.hex())
            assert read_users(taken.reader) == users and user_hashes(taken.reader) == hashes
            assert [line.sku for line in read_basket(taken.reader, "1").lines] == ["milk"]
            z = read_z_signature(taken.reader, "1")
            assert z and z.holds and not z.key_changed
            (last, *_) = read_receipts(taken.reader, "1")
            await taken.do(AddLine(MILK), CASHIER)
            paid = await taken.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done)
            assert read_receipts(taken.reader, "1")[0].number == last.number + 1
            assert verify(taken.reader, taken.registry).faults == ()

    run(scenario())


def wrong(home: Path, source: Path) -> Iterator[str]:
    kept = {path: path.read_bytes() for path in sorted((home / "data").rglob("*")) if path.name.startswith("ledger.")}
    with pytest.raises(NeedsHuman) as caught:
        take_across(config(home), LATER, source)
    assert {path: path.read_bytes() for path in kept} == kept
    yield str(caught.value)


def test_what_cannot_be_taken_is_said_and_nothing_is_changed(shop: Path, tmp_path: Path) -> None:
    (said,) = wrong(tmp_path, tmp_path / "nowhere.db")
    assert said.startswith(f"No ledger found at {tmp_path / 'nowhere.db'}.")
    (said,) = wrong(tmp_path, shop)
    assert said == "The ledger already has schema 100 and needs no conversion. Start the shop: edge run"
    other = tmp_path / "other.db"
    other.write_bytes(shop.read_bytes())
    (said,) = wrong(tmp_path, other)
    assert said.startswith(f"{shop.parent} already contains a ledger.")
    change(shop, "DROP TRIGGER journal_is_append_only_u; UPDATE journal SET actor = 'mallory' WHERE seq = 9")
    (said,) = wrong(tmp_path, shop)
    assert said.startswith("The ledger is damaged: row #9")
    change(shop, "UPDATE header SET store = 'elsewhere'")
    (said,) = wrong(tmp_path, shop)
    assert "elsewhere" in said


def test_a_ledger_from_before_0_1_0_is_left_to_the_version_that_made_it(shop: Path, tmp_path: Path) -> None:
    change(shop, "PRAGMA user_version = 79")
    (said,) = wrong(tmp_path, shop)
    assert said.startswith("The ledger has schema 79, from before version 0.1.0. Start the version that made it")
