"""Head office's view of a store's customers: ids, lists, consents and stars, but no identities."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from edge.app import hub
from edge.core.journal.rows import read_rows
from edge.counter.till.commands import LineSold, SellBasket, TenderGiven
from edge.counter.till.hub import SaleTables
from edge.ordering.reviews.commands import PublishReview, WriteReview
from edge.ordering.reviews.hub import ReviewTables
from edge.people.customers.commands import (
    ExportCustomer,
    ForgetCustomer,
    GiveConsent,
    MergeCustomers,
    WithdrawConsent,
)
from edge.people.customers.hub import CustomerTables
from sync.hub.model import Key
from tests.customers import DANA, known
from tests.shop_fixture import MILK, SYSTEM, FakeClock, done, open_shop, run

KEY = Key("demo", "corner", "box1")


@pytest.mark.parametrize("batch", [1, 100])
def test_the_hub_has_what_the_store_has_and_no_name(tmp_path: Path, database: str, batch: int) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path, FakeClock()) as shop:
            dana = await known(shop, **DANA, price_list="member")
            bo, gone = await known(shop, name="Bo"), await known(shop, name="Avigail")
            await done(shop, GiveConsent(dana, "marketing", "en"), SYSTEM)
            await done(shop, WithdrawConsent(dana, "marketing"), SYSTEM)
            await done(shop, ExportCustomer(dana, "She asked"), SYSTEM)
            await done(shop, SellBasket((LineSold(MILK),), (TenderGiven("card"),), customer=dana))
            for stars in (2, 4):
                review = (await done(shop, WriteReview(dana, "milk", stars, "Good"), SYSTEM)).result
                await done(shop, PublishReview(review), SYSTEM)
            await done(shop, MergeCustomers(dana, bo), SYSTEM)
            await done(shop, ForgetCustomer(gone), SYSTEM)
            connection = await asyncpg.connect(database)
            for room, projector in (
                ("till", SaleTables(shop.registry)),
                ("customers", CustomerTables(shop.registry)),
                ("reviews", ReviewTables(shop.registry)),
            ):
                await connection.execute(hub.tables()[room])
                rows = [row for row in read_rows(shop.reader, 1, 1000) if row.type in projector.handlers]
                for at in range(0, len(rows), batch):
                    await projector.handlers[rows[0].type](connection, KEY, rows[at : at + batch])
            customers = await connection.fetch("SELECT * FROM customer ORDER BY since, id")
            consents = await connection.fetch("SELECT * FROM customer_consent")
            ratings = await connection.fetch("SELECT sku, reviews, stars FROM product_rating")
            sales = await connection.fetch("SELECT customer FROM sale")
            everything = repr((customers, consents, await connection.fetch("SELECT * FROM review")))
            await connection.close()
            by_id = {row["id"]: row for row in customers}
            assert set(by_id) == {dana, bo, gone}
            assert (by_id[dana]["price_list"], by_id[dana]["reads"]) == ("member", 1)
            assert by_id[bo]["merged_into"] == dana
            assert by_id[gone]["forgotten"] is not None and by_id[gone]["sealed"] == []
            assert [row["withdrawn"] is None for row in consents] == [False]
            assert [tuple(row) for row in ratings] == [("milk", 1, 4)]
            assert [row["customer"] for row in sales] == [dana]
            for text in ("Dana", "612345678", "Good", "Avigail"):
                assert text not in everything

    run(scenario())
