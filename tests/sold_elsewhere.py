"""What another box sold while a person let this one lead, as that one put it aside."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec

from edge.core.journal.rows import read_rows
from edge.core.storage.database import open_reader
from edge.counter.till.commands import AddLine, Pay
from tests.shop_fixture import MILK, FakeClock, done, open_shop

SALES = 3


async def sold_elsewhere(folder: Path) -> bytes:
    """The rows of three sales."""
    clock = FakeClock()
    async with open_shop(folder, clock) as shop:
        begin = shop.head.seq + 1
        for _ in range(SALES):
            clock.at_us, clock.mono_us = clock.at_us + 1, clock.mono_us + 1
            await done(shop, AddLine(MILK))
            await done(shop, Pay("card"))
    with closing(open_reader(folder / "data" / "ledger.db")) as db:
        return b"".join(msgspec.json.encode(row) + b"\n" for row in read_rows(db, begin, 100))
