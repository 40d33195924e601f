"""Head office's card payments of a store match the store's, however the rows were divided into batches."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.counter.till.commands import VoidLastSale
from edge.money.payments.commands import SetProvider
from edge.money.payments.hub import PaymentTables
from edge.money.payments.providers.provider import Provider
from sync.hub.model import Key
from tests.card_shop import card_shop
from tests.shop_fixture import MANAGER, SYSTEM, done, run

KEY = Key("demo", "corner", "box1")


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            fees = {"fee_rate": 1_400, "fee_fixed_minor": 5, "platform_rate": 10_000}
            await done(counter.shop, SetProvider(Provider("own", "sim", "test", ("EUR",), **fees)), SYSTEM)
            await counter.begin()
            await counter.ends("captured")
            await done(counter.shop, VoidLastSale(), MANAGER)
            await counter.ends("refunded")
            await counter.part.close_day()
            counter.device.fault = "decline"
            await counter.begin()
            await counter.ends("declined")
            projector = PaymentTables(counter.shop.registry)
            handlers = projector.handlers
            connection = await asyncpg.connect(database)
            await connection.execute(hub.tables()["payments"])
            rows = [row for row in read_rows(counter.shop.reader, 1, 1000) if row.type in handlers]
            for _ in range(2):  # delivered twice
                for at in range(0, len(rows), batch):
                    await handlers["PaymentBegun"](connection, KEY, rows[at : at + batch])
            query = "SELECT id, register, terminal, state FROM payment ORDER BY id"
            theirs = [tuple(row) for row in await connection.fetch(query)]
            assert theirs == list(counter.shop.reader.execute(query).fetchall())
            taken = await connection.fetch("SELECT taken_minor, brand, last4, mode FROM payment ORDER BY state DESC")
            assert [tuple(row) for row in taken] == [(120, "VISA", "1111", "test"), (None, "", "", "test")]
            fee_columns = "SELECT provider_fee_minor, platform_fee_minor FROM payment ORDER BY state DESC"
            assert [tuple(row) for row in await connection.fetch(fee_columns)] == [(0, 0), (None, None)], "all back"
            refunds = await connection.fetch("SELECT number, amount_minor, why, state FROM payment_refund")
            assert [tuple(row) for row in refunds] == [(1, 120, "refund", "done")]
            closes = await connection.fetch("SELECT terminal, counted_minor, ours_minor, agrees FROM terminal_close")
            assert {(row["terminal"], row["ours_minor"]) for row in closes} == {("pad", 0)}
            await connection.close()

    run(scenario())
