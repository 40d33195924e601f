"""What goods turn out to have cost once they are sold stands beside the margin, as a figure of its own."""

from __future__ import annotations

from pathlib import Path

from edge.analytics.insight.kpis import read_kpi_rows, read_kpis
from edge.analytics.insight.rules import DaySpan
from edge.counter.till.commands import AddLine, Pay
from edge.goods.catalog.commands import SetProducts
from edge.goods.catalog.product import Product
from edge.goods.stock.commands import RecordMovement, ReviseReceipt
from tests.catch_up import catch_up
from tests.shop_fixture import CASHIER, MILK, SYSTEM, open_shop, run
from tests.shop_fixture import done as do

DAY = DaySpan("2027-01-15", "2027-01-15")


def test_a_dearer_receipt_is_told_beside_the_margin_and_not_in_it(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_shop(tmp_path) as shop:
            await do(shop, SetProducts((Product("milk", {"en": "Milk"}, (MILK,), 120, cost_minor=60),)), SYSTEM)
            receipt = (await do(shop, RecordMovement("milk", "in", units=10_000, unit_cost_minor=60), SYSTEM)).first_seq
            await do(shop, AddLine(MILK, quantity=4_000), CASHIER)
            await do(shop, Pay("card"), CASHIER)
            await catch_up(shop)
            before = {one.name: one.value for one in read_kpis(shop.reader, DAY)}
            assert before["cost_corrected"] is None and before["margin"] is not None
            await do(shop, ReviseReceipt(receipt, "milk", unit_cost_minor=75), SYSTEM)
            await catch_up(shop)
            now = {one.name: one.value for one in read_kpis(shop.reader, DAY)}
            assert now["cost_corrected"] == 4 * 15, "four of ten were sold, each dearer by 15"
            assert (now["margin"], now["cost"]) == (before["margin"], before["cost"]), "of earlier sales: nothing in it"
            assert [(one.key, one.numerator) for one in read_kpi_rows(shop.reader, "cost_corrected", DAY)] == [
                ("milk", 60)
            ]
            assert "cost_corrected" not in {one.name for one in read_kpis(shop.reader, DAY, "main")}

    run(scenario())
