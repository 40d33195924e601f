"""Head office's view of a store's invoices: numbers, documents and sums, but no recipients."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.accounting.invoices.hub import InvoiceTables
from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.core.people.forgetting import ForgetPerson
from edge.counter.till.commands import RefundedLine, RefundSale
from sync.hub.model import Key
from tests.invoicing import BUYER, issued, numbers, sold
from tests.shop_fixture import MANAGER, SYSTEM, FakeClock, done, open_shop, run

KEY = Key("demo", "corner", "box1")


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_the_sums_and_the_ciphertext_until_the_name_goes(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            receipt = await sold(shop)
            one = await issued(shop, receipt)
            await done(shop, RefundSale(receipt, lines=(RefundedLine(1, 1000),)), MANAGER)
            await done(shop, ForgetPerson(one.key, again=True), SYSTEM)
            connection = await asyncpg.connect(database)
            projector = InvoiceTables(shop.registry)
            await connection.execute(hub.tables()["invoices"])
            rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
            for _ in range(2):  # receiving them twice changes nothing
                for at in range(0, len(rows), batch):
                    await projector.handlers[rows[0].type](connection, KEY, rows[at : at + batch])
            found = await connection.fetch("SELECT * FROM invoice ORDER BY number")
            await connection.close()
            assert [(row["kind"], row["number"]) for row in found] == numbers(shop)
            first, credit = found
            assert (first["total_minor"], first["receipt"], first["sealed"]) == (610, receipt, [])
            assert first["ended"] is not None
            assert (credit["changes"], credit["ended"]) == (one.number, None)
            assert len(credit["sealed"]) == 4 and all(text.startswith("1.") for text in credit["sealed"])
            for text in (BUYER["name"], "Bremner", "123456782", "compta"):
                assert text not in repr(found)

    run(scenario())
