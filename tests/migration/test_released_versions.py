"""A shop goes from 1.0 over 1.0.1, which mends, to 1.1, whose schema is another; a backup of 1.0 is restored by 1.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge.core.journal.verify import verify
from edge.core.messages import Done
from edge.core.secrets import keys
from edge.core.storage.database import open_reader
from edge.core.storage.migrate import differences, newest, version
from edge.counter.till.commands import AddLine, Pay
from edge.counter.till.events import SaleCompleted
from edge.counter.till.queries import read_receipts
from edge.lib.errors import NeedsHuman
from edge.operations.ledger import Ledger
from edge.operations.maintenance.backups import backup
from edge.operations.maintenance.restoring.restore import restore
from edge.operations.maintenance.upgrade import rehearse, upgrade
from edge.runtime.config import Config
from tests.migration.next_release import of_this_release, release_next
from tests.migration.test_migrations import kept
from tests.shop_fixture import CASHIER, CONFIG, MILK, FakeClock, config, open_shop, run

BACKUP = """
[backup]
folder = "{usb}"
same_disk = true
"""
DAY_US = 86_400_000_000


def _sell(folder: Path, at_us: int) -> int:
    """Open the shop with the version that runs, sell, and verify; the receipt's number."""

    async def scenario() -> int:
        async with open_shop(folder, FakeClock(at_us), stocked=False) as shop:
            (last, *_) = read_receipts(shop.reader, "1")
            await shop.do(AddLine(MILK), CASHIER)
            paid = await shop.do(Pay("cash"), CASHIER)
            assert isinstance(paid, Done)
            (sale,) = paid.events
            assert isinstance(sale, SaleCompleted) and sale.number > last.number
            assert verify(shop.reader, shop.registry).faults == ()
            return sale.number

    return run(scenario())


def _with_backups(folder: Path) -> Config:
    usb = folder / "usb"
    usb.mkdir()
    return config(folder, CONFIG + BACKUP.format(usb=usb).replace("{", "{{").replace("}", "}}"))


def test_a_shop_goes_back_from_1_1_to_1_0_within_the_day_and_keeps_its_sales(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a change of the schema: version 1.0 restores the backup made before, and brings what was sold since."""
    at_us = 1_800_100_000_000_000
    kept(tmp_path, of_this_release())
    sold = _sell(tmp_path, at_us)
    loaded = _with_backups(tmp_path)
    secret = keys.stored_or_made(loaded.folder)
    with monkeypatch.context() as later:
        release_next(later)
        done = upgrade(loaded, FakeClock(at_us + 1_000_000))
        assert _sell(tmp_path, at_us + 2_000_000) == sold + 1
    with pytest.raises(NeedsHuman, match=f"has schema {newest() + 1}, but this software supports {newest()}"):
        Ledger(loaded)
    assert done.kept is not None
    restored = restore(loaded, done.kept, secret, FakeClock(at_us + DAY_US), replace=True)
    assert restored.own.brought.sales == 1, "what was sold with 1.1"
    with open_reader(loaded.ledger) as db:
        assert (version(db), differences(db)) == (newest(), [])
        assert {sold, sold + 1} <= {receipt.number for receipt in read_receipts(db, "1")}
    assert _sell(tmp_path, at_us + DAY_US) > sold + 1


def test_a_shop_of_1_0_goes_over_1_0_1_to_1_1_and_its_old_backup_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_us = 1_800_100_000_000_000
    kept(tmp_path, of_this_release())
    sold = _sell(tmp_path, at_us)  # 1.0
    loaded = _with_backups(tmp_path)
    secret = keys.stored_or_made(loaded.folder)
    old = backup.make(loaded, at_us).path
    assert _sell(tmp_path, at_us + DAY_US) == sold + 1  # 1.0.1: the same schema

    known = newest()
    release_next(monkeypatch)  # 1.1
    tried = rehearse(loaded)
    assert (tried.from_schema, tried.to_schema, tried.faults) == (known, known + 1, ())
    with open_reader(loaded.ledger) as db:
        assert version(db) == known, "only a copy was tried"
    done = upgrade(loaded, FakeClock(at_us + 2 * DAY_US))
    assert done.done and done.kept is not None
    assert _sell(tmp_path, at_us + 2 * DAY_US) == sold + 2
    with open_reader(loaded.ledger) as db:
        assert (version(db), differences(db)) == (newest(), [])

    restored = restore(loaded, old, secret, FakeClock(at_us + 3 * DAY_US), replace=True)
    assert restored.own.brought.sales == 2, "what was sold with 1.0.1 and 1.1 is behind the backup of 1.0 again"
    with open_reader(loaded.ledger) as db:
        assert (version(db), differences(db)) == (newest(), [])
        numbers = [receipt.number for receipt in read_receipts(db, "1")]
        assert {sold, sold + 1, sold + 2} <= set(numbers)
    assert _sell(tmp_path, at_us + 3 * DAY_US) > sold + 2
