"""A ledger of a schema that was never released is taken across whole: facts, people, local state, Z reports."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pysqlite3
import pytest

from edge.core.journal.rows import INSERT, EpochStarted, facts, read_head, read_rows
from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.storage.database import open_reader
from edge.counter.till.closing.z_signature import read_z_signature
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.queries import read_basket, read_receipts
from edge.foundation.access.queries import read_users, user_hashes
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import build_registry
from edge.operations.maintenance import unreleased
from edge.operations.maintenance.take_across import take_across
from sync.wire import hash_of
from tests.migration.make import live
from tests.shop_fixture import CASHIER, MILK, FakeClock, config, open_shop, run

LATER = FakeClock(1_800_100_000_000_000)
GONE = object()
GOODS = {
    "register": "1",
    "sale": 1,
    "lines": [],
    "taxes": [],
    "net_minor": 0,
    "total_minor": 0,
    "deposit_minor": 0,
}


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


def as_before_the_baseline(path: Path, was: dict[str, dict[str, Any]]) -> None:
    """Let events have the versions that they had, `was` some of the bodies, in a chain of their own."""
    with closing(pysqlite3.connect(path)) as db:
        db.executescript("DROP TRIGGER journal_is_append_only_u; DROP TRIGGER journal_is_append_only_d")
        rows, prev = read_rows(db, 1, 1000), b""
        db.execute("DELETE FROM journal")
        for row in rows:
            version, body = unreleased.NEWEST.get(row.type, 1), row.body
            if older := was.pop(row.type, None):
                fields = {**msgspec.json.decode(body), **older}
                version = fields.pop("version")
                body = msgspec.json.encode({name: value for name, value in fields.items() if value is not GONE})
            row = msgspec.structs.replace(row, version=version, body=body, prev=prev or row.prev)
            row = msgspec.structs.replace(row, hash=hash_of(row))
            db.execute(INSERT, msgspec.structs.astuple(row))
            prev = row.hash
        db.execute("CREATE TABLE access_unsealed (user_id TEXT)")
        db.execute("PRAGMA user_version = 79")
        db.commit()


def test_a_ledger_of_an_unreleased_schema_comes_across_whole_and_sells(shop: Path) -> None:
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


def test_events_of_before_the_baseline_become_version_1(shop: Path) -> None:
    before, home = said(shop), shop.parents[1]
    milk = {"version": 1, "sku": "milk", "names": {"en": "Milk"}, "price_minor": 120, "source": "demo", "product": GONE}
    price = {"version": 1, "source": "x"}
    exchanged = {"version": 7, "exchange": GOODS, "back": []}
    as_before_the_baseline(shop, {"ProductSet": milk, "SaleCompleted": exchanged, "PriceChanged": price})
    take_across(config(home), LATER, shop)
    after = said(shop)
    assert [one[:5] for one in after] == [one[:5] for one in before]
    odd = [event for *_, event in after if event not in [event for *_, event in before]]
    assert [type(event).__name__ for event in odd] == ["ProductSet", "SaleCompleted", "PriceChanged"]
    product, sale, changed = odd
    assert (product.product.sku, product.source.name, changed.source.name) == ("milk", "demo", "x")
    assert [(goods.register, goods.sale) for goods in sale.returns] == [("1", 1)]
    with closing(open_reader(shop)) as db:
        assert {row.version for row in read_rows(db, 1, 1000)} == {1}


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


def test_an_event_that_is_not_known_is_named(shop: Path, tmp_path: Path) -> None:
    as_before_the_baseline(shop, {"SaleCompleted": {"version": 13}})
    (said,) = wrong(tmp_path, shop)
    assert "is SaleCompleted, version 13, which this software doesn't support." in said
