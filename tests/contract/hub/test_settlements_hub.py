"""Head office's payouts and disputes of a store match the store's, however the rows were divided into batches."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.accounting.settlements.bank import BankCredit
from edge.accounting.settlements.commands import AnswerDispute, CloseBatch, EndDispute, TakeBatch, TakeCredits
from edge.accounting.settlements.hub import SettlementTables
from edge.accounting.settlements.queries import read_disputes, read_missing_payments
from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.money.payments.hub import PaymentTables
from sync.hub.model import Key
from tests.card_shop import card_shop
from tests.flow.accounting.test_settlements import PRICE_MINOR, batch_of, other, paid
from tests.shop_fixture import SYSTEM, done, run

KEY = Key("demo", "corner", "box1")


@pytest.mark.parametrize("cut", [1, 100])
def test_the_hub_has_what_the_store_has(tmp_path: Path, database: str, cut: int) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, second = await paid(counter, 2)
            more = (other("payment", second, 7, "strange"), other("chargeback", second, -PRICE_MINOR))
            batch = batch_of(first, second, more=more)
            await done(shop, TakeBatch("sim", batch), SYSTEM)
            credit = BankCredit(day=batch.paid_on, currency="EUR", amount_minor=batch.net_minor)
            await done(shop, TakeCredits((credit,)), SYSTEM)
            await done(shop, CloseBatch("sim", "77", "accepted"), SYSTEM)
            (dispute,) = read_disputes(shop.reader)
            await done(shop, AnswerDispute(dispute.id), SYSTEM)
            await done(shop, EndDispute(dispute.id, "lost"), SYSTEM)
            connection = await asyncpg.connect(database)
            for name, projector in (("payments", PaymentTables), ("settlements", SettlementTables)):
                await connection.execute(hub.tables()[name])
                handlers = projector(shop.registry).handlers
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in handlers]
                for _ in range(2):  # delivered twice
                    for at in range(0, len(rows), cut):
                        await next(iter(handlers.values()))(connection, KEY, rows[at : at + cut])
            ours = "SELECT provider, batch, gross_minor, charged_back_minor, fees_minor, net_minor, lines, differing, "
            ours += "difference_minor, closed FROM settlement_batch"
            theirs = [tuple(row) for row in await connection.fetch(ours)]
            assert theirs == shop.reader.execute(ours).fetchall() != []
            states = "SELECT id, state FROM payment ORDER BY id"
            theirs = [tuple(row) for row in await connection.fetch(states)]
            assert theirs == shop.reader.execute(states).fetchall()
            disputes = "SELECT id, payment, reason, amount_minor, state FROM card_dispute"
            theirs = [tuple(row) for row in await connection.fetch(disputes)]
            assert theirs == shop.reader.execute(disputes).fetchall() != []
            differing = await connection.fetch("SELECT verdict, amount_minor, reference FROM settlement_difference")
            assert [tuple(row) for row in differing] == [("missing_here", 7, "strange")]
            assert await connection.fetch("SELECT * FROM settlement_missing") == []
            await connection.close()

    run(scenario())


def test_what_no_batch_has_is_listed_beside_the_batch_on_whose_days_it_was(tmp_path: Path, database: str) -> None:
    async def scenario() -> None:
        async with card_shop(tmp_path) as counter:
            shop = counter.shop
            first, missing = await paid(counter, 2)
            await done(shop, TakeBatch("sim", batch_of(first)), SYSTEM)
            connection = await asyncpg.connect(database)
            for name, projector in (("payments", PaymentTables), ("settlements", SettlementTables)):
                await connection.execute(hub.tables()[name])
                handlers = projector(shop.registry).handlers
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in handlers]
                await next(iter(handlers.values()))(connection, KEY, rows)
            found = await connection.fetch("SELECT batch, payment, taken_minor FROM settlement_missing")
            assert [tuple(row) for row in found] == [("77", missing.id, PRICE_MINOR)]
            ours = read_missing_payments(shop.reader, "sim", "77")
            assert [one.id for one in ours] == [missing.id], "as the store has it"
            await connection.close()

    run(scenario())
