"""What head office knows of money that gave change, and of exchanges: what the register's Z says."""

from __future__ import annotations

from pathlib import Path

from sim.postgres import Postgres
from tests.shop_fixture import run
from tests.stack import BREAD, MILK, PRODUCTS, cloud, store


def test_the_change_of_vouchers_and_foreign_notes_left_the_drawer_in_cash(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "change", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                voucher = {"id": "meal", "names": {"en": "Meal card"}, "surplus": "change"}
                await shop.api.do("SetTender", shop.api.token, tender=voucher)
                await shop.api.do("SetRate", shop.api.token, currency="USD", rate=915_000)
                for code, kind, minor in ((MILK, "meal", 500), (BREAD, "cash_usd", 1_000), (MILK, "cash", 200)):
                    await shop.api.do("AddLine", code=code)
                    await shop.api.do("Pay", kind=kind, amount_minor=minor)
                await shop.api.do("AddLine", code=MILK)
                await shop.api.do("Pay", kind="meal", amount_minor=500)
                await shop.api.do("VoidLastSale", shop.api.token)
                assert await office.holds(shop) == shop.rows()
                tenders = await office.fetch("SELECT kind, amount_minor FROM tenders_by_day WHERE amount_minor <> 0")
                assert dict(tenders) == {"meal": 500, "cash_usd": 915, "cash": 120 - 380 - 570}, "as a Z says it"

    run(scenario())


def test_what_came_back_in_an_exchange_came_back(tmp_path: Path) -> None:
    async def scenario() -> None:
        with Postgres(durable=False) as postgres:
            async with cloud(postgres, "exchange", tmp_path) as office, store(tmp_path, office) as shop:
                await shop.start(PRODUCTS)
                for _ in range(3):
                    await shop.api.do("AddLine", code=MILK)
                await shop.api.do("Pay", kind="card")
                await shop.api.do("AddLine", code=BREAD)
                back = [{"line": 1, "quantity": 2_000}]
                await shop.api.do("AddReturn", shop.api.token, number=1, lines=back)
                await shop.api.do("Pay", kind="card")
                assert await office.holds(shop) == shop.rows()
                told = "SELECT sku, sold, returned, amount_minor FROM product_sales_by_day ORDER BY sku"
                assert await office.fetch(told) == [("bread", 1_000, 0, 345), ("milk", 3_000, 2_000, 120)]

    run(scenario())
