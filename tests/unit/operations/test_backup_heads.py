"""A ledger that was rewritten, chain and all, is not what the backups say it was."""

from __future__ import annotations

import asyncio
from pathlib import Path

from edge.core.storage.database import open_reader
from edge.counter.till.commands import AddLine, Pay
from edge.operations.maintenance.backups import backup, heads
from edge.runtime.config import Config
from tests.shop_fixture import CASHIER, CONFIG, MILK, FakeClock, config, done, open_shop


def shop(folder: Path, kind: str) -> Config:
    """A day of a shop, in which one sale was paid by card, or in cash."""
    folder.mkdir(exist_ok=True)
    text = CONFIG + f'[backup]\nfolder = "{folder.parent / "usb"}"\nsame_disk = true\n'
    (folder.parent / "usb").mkdir(exist_ok=True)
    loaded = config(folder, text)

    async def scenario() -> None:
        async with open_shop(folder, FakeClock()) as opened:
            await done(opened, AddLine(MILK), CASHIER)
            await done(opened, Pay(kind), CASHIER)

    asyncio.run(scenario())
    return loaded


def said(loaded: Config) -> list[str]:
    db = open_reader(loaded.ledger)
    try:
        return list(heads.backups_of_other_heads(loaded, db))
    finally:
        db.close()


def test_a_history_that_was_made_anew_is_found_by_the_backup_of_before(tmp_path: Path) -> None:
    real, forged = shop(tmp_path / "real", "cash"), shop(tmp_path / "forged", "card")
    made = backup.make(real, FakeClock().read().at_us)
    assert said(real) == []
    real.ledger.write_bytes(forged.ledger.read_bytes())
    for end in ("-wal", "-shm"):
        real.ledger.with_name(real.ledger.name + end).unlink(missing_ok=True)
    (fault,) = said(real)
    assert made.path.name in fault and "has another history" in fault
    made.path.write_bytes(made.path.read_bytes()[:200] + b"x" + made.path.read_bytes()[201:])
    assert said(real) == [], "a label that nobody vouches for says nothing"
